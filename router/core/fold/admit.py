"""Which alerts of a body are taken where a tenant has stored as much as it may, or nearly.

What is known and what has ended is always taken; beyond the bytes without the texts that would be new. Of new alerts
that fire those are taken for which there is room, in the order in which they were sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from router.core.model.alert import Alert, AlertId, Status
from router.core.model.alert_state import AlertState, ShownState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.observation import Observations
from router.core.model.rules.limits import Caps

ALERT_BYTES: Final = 600
"""Bytes that one alert takes in Redis besides its texts, generously."""
GROUP_BYTES: Final = 600
"""Bytes that one alert group takes in Redis besides its alerts, generously."""
_GIVE_UP: Final = 4


class Refusal(StrEnum):
    """Why an alert was not taken; the reason of its dead letter."""

    OVER_ACTIVE_ALERTS = "over_active_alerts"
    OVER_GROUPS = "over_groups"
    OVER_BYTES = "over_bytes"


@dataclass(slots=True)
class Room:
    """What a tenant may still store; below 0 where it has stored more than it may now."""

    alerts: int
    groups: int
    stored_bytes: int

    @classmethod
    def left(cls, caps: Caps, stored: Caps) -> "Room":
        """What the caps leave beside what is stored."""
        return cls(caps.alerts - stored.alerts, caps.groups - stored.groups, caps.stored_bytes - stored.stored_bytes)

    def shrunk(self, times: int) -> "Room":
        """The same where it was found too large so often: others take from it as well, and sizes are estimates."""
        if times >= _GIVE_UP:
            return Room(0, 0, 0)
        return Room(self.alerts >> times, self.groups >> times, self.stored_bytes >> times)

    def refusal(self, alert: Alert, *, opens: bool) -> Refusal | None:
        """Why there is no room for a new alert that fires; `opens` is whether it would open a group."""
        if self.alerts < 1:
            return Refusal.OVER_ACTIVE_ALERTS
        if opens and self.groups < 1:
            return Refusal.OVER_GROUPS
        if self.stored_bytes < size_of(alert) + GROUP_BYTES * opens:
            return Refusal.OVER_BYTES
        return None

    def take(self, alert: Alert, *, opens: bool) -> None:
        """Use room for a new alert."""
        self.alerts -= 1
        self.groups -= opens
        self.stored_bytes -= size_of(alert) + GROUP_BYTES * opens


@dataclass(frozen=True, slots=True)
class Admitted:
    """What of a body is taken, and why the rest is not; `has_new`: something that is taken is new and fires."""

    seen: Observations
    refused: Mapping[AlertId, Refusal] = field(default_factory=dict)
    has_new: bool = False


@dataclass(slots=True)
class Admission:
    """Bodies, or parts of one, that are to be folded into one group as it is stored, one after another."""

    group: AlertGroup
    room: Room
    _taken: set[AlertId] = field(default_factory=set)

    def admit(self, seen: Observations) -> Admitted:
        """What of a body is taken; it takes from the room what that needs."""
        taken: list[Alert] = []
        refused: dict[AlertId, Refusal] = {}
        has_new = False
        for alert in seen.alerts:
            if self._is_known(alert, seen.observed):
                taken.append(alert if self.room.stored_bytes > 0 else _without_news(alert, self.group))
                continue
            if alert.status is Status.RESOLVED:
                taken.append(self._ended(alert))
                continue
            opens = self.group.closed and not self._taken
            refusal = self.room.refusal(alert, opens=opens)
            if refusal is not None:
                refused[alert.alert_id] = refusal
                continue
            self.room.take(alert, opens=opens)
            self._taken.add(alert.alert_id)
            taken.append(alert)
            has_new = True
        return Admitted(replace(seen, alerts=tuple(taken), refused=len(refused)), refused, has_new)

    def _is_known(self, alert: Alert, observed: Instant) -> bool:
        """Whether it fires or was shown, or this very body brings it from another group (`fold/regroup.py`).

        An end alone makes nothing known, else ends would open the way for all.
        """
        old = self.group.alerts.get(alert.alert_id, AlertState())
        is_stored = old.is_open or old.last_shown.state is not ShownState.NOTHING
        return is_stored or old.pending_since == observed or alert.alert_id in self._taken

    def _ended(self, alert: Alert) -> Alert:
        """The end of an alert that nobody knows, with its texts while there is room for them."""
        if alert.alert_id in self.group.alerts or size_of(alert) <= self.room.stored_bytes:
            self.room.stored_bytes -= 0 if alert.alert_id in self.group.alerts else size_of(alert)
            return alert
        return replace(alert, labels={}, annotations={}, generator_url="", links={}, values={})


def size_of(alert: Alert) -> int:
    """The bytes that an alert takes in Redis, at most, unless its texts have much to be escaped."""
    texts = (*alert.labels.items(), *alert.annotations.items(), *alert.links.items())
    return ALERT_BYTES + sum(_bytes(name) + _bytes(text) + 8 for name, text in texts) + _bytes(alert.generator_url)


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def _without_news(alert: Alert, group: AlertGroup) -> Alert:
    """The alert with the texts that are stored of it, none where there are none."""
    known = group.alerts.get(alert.alert_id)
    old = known.content if known is not None else None
    if old is None:
        return replace(alert, annotations={}, generator_url="", links={}, values={})
    return replace(
        alert, annotations=old.annotations, generator_url=old.generator_url, links=old.links, values=old.values
    )
