"""What a message is about, as values: sorted, counted, shortened, and free of what every alert has in common.

Foreign text passes through `inline` here and is escaped where it is printed; nothing downstream reads a label.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from router.core.alert import Fingerprint, Labels
from router.core.instant import NEVER, Instant, Span, earliest
from router.core.mrkdwn import inline, web_address
from router.core.notification import AlertState, Content, Notification, ToldAs
from router.core.render_facts import NO_FACTS, Facts, by_name, facts
from router.core.telling import Telling
from router.core.tenant import Severity, Tenant
from router.core.wording import Wording

MAX_ALERTS: Final = 10
MAX_LABELS: Final = 12
MAX_LINKS_CHARS: Final = 2_500
_MAX_LABEL_CHARS: Final = 100
_MAX_NAME_CHARS: Final = 150
_MAX_SUMMARY_CHARS: Final = 300
_NAME: Final = "alertname"
_ORDER: Final = (ToldAs.FIRING, ToldAs.MOVED, ToldAs.STALE, ToldAs.RESOLVED)

Links = Mapping[str, str]
"""`runbook`, `dashboard` and `query`, as far as there are web addresses."""


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert by what makes it different from the others; what they share is empty here."""

    told_as: ToldAs
    severity: str
    name: str
    labels: tuple[str, ...]
    summary: str
    value: str
    start: Instant
    end: Instant
    seen: Instant
    links: Links
    facts: Facts = NO_FACTS


@dataclass(frozen=True, slots=True)
class View:
    """One telling: what its alerts have in common, how many there are of each kind, and the first of them.

    `total` counts the alerts of the whole message, also where only some are told in a reply. `start` is the earliest
    start of what is told in `state`, `end` the latest end if that is resolved, `seen` the last report if it is stale.
    """

    state: ToldAs
    severity: str
    rank: int
    name: str
    labels: tuple[str, ...]
    counts: Mapping[ToldAs, int]
    total: int
    start: Instant
    end: Instant
    seen: Instant
    alerts: tuple[AlertView, ...]
    links: Links
    shared: Mapping[str, str]
    """The labels that all alerts have, by name; only for templates that tenants write."""


@dataclass(frozen=True, slots=True)
class _Member:
    told_as: ToldAs
    alert: AlertState
    content: Content
    rank: int


def view(loaded: Notification, telling: Telling, tenant: Tenant, wording: Wording) -> View:
    """What the telling says of its alerts."""
    told = {fp: told_as for fp, told_as in telling.shown.items() if fp in loaded.alerts and told_as in _ORDER}
    members = _members(loaded, told, tenant.severity)
    company = _company(loaded, telling, told)
    group = dict(loaded.key.group)
    common = _common(group, [alert.content.labels for alert in company if alert.content])
    state = _state(told.values(), loaded)
    leading = [member for member in members if member.told_as is state]
    shared = _shared_links(members)
    alerts = tuple(
        _alert(member, common, tenant.severity, wording, {} if place else _own_links(member, shared))
        for place, member in enumerate(members[:MAX_ALERTS])
    )
    times = [loaded.alerts[fp].registers for fp, told_as in told.items() if told_as is state]
    return View(
        state=state,
        severity=_severity_of(leading, tenant.severity) if state is not ToldAs.RESOLVED else "",
        rank=min((member.rank for member in leading), default=tenant.severity.mildest),
        name=inline(common.get(_NAME, ""), _MAX_NAME_CHARS),
        labels=_label_texts(group, common, {_NAME, tenant.severity.label}),
        counts=Counter(told.values()),
        total=len(company),
        start=earliest(*(registers.start for registers in times)),
        end=max((registers.end for registers in times), default=NEVER) if state is ToldAs.RESOLVED else NEVER,
        seen=max((registers.seen_firing for registers in times), default=NEVER) if state is ToldAs.STALE else NEVER,
        alerts=alerts,
        links=shared,
        shared=by_name(common) if wording.own else {},
    )


def _company(loaded: Notification, telling: Telling, told: Collection[Fingerprint]) -> list[AlertState]:
    """The alerts of the whole message: a reply tells of some by what sets them apart from all."""
    return [
        alert
        for fingerprint, alert in loaded.alerts.items()
        if fingerprint in told or (telling.op.is_reply and alert.in_message)
    ]


def _members(loaded: Notification, told: Mapping[Fingerprint, ToldAs], severity: Severity) -> list[_Member]:
    """The alerts whose content is kept: firing before given up before resolved, worst first, then the newest."""
    members = [
        _Member(told_as, alert, alert.content, severity.rank(alert.content.labels))
        for fingerprint, told_as in told.items()
        if (alert := loaded.alerts[fingerprint]).content is not None
    ]
    return sorted(members, key=_order)


def _order(member: _Member) -> tuple[object, ...]:
    registers = member.alert.registers
    newest = registers.end if member.told_as is ToldAs.RESOLVED else registers.start
    return _ORDER.index(member.told_as), member.rank, -newest, sorted(member.content.labels.items())


def _state(told: Iterable[ToldAs], loaded: Notification) -> ToldAs:
    """The worst that is told; of a telling without alerts, what is known of all of them."""
    present = set(told) or {ToldAs.FIRING if loaded.firing else ToldAs.RESOLVED}
    return next(state for state in _ORDER if state in present)


def _common(group: Labels, labels: Sequence[Labels]) -> dict[str, str]:
    if not labels:
        return {name: value for name, value in group.items() if value}
    first, *others = labels
    shared = {name: value for name, value in first.items() if all(other.get(name) == value for other in others)}
    return {name: value for name, value in {**group, **shared}.items() if value}


def _severity_of(leading: Sequence[_Member], severity: Severity) -> str:
    """The worst severity told; an unknown one only where no known one is there."""
    worst = min(leading, key=lambda member: member.rank, default=None)
    return inline(worst.content.labels.get(severity.label, ""), _MAX_LABEL_CHARS) if worst else ""


def _label_texts(group: Labels, labels: Labels, left_out: set[str]) -> tuple[str, ...]:
    names = sorted((name for name in labels if name not in left_out), key=lambda name: (name not in group, name))
    texts = [inline(f"{name}={labels[name]}", _MAX_LABEL_CHARS) for name in names[:MAX_LABELS]]
    return (*texts, "…") if len(names) > MAX_LABELS else tuple(texts)


def _alert(member: _Member, common: Labels, severity: Severity, wording: Wording, links: Links) -> AlertView:
    content, registers = member.content, member.alert.registers
    own = {name: value for name, value in content.labels.items() if value and common.get(name) != value}
    said = wording.localized(content.annotations, "summary") or wording.localized(content.annotations, "description")
    return AlertView(
        told_as=member.told_as,
        severity=inline(own.get(severity.label, ""), _MAX_LABEL_CHARS),
        name=inline(own.get(_NAME, ""), _MAX_NAME_CHARS),
        labels=_label_texts({}, own, {_NAME, severity.label}),
        summary=inline(said, _MAX_SUMMARY_CHARS),
        value=inline(content.annotations.get("value", ""), _MAX_LABEL_CHARS),
        start=registers.start,
        end=registers.end if member.told_as is ToldAs.RESOLVED else NEVER,
        seen=registers.seen_firing if member.told_as is ToldAs.STALE else NEVER,
        links=links,
        facts=facts(content.labels, own, content.annotations, content.labels.get(severity.label, ""), wording),
    )


def _links(content: Content) -> dict[str, str]:
    """The alert's web addresses, as far as there is room for them."""
    urls = {
        "runbook": content.annotations.get("runbook_url", ""),
        "dashboard": content.annotations.get("dashboard_url", ""),
        "query": content.generator_url,
    }
    kept: dict[str, str] = {}
    for name, url in urls.items():
        address = web_address(url)
        if address and sum(map(len, kept.values())) + len(address) <= MAX_LINKS_CHARS:
            kept[name] = address
    return kept


def _shared_links(members: Sequence[_Member]) -> dict[str, str]:
    """The web addresses that all alerts have."""
    if not members:
        return {}
    all_links = [_links(member.content) for member in members]
    return {name: url for name, url in all_links[0].items() if all(other.get(name) == url for other in all_links)}


def _own_links(first: _Member, shared: Links) -> dict[str, str]:
    return {name: url for name, url in _links(first.content).items() if name not in shared}


def elapsed(start: Instant, until: Instant) -> Span:
    """The time between; nothing where one of them is not known."""
    return Span(max(until - start, 0) if start != NEVER and until != NEVER else 0)
