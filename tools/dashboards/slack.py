"""Slack: what it answers, and what its limits leave."""

from typing import Final

from router.monitoring.panel import Board, Panel, Query, Section, Unit, quantile, rate

_CALLS: Final = (
    Panel("Calls by answer", "limited: budgets are set higher than the workspace allows.",
          [Query(rate("alert_router_slack_calls_total", "answer"), "{{answer}}")], Unit.PER_SECOND),
    Panel("Calls by method", "post: first messages; edit: changes of a message.",
          [Query(rate("alert_router_slack_calls_total", "method"), "{{method}}")], Unit.PER_SECOND),
    Panel("From accepted to shown", "Intervals and budgets included.",
          [Query(quantile(0.5, "alert_router_accept_to_shown_seconds"), "half"),
           Query(quantile(0.95, "alert_router_accept_to_shown_seconds"), "95 of 100"),
           Query(quantile(0.99, "alert_router_accept_to_shown_seconds"), "99 of 100")], Unit.SECONDS),
    Panel("From due to shown", "99 of 100 notifications: all of it, what is ours of it, what budgets imposed.",
          [Query(quantile(0.99, "alert_router_shown_seconds"), "all"),
           Query(quantile(0.99, "alert_router_shown_own_seconds"), "ours"),
           Query(quantile(0.99, "alert_router_shown_imposed_seconds"), "budgets")], Unit.SECONDS),
    Panel("Calls of dead workers", "What came of them is found out, or shown again.",
          [Query(rate("alert_router_leases_lapsed_total", "method"), "{{method}}")], Unit.PER_SECOND),
)  # fmt: skip
_BUDGETS: Final = (
    Panel("Waits for a budget", "Many: a tenant sends more than Slack takes.",
          [Query(rate("alert_router_budget_waits_total", "method"), "{{method}}")], Unit.PER_SECOND),
    Panel("Budgets used up", "How many of its budgets a tenant has used up now; its own dashboard has which.",
          [Query("topk(10, sum by (tenant) (min by (tenant, budget) (alert_router_tenant_budget_left) < bool 1))",
                 "{{tenant}}")]),
    Panel("Digests", "That take in alert groups now: storms that go on.",
          [Query("max(alert_router_digests_absorbing)", "digests"),
           Query(rate("alert_router_groups_absorbed_total"), "groups a second")]),
    Panel("What Slack imposes", "Holds in force, and what Retry-After came to: for long, somebody else posts there.",
          [Query("sum by (scope) (alert_router_slack_holds)", "{{scope}} held"),
           Query(rate("alert_router_slack_hold_seconds_total", "method"), "{{method}} seconds a second")]),
    Panel("Lanes", "In which alert groups wait, and how many in the longest.",
          [Query("max by (method) (alert_router_waiting_lanes)", "{{method}} lanes"),
           Query("max by (method) (alert_router_longest_lane_groups)", "{{method}} longest")]),
    Panel("Set aside", "Alert groups, by reason.",
          [Query(rate("alert_router_groups_parked_total", "reason"), "{{reason}}")], Unit.PER_SECOND),
)  # fmt: skip
_MESSAGES: Final = (
    Panel("Messages that fell back", "To the plain one, or to a built-in part.",
          [Query(rate("alert_router_render_failures_total"), "plain"),
           Query(rate("alert_router_template_failures_total", "part"), "{{part}}")], Unit.PER_SECOND),
    Panel("Charts", "By what became of the question.",
          [Query(rate("alert_router_charts_total", "outcome"), "{{outcome}}")], Unit.PER_SECOND),
    Panel("Blocks that a workspace refused", "Its messages go without them for a day.",
          [Query(rate("alert_router_blocks_refused_total", "block"), "{{block}}")], Unit.PER_SECOND),
    Panel("The operators' channel", "1 while it takes no messages.",
          [Query("max(alert_router_operator_channel_failing)", "failing")]),
)  # fmt: skip

BOARD: Final = Board(
    uid="alert-router-slack",
    title="Alert Router: Slack",
    text="Calls, budgets and messages.",
    sections=(Section("Calls", _CALLS), Section("Budgets", _BUDGETS), Section("Messages", _MESSAGES)),
)
