"""What a projector measures: whether what is recorded is in force, and whether the audit log is signed."""

from typing import Final

from router.observe.metric import Kind, Metric, Role
from router.ports.record import DriftKind

PROJECTION_AGE: Final = Metric(
    "projection_age_seconds",
    Kind.GAUGE,
    Role.PROJECTOR,
    "For how long the oldest change that is recorded has waited to be in force, as this projector has seen it; 0 "
    "when all are. `alert-router control status` names the tenants.",
)
BEHIND: Final = Metric(
    "projection_tenants_behind",
    Kind.GAUGE,
    Role.PROJECTOR,
    "Tenants of whom something is recorded that is not in force.",
)
DRIFT: Final = Metric(
    "projection_drift",
    Kind.GAUGE,
    Role.PROJECTOR,
    "What others have written to Redis past the record, which stays until `alert-router control adopt` or `discard`.",
    {"kind": tuple(DriftKind)},
)
SUCCEEDED: Final = Metric(
    "projection_last_success_timestamp_seconds",
    Kind.GAUGE,
    Role.PROJECTOR,
    "When this projector last met both the record and Redis; a second or two ago as a rule. See projection_waits in "
    "its log.",
)
RECORD_AWAY: Final = Metric(
    "record_away_seconds",
    Kind.GAUGE,
    Role.PROJECTOR,
    "For how long PostgreSQL has not answered this projector; 0 when it does. Alerts go on, changes wait.",
)
UNSIGNED: Final = Metric(
    "audit_unsigned_seconds",
    Kind.GAUGE,
    Role.PROJECTOR,
    "For how long the oldest entry of the audit log has stood there without a checkpoint that covers it; below two "
    "minutes where a projector has the key. See checkpoint_waits and checkpoint_refused in its log.",
)
ROWS: Final = (PROJECTION_AGE, BEHIND, DRIFT, SUCCEEDED, RECORD_AWAY, UNSIGNED)
