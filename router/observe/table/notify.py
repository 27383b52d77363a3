"""What workers measure of alert groups: what waits, what is sent, what Slack answers."""

from typing import Final

from router.core.model.ledger import Suppressed
from router.core.model.operation import Method, Op, Reason
from router.core.slack.answer import ANSWERS, HoldScope
from router.core.template.language import PARTS
from router.observe.metric import Kind, Metric, Role

_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)
_DUE_SECONDS: Final = (0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 15, 30, 60, 120, 300, 900, 3600)
"""Where the SLO is, 5 seconds, they are close to each other."""
_CALLS: Final = tuple(one for one in Op if one is not Op.DIGEST)
LANE_METHODS: Final = (Method.POST, Method.UPDATE, Method.DIGEST)
ROLES: Final = ("ingest", "notifier", "settle", "relay")
"""What `store_errors` counts failures of."""

PENDING: Final = Metric(
    "pending_changes",
    Kind.GAUGE,
    Role.WORKER,
    "Changes of alerts that are to be shown, of all tenants; the same at each worker: take the maximum. When it "
    "grows, see alert_router_slack_calls_total for limited, and alert_router_parked_groups.",
)
PARKED_GROUPS: Final = Metric(
    "parked_groups",
    Kind.GAUGE,
    Role.WORKER,
    "Alert groups that are set aside now, of all tenants; the same at each worker: take the maximum. "
    "alert_router_tenant_problem has whose, `alert-router tenant check` the remedy.",
)
OLDEST_DUE: Final = Metric(
    "oldest_due_seconds",
    Kind.GAUGE,
    Role.WORKER,
    "For how long the work has been due that waits longest in a pool; the same at each of its workers: take the "
    "maximum. Above a minute, workers are too few or stand still: tenant_starved in the log has who waits.",
)
NOTIFICATIONS: Final = Metric(
    "notifications",
    Kind.COUNTER,
    Role.WORKER,
    "Notifications that Slack took, by reason; digest: an alert group that was shown in a digest.",
    {"reason": (*Reason, "digest")},
)
SUPPRESSED: Final = Metric(
    "changes_suppressed",
    Kind.COUNTER,
    Role.WORKER,
    "Changes that are never shown, by reason. no_destination: `alert-router route test` shows where they go.",
    {"reason": tuple(Suppressed)},
)
PARKED: Final = Metric(
    "groups_parked",
    Kind.COUNTER,
    Role.WORKER,
    "How often alert groups were set aside, by Slack's answer. `alert-router tenant check` has the remedy.",
    {"reason": tuple(one for one in ANSWERS if one != "accepted")},
)
SLACK_CALLS: Final = Metric(
    "slack_calls",
    Kind.COUNTER,
    Role.WORKER,
    "Calls to Slack by what they do and the class of the answer. limited: somebody else draws on the same "
    "workspace, or the budgets of ALERT_ROUTER_SLACK__ are too high; ambiguous, unreached: Slack or the way to it "
    "is in trouble.",
    {"method": (*_CALLS, Method.HISTORY, "auth_test"), "answer": ANSWERS},
)
BUDGET_WAITS: Final = Metric(
    "budget_waits",
    Kind.COUNTER,
    Role.WORKER,
    "How often a call had to wait for a budget. Many: a tenant sends more than Slack takes; longer group_interval, "
    "more channels or a digest help.",
    {"method": (Method.POST, Method.UPDATE)},
)
HOLDS: Final = Metric(
    "slack_holds",
    Kind.GAUGE,
    Role.WORKER,
    "Holds that are in force now because Slack answered 429 to this worker: channel, no posts to one channel; "
    "method, none of such calls in a workspace. What waits goes on folding. Often: something else posts there, or "
    "the budgets of ALERT_ROUTER_SLACK__ are too high.",
    {"scope": tuple(HoldScope)},
)
HOLD_SECONDS: Final = Metric(
    "slack_hold_seconds",
    Kind.COUNTER,
    Role.WORKER,
    "Seconds for which Slack made this worker wait (Retry-After), by method: sum them over workers.",
    {"method": (Method.POST, Method.UPDATE, Method.HISTORY)},
)
LANES: Final = Metric(
    "waiting_lanes",
    Kind.GAUGE,
    Role.WORKER,
    "Lanes, one for each tenant, channel and method, that this worker looked at within the last minute and in which "
    "alert groups wait: for a budget of Slack, or for the tenant's own.",
    {"method": LANE_METHODS},
)
LONGEST_LANE: Final = Metric(
    "longest_lane_groups",
    Kind.GAUGE,
    Role.WORKER,
    "Alert groups in the longest of them; take the maximum over workers. Long for minutes: more channels, a longer "
    "group_interval, or a digest.",
    {"method": LANE_METHODS},
)
RENDER_FAILURES: Final = Metric(
    "render_failures",
    Kind.COUNTER,
    Role.WORKER,
    "Messages that could not be rendered as usual and were sent plain: an error of ours, render_failed in the log.",
)
TEMPLATE_FAILURES: Final = Metric(
    "template_failures",
    Kind.COUNTER,
    Role.WORKER,
    "Parts that tenants wrote and that failed; the built-in ones stood in. template_failed in the log has whose.",
    {"part": tuple(PARTS)},
)
LEASES_LAPSED: Final = Metric(
    "leases_lapsed",
    Kind.COUNTER,
    Role.WORKER,
    "Calls whose worker died or stalled, by method; what came of them is found out or shown again. Many: workers "
    "are killed, see lease_lapsed and the memory of their machines.",
    {"method": (Method.POST, Method.UPDATE, Method.DIGEST)},
)
STORE_ERRORS: Final = Metric(
    "store_errors",
    Kind.COUNTER,
    Role.WORKER,
    "Failures of Redis or Kafka by what was being done; it is done again. Look at the engine, then at the network.",
    {"role": ROLES},
)
ACCEPTED_TO_SHOWN: Final = Metric(
    "accept_to_shown_seconds",
    Kind.HISTOGRAM,
    Role.WORKER,
    "From acceptance to being shown, budgets and intervals included.",
    buckets=_SECONDS,
)
SHOWN: Final = Metric(
    "shown_seconds",
    Kind.HISTOGRAM,
    Role.WORKER,
    "From when a notification is due until Slack has taken it: since its alerts were accepted, plus the intervals "
    "that the tenant's own rules ask for. Not those in a digest. What of it is ours and what is not, the next two "
    "have.",
    buckets=_DUE_SECONDS,
)
SHOWN_OWN: Final = Metric(
    "shown_own_seconds",
    Kind.HISTOGRAM,
    Role.WORKER,
    "The same without the time for which budgets kept it waiting: what we and Slack's answers took. Above 5 "
    "seconds for many: workers are too few, an engine is slow, or Slack fails; alert_router_oldest_due_seconds has "
    "more.",
    buckets=_DUE_SECONDS,
)
SHOWN_IMPOSED: Final = Metric(
    "shown_imposed_seconds",
    Kind.HISTOGRAM,
    Role.WORKER,
    "The time of it for which it waited for a budget: Slack's limits as ALERT_ROUTER_SLACK__ has them, a 429, or "
    "the tenant's own limit. Long for many: fewer notifications, more channels, or a digest.",
    buckets=_DUE_SECONDS,
)
ABSORBING: Final = Metric(
    "digests_absorbing",
    Kind.GAUGE,
    Role.WORKER,
    "Digests that take in new alert groups just now, of all tenants: storms that go on. The same at each worker: "
    "take the maximum.",
)
ABSORBED: Final = Metric("groups_absorbed", Kind.COUNTER, Role.WORKER, "Alert groups that digests took in.")
EVENTS_WAITING: Final = Metric(
    "events_waiting",
    Kind.GAUGE,
    Role.WORKER,
    "Events that Kafka has not taken yet, of tenants for whom that was tried and failed. Beyond 10,000 of a tenant "
    "the oldest are dropped: bring Kafka back.",
)
CHARTS: Final = Metric(
    "charts",
    Kind.COUNTER,
    Role.WORKER,
    "Questions for the chart of an alert group, by what became of them. unanswered, resting: that tenant's "
    "Prometheus fails; messages go without a chart.",
    {"outcome": ("drawn", "nothing", "undrawn", "unlisted", "unanswered", "resting", "crowded")},
)
BLOCKS_REFUSED: Final = Metric(
    "blocks_refused",
    Kind.COUNTER,
    Role.WORKER,
    "Newer blocks of Slack that a workspace refused; the message went without, and so do others there for a day.",
    {"block": ("container", "data_visualization")},
)
OPERATORS_FAILING: Final = Metric(
    "operator_channel_failing",
    Kind.GAUGE,
    Role.WORKER,
    "1 while the operators' own channel takes no messages; operator_channel_failing in the log has Slack's answer.",
)
ROWS: Final = (
    PENDING,
    PARKED_GROUPS,
    OLDEST_DUE,
    NOTIFICATIONS,
    SUPPRESSED,
    PARKED,
    ACCEPTED_TO_SHOWN,
    SHOWN,
    SHOWN_OWN,
    SHOWN_IMPOSED,
    SLACK_CALLS,
    BUDGET_WAITS,
    HOLDS,
    HOLD_SECONDS,
    LANES,
    LONGEST_LANE,
    RENDER_FAILURES,
    TEMPLATE_FAILURES,
    LEASES_LAPSED,
    STORE_ERRORS,
    ABSORBING,
    ABSORBED,
    EVENTS_WAITING,
    CHARTS,
    BLOCKS_REFUSED,
    OPERATORS_FAILING,
)
