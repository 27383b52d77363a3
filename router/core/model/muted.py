"""What holds an alert back from being notified, while it fires: here, or in the Alertmanager in front."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from router.core.match.labels import Labels
from router.core.model.alert import Fingerprint
from router.core.model.instant import NEVER, Instant


class MutedBy(StrEnum):
    """By what, in Alertmanager's words; the reason in the books of what ends before it is shown."""

    SILENCED = "silenced"
    INHIBITED = "inhibited"
    MUTE_TIME_INTERVAL = "mute_time_interval"
    ACTIVE_TIME_INTERVAL = "active_time_interval"


@dataclass(frozen=True, slots=True)
class Muted:
    """By which silence, inhibition rule or interval it is held back, and until when at the latest.

    `until` is NEVER where nobody knows: an inhibition ends with its source. `author` and `comment` are a silence's.
    """

    by: MutedBy
    name: str
    until: Instant = NEVER
    author: str = ""
    comment: str = ""


class LeftOut(NamedTuple):
    """How many alerts a message counts that it leaves out since they are held back, and until when at the latest.

    `until` is NEVER where it names no time: an inhibition ends with its source.
    """

    alerts: int = 0
    until: Instant = NEVER

    @classmethod
    def of(cls, held: Collection[Muted]) -> "LeftOut":
        """What a message is to count of these."""
        ends = (one.until for one in held if one.by is not MutedBy.INHIBITED)
        return cls(len(held), max(ends, default=NEVER))


NOTHING_LEFT_OUT: Final = LeftOut()


class Sight(StrEnum):
    """How it has the alert."""

    MUTED = "m"
    """It fires there, and is silenced or inhibited."""
    ACTIVE = "a"
    """It fires there, and nothing holds it back."""
    GONE = "g"
    """It is not known there any more, and nobody has reported its end."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """How Alertmanager had an alert from `since` until it was last asked or heard of, `at`; what muted it, if so."""

    sight: Sight
    since: Instant
    at: Instant
    muted: Muted | None = None


@dataclass(frozen=True, slots=True)
class KnownAlert:
    """An alert that fires in Alertmanager, and what mutes it there; None where nothing does."""

    fingerprint: Fingerprint
    labels: Labels
    muted: Muted | None = None


@dataclass(frozen=True, slots=True)
class ListedAlert:
    """The same as it is listed in one of its groups, with what a body would have of it.

    `ends_at` is when it ends unless it is sent again; NEVER: not known.
    """

    known: KnownAlert
    group_labels: Labels
    annotations: Labels = field(default_factory=dict)
    starts_at: Instant = NEVER
    ends_at: Instant = NEVER
    generator_url: str = ""

    def has_ended(self, at: Instant) -> bool:
        """Whether it had ended by then."""
        return NEVER < self.ends_at <= at
