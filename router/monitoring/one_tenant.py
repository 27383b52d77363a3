"""One tenant: what it sends, what waits, and what its limits leave."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from router.monitoring.panel import Board, Kind, Panel, Query, Section, Unit, rate


def _greatest(where: str, metric: str, by: str = "") -> str:
    """Of a gauge that is the same at each worker."""
    return f"max by ({by}) ({metric}{{{where}}})" if by else f"max({metric}{{{where}}})"


def _now(it: str) -> Sequence[Panel]:
    most = partial(_greatest, it)
    return (
        Panel("Last heard from", "Seconds since alerts were accepted last.",
              [Query(f"clamp_min(time() - {most('alert_router_tenant_last_heard_timestamp_seconds')}, 0)", "ago")],
              Unit.SECONDS, Kind.NUMBER),
        Panel("Waiting", "Changes that are to be shown.",
              [Query(most("alert_router_tenant_pending_changes"), "changes")], kind=Kind.NUMBER),
        Panel("Oldest due", "How long the work has been due that waits longest.",
              [Query(most("alert_router_tenant_oldest_due_seconds"), "oldest")], Unit.SECONDS, Kind.NUMBER, 60),
        Panel("Set aside", "Alert groups: `alert-router tenant check` has the remedy.",
              [Query(most("alert_router_tenant_parked_groups"), "groups")], kind=Kind.NUMBER, warn_at=1),
        Panel("Records held", "Until they can be folded; /ready names the reason.",
              [Query(f"sum(alert_router_tenant_held_records{{{it}}})", "records")], kind=Kind.NUMBER, warn_at=1),
        Panel("Problems", "How many kinds of problem the tenant has now.",
              [Query(f"count(max by (reason) (alert_router_tenant_problem{{{it}}}) == 1) or vector(0)", "problems")],
              kind=Kind.NUMBER, warn_at=1),
    )  # fmt: skip


def _flow(it: str) -> Sequence[Panel]:
    most = partial(_greatest, it)
    return (
        Panel("Alerts accepted", "Duplicates included.",
              [Query(rate("alert_router_tenant_alerts_accepted_total", where=it), "alerts")], Unit.PER_SECOND),
        Panel("Notifications", "What Slack took, those in a digest included.",
              [Query(rate("alert_router_tenant_notifications_total", where=it), "notifications")], Unit.PER_SECOND),
        Panel("Late notifications", "Of those that were due, which share took more than 5 seconds, budgets aside.",
              [Query(f"sum(rate(alert_router_tenant_late_notifications_total{{{it}}}[1h])) / "
                     f"sum(rate(alert_router_tenant_due_notifications_total{{{it}}}[1h]))", "late")], Unit.SHARE),
        Panel("Budgets left", "Calls that the tenant may make at once, by its own limit and by Slack's.",
              [Query(most("alert_router_tenant_budget_left", "budget"), "{{budget}}")]),
        Panel("Quota used", "From 100 % on gateways answer 429.",
              [Query(most("alert_router_tenant_quota_used_ratio"), "used")], Unit.SHARE),
        Panel("Limits used", "From 80 % on limit_near is logged; `tenant usage` has what happens beyond.",
              [Query(most("alert_router_tenant_limit_used_ratio", "quota"), "{{quota}}")], Unit.SHARE),
        Panel("Waiting and set aside", "Changes, groups and records.",
              [Query(most("alert_router_tenant_pending_changes"), "changes that wait"),
               Query(most("alert_router_tenant_parked_groups"), "groups set aside"),
               Query(f"sum(alert_router_tenant_held_records{{{it}}})", "records held")]),
        Panel("Problems", "1 while there is one.",
              [Query(f"{most('alert_router_tenant_problem', 'reason')} or vector(0)", "{{reason}}")]),
    )  # fmt: skip


def sections(tenant: str) -> Sequence[Section]:
    """What the service measures of one tenant, by its id or a variable of Grafana."""
    it = f'tenant="{tenant}"'
    return (Section("Now", _now(it)), Section("Flow", _flow(it)))


BOARD: Final = Board(
    uid="alert-router-tenant",
    title="Alert Router: one tenant",
    text="Of the busiest tenants each by its name; all others together are `_other`.",
    sections=sections("$tenant"),
    by_tenant=True,
)
