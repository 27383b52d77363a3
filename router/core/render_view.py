"""What a message is about, as values: sorted, counted, shortened, and free of what every alert has in common.

Foreign text passes through the tenant's veil here, is put on one line, and is escaped where it is printed; nothing
downstream reads a label.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from router.core.alert import Fingerprint, Labels
from router.core.instant import NEVER, Instant, Span, earliest
from router.core.mrkdwn import web_address
from router.core.notification import AlertState, Content, Notification, ToldAs
from router.core.redact import Veil, veil
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


@dataclass(frozen=True, slots=True)
class _Member:
    told_as: ToldAs
    alert: AlertState
    content: Content
    rank: int


def view(loaded: Notification, telling: Telling, tenant: Tenant, wording: Wording) -> View:
    """What the telling says of its alerts."""
    told = {fp: told_as for fp, told_as in telling.shown.items() if fp in loaded.alerts and told_as in _ORDER}
    cover = veil(tenant.redaction, loaded)
    members = _members(loaded, told, tenant.severity)
    company = _company(loaded, telling, told)
    group = dict(loaded.key.group)
    common = _common(group, [alert.content.labels for alert in company if alert.content])
    state = _state(told.values(), loaded)
    leading = [member for member in members if member.told_as is state]
    shared = _shared_links(members)
    alerts = tuple(
        _alert(member, common, tenant.severity, wording, cover, {} if place else _own_links(member, shared, cover))
        for place, member in enumerate(members[:MAX_ALERTS])
    )
    times = [loaded.alerts[fp].registers for fp, told_as in told.items() if told_as is state]
    return View(
        state=state,
        severity=_severity_of(leading, tenant.severity, cover) if state is not ToldAs.RESOLVED else "",
        rank=min((member.rank for member in leading), default=tenant.severity.mildest),
        name=cover.line(cover.label(_NAME, common.get(_NAME, "")), _MAX_NAME_CHARS),
        labels=_label_texts(group, common, {_NAME, tenant.severity.label}, cover),
        counts=Counter(told.values()),
        total=len(company),
        start=earliest(*(registers.start for registers in times)),
        end=max((registers.end for registers in times), default=NEVER) if state is ToldAs.RESOLVED else NEVER,
        seen=max((registers.seen_firing for registers in times), default=NEVER) if state is ToldAs.STALE else NEVER,
        alerts=alerts,
        links=_readable(shared, cover),
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


def _severity_of(leading: Sequence[_Member], severity: Severity, cover: Veil) -> str:
    """The worst severity told; an unknown one only where no known one is there."""
    worst = min(leading, key=lambda member: member.rank, default=None)
    said = worst.content.labels.get(severity.label, "") if worst else ""
    return cover.line(cover.label(severity.label, said), _MAX_LABEL_CHARS)


def _label_texts(group: Labels, labels: Labels, left_out: set[str], cover: Veil) -> tuple[str, ...]:
    names = sorted((name for name in labels if name not in left_out), key=lambda name: (name not in group, name))
    texts = [_label_text(name, labels[name], cover) for name in names[:MAX_LABELS]]
    return (*texts, "…") if len(names) > MAX_LABELS else tuple(texts)


def _label_text(name: str, value: str, cover: Veil) -> str:
    """The value is looked at alone first: a pattern may hold for the whole of it."""
    return cover.line(f"{name}={cover.text(cover.label(name, value))}", _MAX_LABEL_CHARS)


def _alert(
    member: _Member, common: Labels, severity: Severity, wording: Wording, cover: Veil, links: Links
) -> AlertView:
    content, registers = member.content, member.alert.registers
    own = {name: value for name, value in content.labels.items() if value and common.get(name) != value}
    notes = cover.annotations(content.annotations)
    said = wording.localized(notes, "summary") or wording.localized(notes, "description")
    return AlertView(
        told_as=member.told_as,
        severity=cover.line(cover.label(severity.label, own.get(severity.label, "")), _MAX_LABEL_CHARS),
        name=cover.line(cover.label(_NAME, own.get(_NAME, "")), _MAX_NAME_CHARS),
        labels=_label_texts({}, own, {_NAME, severity.label}, cover),
        summary=cover.line(said, _MAX_SUMMARY_CHARS),
        value=cover.line(notes.get("value", ""), _MAX_LABEL_CHARS),
        start=registers.start,
        end=registers.end if member.told_as is ToldAs.RESOLVED else NEVER,
        seen=registers.seen_firing if member.told_as is ToldAs.STALE else NEVER,
        links=links,
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


def _own_links(first: _Member, shared: Links, cover: Veil) -> Links:
    return _readable({name: url for name, url in _links(first.content).items() if name not in shared}, cover)


def _readable(links: Links, cover: Veil) -> Links:
    """The web addresses that give away nothing that is hidden."""
    return {name: url for name, url in links.items() if cover.shows(url)}


def elapsed(start: Instant, until: Instant) -> Span:
    """The time between; nothing where one of them is not known."""
    return Span(max(until - start, 0) if start != NEVER and until != NEVER else 0)
