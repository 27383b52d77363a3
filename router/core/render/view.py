"""What a message is about, as values: sorted, counted, shortened, and free of what every alert has in common.

Foreign text passes through the tenant's veil here, is put on one line, and is escaped where it is printed; nothing
downstream reads a label.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from router.core.decide.notification import Telling
from router.core.match.labels import Labels
from router.core.model.alert import Fingerprint, Links
from router.core.model.group import AlertState, Content, Notification, ToldAs
from router.core.model.instant import NEVER, Instant, Span, earliest
from router.core.model.tenant import Severity, Style, Tenant
from router.core.render.facts import NO_FACTS, Facts, by_name, facts
from router.core.render.links import links_of, shared_links, with_silence
from router.core.render.localizer import Wording
from router.core.render.redaction import Veil, veil

_MAX_LABEL_CHARS: Final = 100
_MAX_NAME_CHARS: Final = 150
_MAX_SUMMARY_CHARS: Final = 300
_MAX_DESCRIPTION_CHARS: Final = 600
_MAX_NOTE_CHARS: Final = 200
_PLACED: Final = frozenset({
    "summary", "description", "value", "runbook_url", "dashboard_url", "panel_url",
})  # fmt: skip
_LANGUAGE: Final = re.compile(r"_[a-z]{2,3}(_[A-Za-z]{2,4})?$")
_NAME: Final = "alertname"
_ORDER: Final = (ToldAs.FIRING, ToldAs.MOVED, ToldAs.STALE, ToldAs.RESOLVED)


@dataclass(frozen=True, slots=True)
class Extent:
    """What a style has room for: alerts, labels and characters of each, and links of each or of the first only."""

    alerts: int
    labels: int
    chars: int
    links_each: bool = False


EXTENTS: Final[Mapping[Style, Extent]] = {
    Style.DEFAULT: Extent(alerts=10, labels=12, chars=1_500),
    Style.COMPACT: Extent(alerts=20, labels=4, chars=600),
    Style.DETAILED: Extent(alerts=10, labels=40, chars=2_800, links_each=True),
}


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert by what makes it different from the others; what they share is empty here."""

    told_as: ToldAs
    severity: str
    name: str
    labels: tuple[str, ...]
    summary: str
    description: str
    notes: tuple[tuple[str, str], ...]
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
    `description` and `notes` are what all of several listed alerts say.
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
    description: str
    notes: tuple[tuple[str, str], ...]
    links: Links
    shared: Mapping[str, str]
    """The labels that all alerts have, by name; only for templates that tenants write."""


@dataclass(frozen=True, slots=True)
class _Member:
    told_as: ToldAs
    alert: AlertState
    content: Content
    rank: int


def view(loaded: Notification, telling: Telling, tenant: Tenant, wording: Wording, extent: Extent) -> View:
    """What the telling says of its alerts."""
    told = {fp: told_as for fp, told_as in telling.shown.items() if fp in loaded.alerts and told_as in _ORDER}
    cover = veil(tenant.redaction, loaded)
    members = _members(loaded, told, tenant.severity)
    company = _company(loaded, telling, told)
    group = dict(loaded.key.group)
    common = _common(group, [alert.content.labels for alert in company if alert.content])
    state = _state(told.values(), loaded)
    leading = [member for member in members if member.told_as is state]
    shared = _shared(members, common if group or _NAME in common else {})
    listed = members[: extent.alerts]
    alerts = tuple(
        _alert(member, common, tenant.severity, wording, extent, cover, _readable(links, cover))
        for member, links in zip(listed, _own_links(listed, shared, extent), strict=True)
    )
    description, notes = _said_by_all(alerts)
    times = [loaded.alerts[fp].registers for fp, told_as in told.items() if told_as is state]
    return View(
        state=state,
        severity=_severity_of(leading, tenant.severity, cover) if state is not ToldAs.RESOLVED else "",
        rank=min((member.rank for member in leading), default=tenant.severity.mildest),
        name=cover.line(cover.label(_NAME, common.get(_NAME, "")), _MAX_NAME_CHARS),
        labels=_label_texts(group, common, {_NAME, tenant.severity.label}, extent.labels, cover),
        counts=Counter(told.values()),
        total=len(company),
        start=earliest(*(registers.start for registers in times)),
        end=max((registers.end for registers in times), default=NEVER) if state is ToldAs.RESOLVED else NEVER,
        seen=max((registers.seen_firing for registers in times), default=NEVER) if state is ToldAs.STALE else NEVER,
        alerts=tuple(_without(alert, description, notes) for alert in alerts),
        description=description,
        notes=notes,
        links=_readable(shared, cover),
        shared=by_name(_veiled(common, cover), cover) if wording.own else {},
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


def _label_texts(group: Labels, labels: Labels, left_out: set[str], most: int, cover: Veil) -> tuple[str, ...]:
    names = sorted((name for name in labels if name not in left_out), key=lambda name: (name not in group, name))
    texts = [_label_text(name, labels[name], cover) for name in names[:most]]
    return (*texts, "…") if len(names) > most else tuple(texts)


def _label_text(name: str, value: str, cover: Veil) -> str:
    """The value is looked at alone first: a pattern may hold for the whole of it."""
    return cover.line(f"{name}={cover.text(cover.label(name, value))}", _MAX_LABEL_CHARS)


def _alert(
    member: _Member,
    common: Labels,
    severity: Severity,
    wording: Wording,
    extent: Extent,
    cover: Veil,
    links: Links,
) -> AlertView:
    content, registers = member.content, member.alert.registers
    own = {name: value for name, value in content.labels.items() if value and common.get(name) != value}
    notes = cover.annotations(content.annotations)
    summary, description = (wording.localized(notes, name) for name in ("summary", "description"))
    return AlertView(
        told_as=member.told_as,
        severity=cover.line(cover.label(severity.label, own.get(severity.label, "")), _MAX_LABEL_CHARS),
        name=cover.line(cover.label(_NAME, own.get(_NAME, "")), _MAX_NAME_CHARS),
        labels=_label_texts({}, own, {_NAME, severity.label}, extent.labels, cover),
        summary=cover.line(summary or description, _MAX_SUMMARY_CHARS),
        description=cover.line(description, _MAX_DESCRIPTION_CHARS) if summary and description != summary else "",
        notes=_notes(notes, wording, cover),
        value=cover.line(notes.get("value", ""), _MAX_LABEL_CHARS),
        start=registers.start,
        end=registers.end if member.told_as is ToldAs.RESOLVED else NEVER,
        seen=registers.seen_firing if member.told_as is ToldAs.STALE else NEVER,
        links=links,
        facts=facts(_veiled(content.labels, cover), _veiled(own, cover), notes, severity.label, wording, cover),
    )


def _said_by_all(alerts: Sequence[AlertView]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The description and the notes that all of several alerts have."""
    if len(alerts) < 2:
        return "", ()
    first, *others = alerts
    same = all(other.description == first.description for other in others)
    notes = tuple(note for note in first.notes if all(note in other.notes for other in others))
    return first.description if same else "", notes


def _without(alert: AlertView, description: str, notes: tuple[tuple[str, str], ...]) -> AlertView:
    own = tuple(note for note in alert.notes if note not in notes)
    return replace(alert, description="" if description else alert.description, notes=own)


def _shared(members: Sequence[_Member], common: Labels) -> Links:
    return with_silence(shared_links([_links(member) for member in members]), _firing(members), common)


def _own_links(members: Sequence[_Member], shared: Links, extent: Extent) -> Iterator[Links]:
    """What each alert links besides: all of it, or what the first has of other kinds than all have."""
    for place, member in enumerate(members):
        if extent.links_each:
            links = with_silence(_links(member), _firing([member]), member.content.labels)
            yield {name: url for name, url in links.items() if shared.get(name) != url}
        elif place == 0:
            yield {name: url for name, url in _links(member).items() if name not in shared}
        else:
            yield {}


def _links(member: _Member) -> Links:
    """The alert's links; a silence is of no use to what does not fire."""
    links = links_of(member.content)
    return links if member.told_as is ToldAs.FIRING else {name: links[name] for name in links if name != "silence"}


def _firing(members: Sequence[_Member]) -> list[Content]:
    return [member.content for member in members if member.told_as is ToldAs.FIRING]


def _veiled(labels: Labels, cover: Veil) -> Labels:
    return {name: cover.label(name, value) for name, value in labels.items()}


def _readable(links: Links, cover: Veil) -> Links:
    """The web addresses that give away nothing that is hidden."""
    return {name: url for name, url in links.items() if cover.shows(url)}


def _notes(annotations: Labels, wording: Wording, cover: Veil) -> tuple[tuple[str, str], ...]:
    """Annotations that have no place of their own, each in the reader's language where it has several."""
    known = {*annotations, *_PLACED}
    names = [name for name in sorted(annotations) if name not in _PLACED and not _is_hidden(name, known)]
    told = [(name, wording.localized(annotations, name)) for name in names]
    kept = [(name, text) for name, text in told if text][:5]
    return tuple((cover.line(name, _MAX_LABEL_CHARS), cover.line(text, _MAX_NOTE_CHARS)) for name, text in kept)


def _is_hidden(name: str, known: Collection[str]) -> bool:
    """Whether it is Grafana's own, or another annotation in some language."""
    language = _LANGUAGE.search(name)
    return name.startswith("__") or (language is not None and name[: language.start()] in known)


def elapsed(start: Instant, until: Instant) -> Span:
    """The time between; nothing where one of them is not known."""
    return Span(max(until - start, 0) if start != NEVER and until != NEVER else 0)
