"""Alerting rules of one tenant: those of the operators that name a tenant, for this one alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from router.config.document.tenant import TenantDocument

_UNSEEN: Final = "configuration_untrusted|data_lost|records_held|starved|turns_fail"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the operators have it; `%s` stands where the tenant is chosen."""

    alert: str
    expression: str
    lasts: str
    summary: str
    description: str
    runbook: str
    severity: str = "warning"


def _burns(shorter: str, longer: str) -> str:
    """More late notifications than the budget of a month takes, within both windows; each is a factor's condition."""
    return f"{_rate(shorter)} and on (tenant) {_rate(longer)}"


def _rate(condition: str) -> str:
    window, _, limit = condition.partition(" ")
    return f'slo:sli_error:ratio_rate{window}{{%ssloth_id="alert-router-delivery"}} {limit}'


def _enough(window: str) -> str:
    return f"sum by (tenant) (increase(alert_router_tenant_due_notifications_total{{%s}}[{window}])) > 20"


def _problem(by: str, reasons: str) -> str:
    return f"max by ({by}) (alert_router_tenant_problem{{%sreason{reasons}}}) == 1"


_LATE: Final = "Budgets aside, more than 5 seconds after they are due: `alert-router slo` has which, and why."
_CHECK: Final = "`alert-router tenant check` has the remedy."
RULES: Final = (
    Rule("AlertRouterTenantUnseen", _problem("tenant, reason", f'=~"{_UNSEEN}"'), "5m",
         "Nothing is shown: {{ $labels.reason }}", _CHECK, "tenant-unseen"),
    Rule("AlertRouterTenantFloods", "max by (tenant) (alert_router_tenant_quota_used_ratio{%s}) > 0.9", "10m",
         "{{ $value | humanizePercentage }} of what senders may post is used",
         "From 100 % on gateways answer 429 and Alertmanager tries again later.", "tenant-floods"),
    Rule("AlertRouterTenantNearLimit",
         'max by (tenant, quota) (alert_router_tenant_limit_used_ratio{%squota!~"inbound_.*"}) > 0.8', "10m",
         "{{ $value | humanizePercentage }} of {{ $labels.quota }} is used",
         "`alert-router tenant usage` has what happens beyond, and what raises the limit.", "tenant-near-limit"),
    Rule("AlertRouterRecordsHeld", "sum by (tenant) (alert_router_tenant_held_records{%s}) > 0", "30m",
         "{{ $value | humanize }} records have been held for half an hour",
         "They wait until the tenant's data can be used again.", "records-held"),
    Rule("AlertRouterTokenDead", _problem("tenant, reason", '=~"token_dead|secret_not_found"'), "5m",
         "Slack cannot be called: {{ $labels.reason }}", _CHECK, "token-dead"),
    Rule("AlertRouterTenantParked", _problem("tenant, reason", '=~"channel_dead|message_refused"'), "5m",
         "Alert groups are set aside: {{ $labels.reason }}", _CHECK, "tenant-parked"),
    Rule("AlertRouterBudgetBurnsFast",
         f"max by (tenant) ({_burns('5m > 14.4 * 0.005', '1h > 14.4 * 0.005')}"
         f" or {_burns('30m > 6 * 0.005', '6h > 6 * 0.005')}) and on (tenant) {_enough('1h')}", "",
         "{{ $value | humanizePercentage }} of the notifications come late", _LATE, "budget-burns-fast", "critical"),
    Rule("AlertRouterBudgetBurnsSlowly",
         f"max by (tenant) ({_burns('2h > 3 * 0.005', '1d > 3 * 0.005')}"
         f" or {_burns('6h > 0.005', '3d > 0.005')}) and on (tenant) {_enough('6h')}", "",
         "{{ $value | humanizePercentage }} of the notifications have come late for hours", _LATE,
         "budget-burns-slowly"),
    Rule("AlertRouterNotificationsLate",
         "sum by (tenant) (increase(alert_router_tenant_late_notifications_total{%s}[10m])) >= 3"
         f" unless on (tenant) {_enough('1h')}", "",
         "{{ $value | humanize }} notifications came late within ten minutes", _LATE, "notifications-late"),
)  # fmt: skip
HEARTBEAT: Final = Rule(
    "AlertRouterHeartbeatMissing", _problem("tenant", '="heartbeat_missing"'), "1m", "A heartbeat has stopped",
    "Prometheus, Alertmanager, or the way to the gateway is broken.", "heartbeat-missing",
)  # fmt: skip
"""Of tenants that have a heartbeat."""


def rules_of(document: TenantDocument, runbooks: str) -> Mapping[str, object]:
    """A file of rules; `runbooks` is where their pages are, without a slash at the end."""
    wanted = [*RULES, *([HEARTBEAT] if document.heartbeats else [])]
    return {"groups": [{"name": f"alert-router-{document.tenant}", "rules": _written(wanted, document, runbooks)}]}


def _written(rules: Sequence[Rule], document: TenantDocument, runbooks: str) -> list[Mapping[str, object]]:
    return [
        {
            "alert": one.alert,
            "expr": one.expression.replace("%s", f'tenant="{document.tenant}", '),
            **({"for": one.lasts} if one.lasts else {}),
            "labels": {"severity": one.severity},
            "annotations": {
                "summary": f"Tenant {document.tenant}: {one.summary}",
                "description": one.description,
                "runbook_url": f"{runbooks}/{one.runbook}.md",
            },
        }
        for one in rules
    ]
