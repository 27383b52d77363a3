"""Whether all is well, on one page."""

from typing import Final

from router.monitoring.panel import Board, Kind, Panel, Query, Section, Unit, quantile, rate

_NOW: Final = (
    Panel("Not ready", "Processes whose /ready names a check that fails.",
          [Query("count(alert_router_ready == 0) or vector(0)", "processes")], kind=Kind.NUMBER, warn_at=1),
    Panel("Oldest due", "Of the work that waits longest; above a minute workers stand still or are too few.",
          [Query("max(alert_router_oldest_due_seconds)", "oldest")], Unit.SECONDS, Kind.NUMBER, 60),
    Panel("Records to read", "Records that no worker has read yet.",
          [Query("sum(alert_router_ingest_lag_records)", "records")], kind=Kind.NUMBER, warn_at=10_000),
    Panel("Alert groups set aside", "Not shown until what is wrong ends: `alert-router tenant check`.",
          [Query("max(alert_router_parked_groups)", "groups")], kind=Kind.NUMBER, warn_at=1),
    Panel("Tenants with a problem", "By the reason; the dashboard of one tenant has more.",
          [Query("sum(max by (reason) (alert_router_problems))", "tenants")], kind=Kind.NUMBER, warn_at=1),
    Panel("On hold", "1 while sending is on hold for everybody: `alert-router release` ends it.",
          [Query("max(alert_router_on_hold)", "on hold")], kind=Kind.NUMBER, warn_at=1),
)  # fmt: skip
_FLOW: Final = (
    Panel("Alerts in", "Alerts folded into alert groups, duplicates included.",
          [Query(rate("alert_router_alerts_folded_total"), "alerts"),
           Query(rate("alert_router_changes_total"), "changes")], Unit.PER_SECOND),
    Panel("Notifications", "What is sent, by reason.",
          [Query(rate("alert_router_notifications_total", "reason"), "{{reason}}")], Unit.PER_SECOND),
    Panel("From accepted to shown", "Intervals and budgets included.",
          [Query(quantile(0.5, "alert_router_accept_to_shown_seconds"), "half"),
           Query(quantile(0.99, "alert_router_accept_to_shown_seconds"), "99 of 100")], Unit.SECONDS),
    Panel("Answers of gateways", "503: Kafka does not take what comes; 429: a tenant is over its quota.",
          [Query(rate("alert_router_gateway_requests_total", "status"), "{{status}}")], Unit.PER_SECOND),
    Panel("Problems of tenants", "Tenants that have each problem now.",
          [Query("max by (reason) (alert_router_problems)", "{{reason}}")]),
    Panel("Dead letters", "What could not be used, by reason: `alert-router dead-letter list`.",
          [Query(rate("alert_router_dead_letters_total", "reason"), "{{reason}}")], Unit.PER_SECOND),
)  # fmt: skip
_BUSIEST: Final = (
    Panel("Busiest tenants", "By alerts accepted; all that have no name of their own are `_other`.",
          [Query("topk(10, sum by (tenant) (rate(alert_router_tenant_alerts_accepted_total[$__rate_interval])))",
                 "{{tenant}}")], Unit.PER_SECOND),
    Panel("Tenants that wait longest", "How long their oldest work has been due.",
          [Query("topk(10, max by (tenant) (alert_router_tenant_oldest_due_seconds))", "{{tenant}}")], Unit.SECONDS),
)  # fmt: skip

BOARD: Final = Board(
    uid="alert-router-overview",
    title="Alert Router: overview",
    text="Whether alerts arrive, are shown in time, and for whom not.",
    sections=(Section("Now", _NOW), Section("Flow", _FLOW), Section("Tenants", _BUSIEST)),
)
