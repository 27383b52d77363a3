"""What a message is about, as values: sorted, counted, shortened, and free of what every alert has in common.

Foreign text passes through the tenant's redactor here, is put on one line, and is escaped where it is printed;
nothing downstream reads a label.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from router.core.match.labels import Labels
from router.core.model.alert import Links
from router.core.model.alert_state import ShownState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant, Span, earliest
from router.core.model.muted import Muted
from router.core.model.registers import Registers
from router.core.model.rules.appearance import Emoji
from router.core.model.rules.receiver import Style
from router.core.model.rules.severity import Severity
from router.core.render.links import picture_of
from router.core.render.members import (
    Member,
    common_labels,
    common_links,
    company,
    links_each,
    links_of_first,
    members_of,
    shown_alerts,
    state_of,
)
from router.core.render.prose.annotations import MAX_SUMMARY_CHARS, paragraphs, prose_of
from router.core.render.reader import NAME, NO_FACTS, Facts, Notes, Reader
from router.core.render.request import RenderRequest
from router.core.slack.markup import Safe


@dataclass(frozen=True, slots=True)
class StyleLimits:
    """What a style has room for: alerts, labels and characters of each, and links of each or of the first only."""

    alerts: int
    labels: int
    chars: int
    links_each: bool = False
    pictures: int = 3
    """Of the first alerts that fire and have one."""


STYLE_LIMITS: Final[Mapping[Style, StyleLimits]] = {
    Style.DEFAULT: StyleLimits(alerts=10, labels=12, chars=1_500),
    Style.COMPACT: StyleLimits(alerts=20, labels=4, chars=600, pictures=0),
    Style.DETAILED: StyleLimits(alerts=10, labels=40, chars=2_800, links_each=True),
}


@dataclass(frozen=True, slots=True)
class Times:
    """The start, the end where it has ended, the last report where there are none any more; NEVER where none applies.

    `unseen` is that last report while it is only not reported for now.
    """

    start: Instant
    end: Instant
    seen: Instant
    unseen: Instant = NEVER


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert by what makes it different from the others; what they share is empty here."""

    shown_as: ShownState
    severity: str
    name: str
    labels: tuple[str, ...]
    summary: str
    description: Safe
    notes: Notes
    value: str
    times: Times
    links: Links
    values: Mapping[str, str]
    picture: str
    facts: Facts = NO_FACTS
    muted: Muted | None = None
    """What mutes it in Alertmanager, in words that may be shown."""

    @property
    def measured(self) -> str:
        """What was measured, by name; nothing where an annotation says it."""
        return " · ".join(f"{name} = {value}" for name, value in self.values.items() if not self.value)


@dataclass(frozen=True, slots=True)
class View:
    """One notification: what its alerts have in common, how many there are of each kind, and the first of them.

    `total` counts the alerts of the whole message, also where a reply shows only some; `unsent` are those that a card
    cannot show, since the sender left them out, `refused` those that were not taken, `held` what
    holds others back, for each of them. `times` are the earliest start
    of what is shown in `state`, the latest end and the last report. `description` and `notes` are those that all of
    several listed alerts have. `headline` says what is wrong with the worst alert. `in_all`: the subject is a sum,
    since something else has been counted before it. `shared` are the labels that all alerts have, by name, for
    templates of tenants.
    """

    state: ShownState
    severity: str
    rank: int
    name: str
    labels: tuple[str, ...]
    counts: Mapping[ShownState, int]
    total: int
    unsent: int
    refused: int
    held: tuple[Muted, ...]
    times: Times
    alerts: tuple[AlertView, ...]
    headline: str
    description: Safe
    notes: Notes
    links: Links
    in_all: bool
    emoji: str
    shared: Mapping[str, str]


def view(request: RenderRequest, limits: StyleLimits) -> View:
    """What the notification shows of its alerts."""
    group, tenant = request.group, request.tenant
    reader = Reader(request.redactor, request.localizer, tenant.severity, limits.labels, tenant.shown_labels)
    shown = shown_alerts(group, request.notification)
    members = members_of(group, shown, tenant.severity)
    all_alerts = company(group, request.notification, shown)
    labels = dict(group.key.group)
    common = common_labels(labels, [alert.content.labels for alert in all_alerts if alert.content])
    unsent, refused = (group.unsent, group.refused) if request.notification.op.shows_group else (0, 0)
    state = state_of(shown.values(), group, unsent + refused)
    leading = [member for member in members if member.shown_as is state]
    links = common_links(members, common if labels or NAME in common else {})
    alerts = _alerts(members[: limits.alerts], common, links, limits, reader)
    description, notes = _shared_texts(alerts)
    return View(
        state=state,
        severity=_worst(leading, reader) if state is not ShownState.RESOLVED else "",
        rank=min((member.rank for member in leading), default=tenant.severity.mildest),
        name=reader.name(common),
        labels=reader.labels(common, first=labels),
        counts=Counter(shown.values()),
        total=len(all_alerts),
        unsent=unsent,
        refused=refused,
        held=tuple(request.notification.held.values()) if request.notification.op.shows_group else (),
        times=_times(state, [group.alerts[fp].registers for fp, one in shown.items() if one is state or not leading]),
        alerts=tuple(_without(alert, description, notes) for alert in alerts),
        headline=_headline(alerts or _firing(group, tenant.severity, common, reader)),
        description=description,
        notes=notes,
        in_all=False,
        emoji=_emoji(tenant.emoji, state, _worst(leading, reader)),
        links=reader.readable(links),
        shared=reader.by_name(reader.redacted(common)) if request.localizer.custom else {},
    )


def _times(state: ShownState, registers: Sequence[Registers]) -> Times:
    """The time from the earliest start to the latest end, or to the last report."""
    reported = max((one.seen_firing for one in registers), default=NEVER)
    return Times(
        start=earliest(*[one.began for one in registers]),
        end=max((one.end for one in registers), default=NEVER) if state is ShownState.RESOLVED else NEVER,
        seen=reported if state is ShownState.STALE else NEVER,
        unseen=reported if state is ShownState.UNREPORTED else NEVER,
    )


def _worst(leading: Sequence[Member], reader: Reader) -> str:
    """The worst severity shown; an unknown one only where no known one is there."""
    worst = min(leading, key=lambda member: member.rank, default=None)
    return reader.severity_of(worst.content.labels) if worst else ""


def _alerts(
    listed: Sequence[Member], common: Labels, shared: Links, limits: StyleLimits, reader: Reader
) -> list[AlertView]:
    links = links_each(listed, shared) if limits.links_each else links_of_first(listed, shared)
    return [_alert(member, common, reader.readable(own), reader) for member, own in zip(listed, links, strict=True)]


def _alert(member: Member, common: Labels, links: Links, reader: Reader) -> AlertView:
    labels = member.content.labels
    own = {name: value for name, value in labels.items() if value and common.get(name) != value}
    annotations = reader.redactor.annotations(member.content.annotations)
    prose = prose_of(annotations, reader.localizer)
    return AlertView(
        shown_as=member.shown_as,
        severity=reader.severity_of(own),
        name=reader.name(own),
        labels=reader.labels(own, first={}),
        summary=reader.line(prose.summary, MAX_SUMMARY_CHARS),
        description=paragraphs(prose.description, reader.redactor),
        notes=reader.notes(annotations, prose.used),
        value=reader.value(annotations.get("value", "")),
        times=_times(member.shown_as, [member.alert.registers]),
        links=links,
        values=reader.measured(member.content.values),
        picture=_picture(member, reader),
        facts=reader.facts(labels, own, annotations, prose.description),
        muted=_muted(member, reader),
    )


def _muted(member: Member, reader: Reader) -> Muted | None:
    known = member.alert.upstream if member.shown_as is ShownState.MUTED else None
    if known is None or known.muted is None:
        return None
    muted = known.muted
    return replace(
        muted, name=reader.line(muted.name), author=reader.line(muted.author), comment=reader.line(muted.comment)
    )


def _picture(member: Member, reader: Reader) -> str:
    """The picture of what fires, unless its address gives something away."""
    address = picture_of(member.content) if member.shown_as is ShownState.FIRING else ""
    return address if reader.redactor.shows(address) else ""


def _emoji(emoji: Emoji, state: ShownState, worst: str) -> str:
    """By severity while alerts fire, else by state; empty where the tenant has none."""
    by_severity = dict(emoji.by_severity).get(worst, "") if state is ShownState.FIRING else ""
    return by_severity or dict(emoji.by_state).get(state, "")


def _headline(alerts: Sequence[AlertView]) -> str:
    """What is wrong with the worst; of what is over, only what was wrong with all."""
    summaries = list(dict.fromkeys(alert.summary for alert in alerts))
    over = bool(alerts) and alerts[0].shown_as is ShownState.RESOLVED
    return summaries[0] if summaries and not (over and len(summaries) > 1) else ""


def _firing(group: AlertGroup, severity: Severity, common: Labels, reader: Reader) -> list[AlertView]:
    """The worst alert that is shown as firing, where the notification shows none."""
    firing = {fp: ShownState.FIRING for fp, alert in group.alerts.items() if alert.shown_firing}
    return [_alert(member, common, {}, reader) for member in members_of(group, firing, severity)[:1]]


def _shared_texts(alerts: Sequence[AlertView]) -> tuple[Safe, Notes]:
    """The description and the notes that all of several alerts have."""
    if len(alerts) < 2:
        return Safe(), ()
    first, *others = alerts
    same = all(other.description == first.description for other in others)
    notes = tuple(note for note in first.notes if all(note in other.notes for other in others))
    return first.description if same else Safe(), notes


def _without(alert: AlertView, description: str, notes: Notes) -> AlertView:
    if not description and not notes:
        return alert
    own = tuple(note for note in alert.notes if note not in notes)
    return replace(alert, description=Safe() if description else alert.description, notes=own)


def elapsed(start: Instant, until: Instant) -> Span:
    """The time between; nothing where one of them is not known."""
    return Span(max(until - start, 0) if start != NEVER and until != NEVER else 0)
