"""The dashboard of one tenant, as its own file describes it: what it counts, how it is served, where it goes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Final

from router.config.document.addresses import ChannelRule
from router.config.document.metrics import MetricEntry
from router.config.document.receivers import ReceiverEntry
from router.config.document.severities import names_of
from router.config.document.tenant import TenantDocument
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, SECOND
from router.core.slo.objective import DELIVERY
from router.monitoring.one_tenant import sections
from router.monitoring.panel import Board, Kind, Panel, Query, Section, Source, Unit
from router.monitoring.scraping import JOB_LABELS

_COLOURS: Final = ("dark-red", "red", "orange", "yellow", "blue", "green")
"""By severity, the worst first; those beyond are as the last."""
_QUANTILES: Final = ((0.5, "half"), (0.95, "95 of 100"))
_LONGEST_ID: Final = 24
_WINDOW: Final = "[$__rate_interval]"
_LATE: Final = "alert_router_tenant_late_notifications_total"
_DUE: Final = "alert_router_tenant_due_notifications_total"


def board_of(document: TenantDocument, attached: Collection[str] = JOB_LABELS) -> Board:
    """The dashboard; of what the file does not use it shows nothing.

    `attached` are the labels that its Prometheus gives each series of the tenant's page.
    """
    own = [Section("Its own metrics", list(_own(document, attached)))] if document.metrics else []
    return Board(
        uid=_uid(document.tenant),
        title=f"Alert Router: {document.tenant}",
        text=f"Of tenant {document.tenant}, in {document.locale}, with the times of {document.time_zone}.",
        sections=(
            *own,
            *sections(document.tenant),
            Section("What is promised", [_budget(document.tenant)]),
            Section("Where it goes", [_addresses(document)]),
        ),
        time_zone=document.time_zone,
    )


def _uid(tenant: TenantId) -> str:
    """Not one of our own dashboards, in the forty characters that Grafana takes."""
    short = (
        tenant if len(tenant) <= _LONGEST_ID else blake2b(tenant.encode(), digest_size=_LONGEST_ID // 2).hexdigest()
    )
    return f"alert-router-of-{short}"


def colours(document: TenantDocument) -> Mapping[str, str]:
    """Each severity and its aliases, by the rank of it."""
    return {
        name: _COLOURS[min(rank, len(_COLOURS) - 1)]
        for rank, entry in enumerate(document.severity.order)
        for name in names_of(entry)
    }


def _own(document: TenantDocument, attached: Collection[str]) -> Iterator[Panel]:
    for metric in document.metrics:
        of_tenant = f'{{tenant="{document.tenant}"}}'
        labels = tuple(_scraped(name, attached) for name in metric.labels)
        if metric.value:
            yield _histogram(metric, labels, of_tenant)
        else:
            severity = _scraped(document.severity.label, attached)
            yield _counter(metric, labels, of_tenant, colours(document), severity)


def _scraped(label: str, attached: Collection[str]) -> str:
    """What Prometheus calls it, which keeps the name for the label of its own."""
    return f"exported_{label}" if label in attached else label


def _counter(
    metric: MetricEntry, labels: Sequence[str], of_tenant: str, by_severity: Mapping[str, str], severity: str
) -> Panel:
    shown = (severity,) if severity in labels else labels
    each = _once(f"increase({metric.name}{of_tenant}{_WINDOW})", labels)
    expression = f"sum by ({', '.join(shown)}) ({each})" if shown else each
    legend = " ".join(f"{{{{{name}}}}}" for name in shown) or metric.name
    own = by_severity if severity in labels else {}
    text = metric.help or "Alerts that began to fire."
    return Panel(metric.name, text, [Query(expression, legend)], source=Source.TENANT, colours=own)


def _histogram(metric: MetricEntry, labels: Sequence[str], of_tenant: str) -> Panel:
    each = _once(f"rate({metric.name}_bucket{of_tenant}{_WINDOW})", ("le", *labels))
    queries = [Query(f"histogram_quantile({share}, sum by (le) ({each}))", name) for share, name in _QUANTILES]
    text = metric.help or "A number of the alerts that began to fire."
    return Panel(metric.name, text, queries, Unit.COUNT, source=Source.TENANT)


def _once(expression: str, labels: Sequence[str]) -> str:
    """Of a page that every gateway has, one: several may be scraped."""
    return f"max by ({', '.join(labels)}) ({expression})" if labels else f"max({expression})"


def _budget(tenant: TenantId) -> Panel:
    """What is left of the notifications that may be late; below 0 where more were."""
    days, within = DELIVERY.period // (24 * HOUR), DELIVERY.within // SECOND
    late, due = (f'sum(increase({one}{{tenant="{tenant}"}}[{days}d]))' for one in (_LATE, _DUE))
    text = (
        f"Of {days} days: {float(DELIVERY.share):.1%} of its notifications within {within} seconds of being due, "
        "budgets aside. `alert-router slo` has the worst minutes."
    )
    left = f"1 - {late} / {due} / {float(1 - DELIVERY.share)}"
    return Panel("Budget of late notifications left", text, [Query(left, "left")], Unit.SHARE, Kind.NUMBER)


def _addresses(document: TenantDocument) -> Panel:
    rows = [_row(one, document.locale) for one in document.receivers]
    head = ["| receiver | channel | language | changes |", "| --- | --- | --- | --- |"]
    return Panel("Receivers", "\n".join([*head, *rows]), (), kind=Kind.WORDS)


def _row(receiver: ReceiverEntry, locale: str) -> str:
    slack = receiver.slack
    if slack is None:
        return f"| {_plain(receiver.name)} | none | | |"
    channel = slack.channel
    named = f"by label {channel.label}, else {channel.else_}" if isinstance(channel, ChannelRule) else channel
    return f"| {_plain(receiver.name)} | {_plain(named)} | {slack.locale or locale} | {slack.on_change.value} |"


def _plain(text: str) -> str:
    """A text without a meaning in Markdown."""
    return "".join(one if one.isalnum() or one in " #-.," else f"&#{ord(one)};" for one in text)
