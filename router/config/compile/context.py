"""What is shown beside alerts, and the Prometheus that is asked for it."""

from router.config.document.context import ContextRule
from router.config.document.prometheus import Only, OnlyRule, PrometheusSource
from router.core.model.instant import parse_duration
from router.core.model.rules.context import ContextRules, OnlyHeader, OnlyLabel, PrometheusAccess


def context_of(rule: ContextRule) -> ContextRules:
    """What the tenant wants to see."""
    return ContextRules(rule.related, rule.history, rule.chart_edit)


def prometheus_of(rule: PrometheusSource | None) -> PrometheusAccess | None:
    """How the operator lets it be asked; None where it is not."""
    if rule is None:
        return None
    return PrometheusAccess(
        url=rule.url.rstrip("/"),
        token=rule.token.secret if rule.token else None,
        ca=rule.ca or "",
        timeout=parse_duration(rule.timeout),
        only=_only(rule.only),
    )


def _only(rule: Only) -> OnlyLabel | OnlyHeader | None:
    if not isinstance(rule, OnlyRule):
        return None
    if rule.label is not None:
        [(name, value)] = rule.label.items()
        return OnlyLabel(name, value)
    [(name, value)] = (rule.header or {}).items()
    return OnlyHeader(name, value)
