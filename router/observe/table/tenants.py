"""What workers measure tenant by tenant: of the busiest by name, of all others together as `_other`."""

from typing import Final

from router.core.budget.uses import Quota
from router.core.model.instant import SECOND
from router.core.slo.objective import DELIVERY
from router.observe.metric import OPEN, Kind, Metric, Role

OTHER: Final = "_other"
"""All tenants that are not named; no tenant can have that id."""
BUDGETS: Final = ("notifications", "posts", "edits")
WATCHED: Final = (
    Quota.ALERTS,
    Quota.GROUPS,
    Quota.STORED_BYTES,
    Quota.REQUESTS,
    Quota.KIBIBYTES,
    Quota.SENT_ALERTS,
)
"""What alerts use up by themselves."""
_TENANT: Final = {"tenant": OPEN}

ACCEPTED: Final = Metric(
    "tenant_alerts_accepted",
    Kind.COUNTER,
    Role.WORKER,
    "Alerts of a tenant that this worker took in, duplicates included: sum them over workers.",
    _TENANT,
)
NOTIFIED: Final = Metric(
    "tenant_notifications",
    Kind.COUNTER,
    Role.WORKER,
    "Notifications of a tenant that Slack took from this worker, those in a digest included: sum them over workers.",
    _TENANT,
)
DUE: Final = Metric(
    "tenant_due_notifications",
    Kind.COUNTER,
    Role.WORKER,
    "Notifications of a tenant that were due, and that this worker has shown, but for those in a digest: what the "
    "SLO counts. Sum them over workers.",
    _TENANT,
)
LATE: Final = Metric(
    "tenant_late_notifications",
    Kind.COUNTER,
    Role.WORKER,
    f"Those of them that took more than {DELIVERY.within // SECOND} seconds from when they were due, without "
    "the time for which they waited for a budget. Sum them over workers; `alert-router slo` has which, and why.",
    _TENANT,
)
PENDING: Final = Metric(
    "tenant_pending_changes",
    Kind.GAUGE,
    Role.WORKER,
    "Changes of a tenant's alerts that are to be shown; the same at each worker: take the maximum. When it grows, "
    "`alert-router tenant check` has why.",
    _TENANT,
)
HELD: Final = Metric(
    "tenant_held_records",
    Kind.GAUGE,
    Role.WORKER,
    "Records of a tenant that this worker holds in alerts.held until they can be folded: sum them over workers. "
    "/ready names the reason.",
    _TENANT,
)
PARKED: Final = Metric(
    "tenant_parked_groups",
    Kind.GAUGE,
    Role.WORKER,
    "Alert groups of a tenant that are set aside now; the same at each worker: take the maximum. `alert-router "
    "tenant check` has the remedy.",
    _TENANT,
)
OLDEST_DUE: Final = Metric(
    "tenant_oldest_due_seconds",
    Kind.GAUGE,
    Role.WORKER,
    "For how long a tenant's work has been due that waits longest; of _other the longest of all. The same at each "
    "worker: take the maximum.",
    _TENANT,
)
HEARD: Final = Metric(
    "tenant_last_heard_timestamp_seconds",
    Kind.GAUGE,
    Role.WORKER,
    "When alerts of a tenant were accepted last, in Unix time, to some seconds; there once any were, and not of "
    "_other. Long ago: its sender is down, or has no alerts; a heartbeat makes the difference.",
    _TENANT,
)
BUDGET_LEFT: Final = Metric(
    "tenant_budget_left",
    Kind.GAUGE,
    Role.WORKER,
    "How many calls a tenant may make at once: by its own limit of notifications, and by what is left of the posts "
    "and edits of its workspace; of tenants that this worker has sent something for, and not of _other. At 0 its "
    "messages wait and fold.",
    {"tenant": OPEN, "budget": BUDGETS},
)
QUOTA_USED: Final = Metric(
    "tenant_quota_used_ratio",
    Kind.GAUGE,
    Role.WORKER,
    "Which share of what a tenant's senders may post at once is used up, of requests, bytes or alerts, whichever "
    "is most; from 1 on gateways answer 429. Of tenants whose rules this worker has at hand, and not of _other.",
    _TENANT,
)
LIMIT_USED: Final = Metric(
    "tenant_limit_used_ratio",
    Kind.GAUGE,
    Role.WORKER,
    "Which share of a limit a tenant uses, half a minute old at most: alerts that fire, groups, stored bytes, "
    "and what its senders may post at once. Of tenants whose rules this worker has at hand, and not of _other. The "
    "same at each worker: take the maximum. From 0.8 on limit_near is logged; `tenant usage` has all limits.",
    {"tenant": OPEN, "quota": WATCHED},
)
COUNTED: Final = (ACCEPTED, NOTIFIED, DUE, LATE)
ROWS: Final = (*COUNTED, PENDING, PARKED, OLDEST_DUE, HELD, HEARD, BUDGET_LEFT, QUOTA_USED, LIMIT_USED)
