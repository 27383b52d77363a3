"""Which alerts a message is about, in which order, and what they have in common; nothing is shortened here yet."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from router.core.decide.notification import Notification
from router.core.match.labels import Labels
from router.core.model.alert import AlertId, Links
from router.core.model.alert_state import AlertContent, AlertState, ShownState
from router.core.model.group import AlertGroup
from router.core.model.rules.severity import Severity
from router.core.render.links import links_of, shared_links, with_silence

ORDER: Final = (
    ShownState.FIRING,
    ShownState.UNREPORTED,
    ShownState.MUTED,
    ShownState.REROUTED,
    ShownState.STALE,
    ShownState.ENDED,
    ShownState.RESOLVED,
)
Shown = Mapping[AlertId, ShownState]


@dataclass(frozen=True, slots=True)
class Member:
    """One alert whose content is kept, as it is shown; `rank` is its severity's, 0 the worst."""

    shown_as: ShownState
    alert: AlertState
    content: AlertContent
    rank: int
    links: Links


def shown_alerts(group: AlertGroup, notification: Notification) -> Shown:
    """The alerts that the notification shows, by how."""
    return {fp: state for fp, state in notification.shown.items() if fp in group.alerts and state in ORDER}


def company(group: AlertGroup, notification: Notification, shown: Collection[AlertId]) -> list[AlertState]:
    """The alerts of the whole message: a reply names some by what sets them apart from all."""
    return [
        alert
        for alert_id, alert in group.alerts.items()
        if alert_id in shown or (notification.op.is_reply and alert.in_message)
    ]


def members_of(group: AlertGroup, shown: Shown, severity: Severity) -> list[Member]:
    """The alerts whose content is kept: firing before given up before resolved, worst first, then the newest."""
    members = [
        Member(state, alert, alert.content, severity.rank(alert.content.labels), _links(state, alert.content))
        for alert_id, state in shown.items()
        if (alert := group.alerts[alert_id]).content is not None
    ]
    return sorted(members, key=_order) if len(members) > 1 else members


def _links(shown_as: ShownState, content: AlertContent) -> Links:
    """The alert's links; a silence is of no use to what does not fire."""
    links = links_of(content)
    if shown_as is ShownState.FIRING:
        return links
    return {name: links[name] for name in links if name != "silence"}


def _order(member: Member) -> tuple[object, ...]:
    registers = member.alert.registers
    newest = registers.end if member.shown_as is ShownState.RESOLVED else registers.began
    return ORDER.index(member.shown_as), member.rank, -newest, sorted(member.content.labels.items())


def state_of(shown: Iterable[ShownState], group: AlertGroup, unsent: int) -> ShownState:
    """The worst that is shown; where nothing is, what is known of all alerts.

    What the sender left out or was not taken (`unsent`) may fire, so that nothing with it counts as resolved.
    """
    present = set(shown) or {_known_state(group)}
    if unsent and present == {ShownState.RESOLVED}:
        return ShownState.FIRING
    return next(state for state in ORDER if state in present)


def _known_state(group: AlertGroup) -> ShownState:
    if group.firing:
        return ShownState.FIRING
    return ShownState.UNREPORTED if group.unreported else ShownState.RESOLVED


def common_labels(group: Labels, labels: Sequence[Labels]) -> dict[str, str]:
    """The labels that all alerts have, those of the group among them."""
    if not labels:
        return {name: value for name, value in group.items() if value}
    first, *others = labels
    if others:
        first = {name: value for name, value in first.items() if all(other.get(name) == value for other in others)}
    return {name: value for name, value in {**group, **first}.items() if value}


def common_links(members: Sequence[Member], labels: Labels) -> Links:
    """The links that all alerts have, and a silence for what they have in common."""
    return with_silence(shared_links([member.links for member in members]), _firing(members), labels)


def links_each(members: Sequence[Member], shared: Links) -> Iterator[Links]:
    """What each alert links besides what all link."""
    for member in members:
        links = with_silence(member.links, _firing([member]), member.content.labels)
        yield {name: url for name, url in links.items() if shared.get(name) != url}


def links_of_first(members: Sequence[Member], shared: Links) -> Iterator[Links]:
    """What the first alert links of other kinds than all do; of the others nothing."""
    for place, member in enumerate(members):
        yield {name: url for name, url in member.links.items() if name not in shared} if place == 0 else {}


def _firing(members: Sequence[Member]) -> list[AlertContent]:
    return [member.content for member in members if member.shown_as is ShownState.FIRING]
