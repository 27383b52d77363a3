"""What every process measures: whether it works, which program it is, what it knows of tenants' configuration."""

from typing import Final

from router.observe.metric import OPEN, Kind, Metric, Role
from router.observe.problems import PROBLEMS_NOW, TENANT_PROBLEM, TENANT_PROBLEMS

BUILD_INFO: Final = Metric(
    "build_info",
    Kind.GAUGE,
    Role.EVERY,
    "Always 1: the release and the Python that this process runs. Several releases side by side for longer than a "
    "rollout takes: some process was not replaced.",
    {"version": OPEN, "python": OPEN},
)
READY: Final = Metric(
    "ready",
    Kind.GAUGE,
    Role.EVERY,
    "1 when the process takes work, computed when it is read. At 0, its /ready names the check that fails.",
)
CONFIGURATION_VERSION: Final = Metric(
    "configuration_version",
    Kind.GAUGE,
    Role.EVERY,
    "The number of the newest change of any tenant's configuration that this process has taken in. A process that "
    "stays behind the others does not follow changes: see configuration_unreachable in its log.",
)
CONFIGURATION_AGE: Final = Metric(
    "configuration_age_seconds",
    Kind.GAUGE,
    Role.EVERY,
    "For how long this process has not heard whether its copy of the tenants' configuration is the newest; below a "
    "second as a rule. When it grows, Redis does not answer: see configuration_unreachable.",
)
SUSPENDED: Final = Metric(
    "tenants_suspended",
    Kind.GAUGE,
    Role.EVERY,
    "Tenants for whom nothing is sent until `alert-router tenant resume`; `alert-router tenant list` has who.",
)
ON_HOLD: Final = Metric(
    "on_hold",
    Kind.GAUGE,
    Role.EVERY,
    "1 while sending is on hold for everybody. `alert-router release` ends it; what has changed is sent once.",
)
REDIS_PART_USED: Final = Metric(
    "redis_memory_used_ratio",
    Kind.GAUGE,
    Role.EVERY,
    "The part of maxmemory that Redis uses, of a cluster the fullest node's; 0 without a limit. From 0.7 on the "
    "tenants that hold most are slowed down, from 0.85 refused: raise maxmemory.",
)
REDIS_EVICTING: Final = Metric(
    "redis_evicting_servers",
    Kind.GAUGE,
    Role.EVERY,
    "Servers of Redis that may evict what is stored: set maxmemory-policy noeviction there.",
)
REDIS_UNSAVED: Final = Metric(
    "redis_unsaved_servers",
    Kind.GAUGE,
    Role.EVERY,
    "Servers of Redis without an append-only file, or that could not write to it last: what they hold is lost with "
    "their process. Set appendonly yes there, and look at their disks.",
)
TENANT_KEYS: Final = Metric(
    "tenant_keys",
    Kind.GAUGE,
    Role.EVERY,
    "Keys of tenants that this process has in memory, by what they are good for. unavailable: the key service does "
    "not answer, or lacks what wrapped them; the tenants that need them wait: see keys_wait and key_unavailable.",
    {"state": ("current", "retired", "destroyed", "unavailable")},
)
SEALING_FAILURES: Final = Metric(
    "sealing_failures",
    Kind.COUNTER,
    Role.EVERY,
    "What could not be sealed or opened, by why. unavailable: it waits for its key; destroyed: it is lost, as was "
    "asked for; undecipherable: it was changed or moved, or its key was lost: see the dead letters.",
    {"action": ("seal", "open"), "reason": ("unavailable", "destroyed", "undecipherable")},
)
ROWS: Final = (
    READY,
    BUILD_INFO,
    CONFIGURATION_VERSION,
    CONFIGURATION_AGE,
    SUSPENDED,
    ON_HOLD,
    REDIS_PART_USED,
    REDIS_EVICTING,
    REDIS_UNSAVED,
    TENANT_KEYS,
    SEALING_FAILURES,
    TENANT_PROBLEM,
    TENANT_PROBLEMS,
    PROBLEMS_NOW,
)
