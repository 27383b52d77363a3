"""What workers measure of records, until their alerts are stored."""

from typing import Final

from router.core.fold.admit import Refusal
from router.observe.metric import Kind, Metric, Role
from router.ports.kafka import Unread

_LETTERS: Final = (
    "bad_alert", "bad_header", "binding_violated", "configuration_unreadable", "held_too_many", "internal_error",
    "not_a_webhook", "not_held", "not_json", "signature_invalid", "signature_missing", "tenant_missing", "too_large",
    "too_many_alerts", "too_old", "undecipherable", "unknown_tenant",
)  # fmt: skip

RECORDS: Final = Metric(
    "records",
    Kind.COUNTER,
    Role.WORKER,
    "Records read from Kafka, by what became of them. held: `/ready` names the tenant and why; dead_lettered: "
    "`alert-router dead-letter list`; given_up: Kafka takes not even the dead letter, see record_given_up.",
    {"outcome": ("folded", "known", "held", "dead_lettered", "given_up")},
)
DEAD_LETTERS: Final = Metric(
    "dead_letters",
    Kind.COUNTER,
    Role.WORKER,
    "Records and alerts that were set aside, by reason. `alert-router dead-letter list` has them, `alert-router "
    "dead-letter redrive` takes them again once the reason is gone.",
    {"reason": (*_LETTERS, *Refusal, *Unread)},
)
REDRIVEN: Final = Metric(
    "records_redriven", Kind.COUNTER, Role.WORKER, "Records that came again out of the dead letters."
)
UNDERSTATED: Final = Metric(
    "alerts_understated",
    Kind.COUNTER,
    Role.WORKER,
    "Alerts that senders sealed beyond what they stated: taken from their tenant's quota afterwards. The log has "
    "alerts_understated with the tenant; its sender is to be corrected.",
)
SIGNATURES: Final = Metric(
    "record_signatures",
    Kind.COUNTER,
    Role.WORKER,
    "Records of topics bound to nobody, by their signature. wrong, unknown_key: somebody else writes to the topic, "
    "or a process lacks a key of ALERT_ROUTER_SIGNING__KEY.",
    {"worth": ("not_asked", "good", "missing", "wrong", "unknown_key")},
)
ALERTS_FOLDED: Final = Metric(
    "alerts_folded",
    Kind.COUNTER,
    Role.WORKER,
    "Alerts folded into alert groups, duplicates included. At 0 while gateways answer 202, workers do not read: "
    "see alert_router_ingest_lag_records.",
)
CHANGES: Final = Metric("changes", Kind.COUNTER, Role.WORKER, "Alerts of groups that turned firing or resolved.")
LAG: Final = Metric(
    "ingest_lag_records",
    Kind.GAUGE,
    Role.WORKER,
    "Records of this worker's partitions that are not read yet: sum them over workers. When it grows, workers are "
    "too few or Redis is slow.",
)
REWINDS: Final = Metric(
    "rewinds",
    Kind.COUNTER,
    Role.WORKER,
    "How often records were read again because Redis was started again, perhaps without what came last. Look for "
    "why.",
)
ALERTMANAGER_ASKED: Final = Metric(
    "alertmanager_asked",
    Kind.COUNTER,
    Role.WORKER,
    "How often a tenant's Alertmanager was asked about alerts that it leaves out. unanswered: "
    "alertmanager_not_asked in the log has which, and why.",
    {"outcome": ("answered", "unanswered")},
)
ALERTMANAGER_EVENTS: Final = Metric(
    "alertmanager_events",
    Kind.COUNTER,
    Role.WORKER,
    "Events of Alertmanager's own recorder, by what became of them. foreign, unreadable, refused: look at "
    "ALERT_ROUTER_KAFKA__EVENT_TOPICS and who writes there.",
    {
        "outcome": (
            "noted", "unknown", "ignored", "folded", "asked", "refused", "foreign", "unreadable", "not_stored",
        )
    },
)  # fmt: skip
ROWS: Final = (
    RECORDS,
    DEAD_LETTERS,
    REDRIVEN,
    UNDERSTATED,
    SIGNATURES,
    ALERTS_FOLDED,
    CHANGES,
    LAG,
    REWINDS,
    ALERTMANAGER_ASKED,
    ALERTMANAGER_EVENTS,
)
