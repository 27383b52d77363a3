"""One alert of a stored group: what was observed of it, and what its channel was last shown.

What was shown is kept with a copy of the registers it was shown for, so that everything pending follows from
comparing the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from router.core.frozen import frozen
from router.core.match.labels import Labels
from router.core.model.alert import Links
from router.core.model.instant import NEVER, Instant
from router.core.model.muted import Muted, Upstream
from router.core.model.registers import UNSEEN, Registers


class ShownState(StrEnum):
    """What the channel was last shown of an alert, in the message that is open now."""

    NOTHING = "n"
    FIRING = "f"
    RESOLVED = "r"
    STALE = "s"
    REROUTED = "m"
    """It fires, and a newer configuration shows it elsewhere."""
    UNREPORTED = "u"
    """Its sender has left it out of newer bodies for a while: perhaps it burns on, silenced there."""
    MUTED = "h"
    """It burns on, silenced or inhibited in Alertmanager."""
    ENDED = "e"
    """Alertmanager does not know it any more, and nobody has reported its end."""

    @property
    def is_given_up(self) -> bool:
        """Whether it no longer counts as firing here until it is seen firing again."""
        return self in {ShownState.STALE, ShownState.REROUTED, ShownState.ENDED}

    @property
    def is_open(self) -> bool:
        """Whether it is not over for people: it fires, or nobody knows."""
        return self is ShownState.FIRING or self.is_hidden

    @property
    def is_hidden(self) -> bool:
        """Whether its sender does not report it though it may fire."""
        return self in {ShownState.UNREPORTED, ShownState.MUTED}


@dataclass(frozen=True, slots=True)
class LastShown:
    """What was shown of an alert, and the registers it was shown for."""

    state: ShownState = ShownState.NOTHING
    registers: Registers = UNSEEN

    def differs_from(self, registers: Registers) -> bool:
        """Whether there is something to show of an alert that was observed so."""
        match self.state:
            case ShownState.NOTHING | ShownState.RESOLVED:
                return registers.fired_since(self.registers)
            case ShownState.FIRING:
                return registers.ended_since(self.registers)
            case ShownState.STALE | ShownState.ENDED:
                return self.seen_firing_again(registers) or registers.ended_since(self.registers)
            case ShownState.REROUTED:
                return self.seen_firing_again(registers)
            case ShownState.UNREPORTED | ShownState.MUTED:
                return registers.start > self.registers.start or registers.ended_since(self.registers)

    def seen_firing_again(self, registers: Registers) -> bool:
        """Whether it was observed firing after what was shown."""
        return registers.seen_firing > self.registers.seen_firing


NOTHING_SHOWN: Final = LastShown()


@frozen
class AlertContent:
    """Labels, annotations and links of an alert, from its newest observation, seen at `seen`."""

    labels: Labels
    annotations: Labels
    generator_url: str
    seen: Instant
    group_labels: Labels | None = None
    """As its sender grouped it, for a configuration that groups otherwise; None where it came without a group."""
    links: Links = field(default_factory=dict)
    """As in `Alert`."""
    values: Mapping[str, float] = field(default_factory=dict)

    @property
    def picture(self) -> str:
        """The address of the picture that the sender made of it; "" where there is none."""
        return self.links.get("image", "")


@frozen
class AlertState:
    """One alert of one group.

    `pending_since` is the first observation that is not shown yet, or one that is on its way from another group;
    `sender_group` is where it was last sent from; `unreplied` is what a reply in the thread has still to report.
    `at_call` are the registers that a call in flight shows, if others were observed since it began; else None.
    """

    registers: Registers = UNSEEN
    last_shown: LastShown = NOTHING_SHOWN
    pending_since: Instant = NEVER
    sender_group: str = ""
    unreplied: ShownState = ShownState.NOTHING
    content: AlertContent | None = None
    at_call: Registers | None = None
    upstream: Upstream | None = None
    """What Alertmanager knows of it, where that is newer than its last observation."""
    held_by: Muted | None = None
    """What held it back where it ended before anybody was notified of it."""

    @property
    def firing(self) -> bool:
        """Whether it fires, by what was observed."""
        return self.registers.firing

    @property
    def pending(self) -> bool:
        """Whether what was observed differs from what was shown. Folding never makes it false."""
        return self.last_shown.differs_from(self.registers)

    @property
    def seen_firing_again(self) -> bool:
        """Whether it was observed firing after what was shown."""
        return self.last_shown.seen_firing_again(self.registers)

    @property
    def shown_firing(self) -> bool:
        """Whether the truth to show is "firing": it fires, was not given up, and is reported."""
        if self.last_shown.state.is_hidden:
            return self.firing and self.seen_firing_again
        return self.firing and (not self.last_shown.state.is_given_up or self.pending)

    @property
    def unreported(self) -> bool:
        """Whether it counts as neither firing nor resolved: shown as not reported, and not seen since."""
        return self.last_shown.state.is_hidden and self.firing and not self.seen_firing_again

    @property
    def reported_again(self) -> bool:
        """Whether it was shown as not reported and goes on firing: not news, an edit shows it."""
        return self.last_shown.state.is_hidden and self.shown_firing and not self.pending

    @property
    def is_open(self) -> bool:
        """Whether it keeps its group open."""
        return self.shown_firing or self.unreported

    @property
    def in_message(self) -> bool:
        """Whether the open message shows it: it was shown there, or has still to be."""
        return self.last_shown.state is not ShownState.NOTHING or self.pending
