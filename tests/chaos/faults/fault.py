"""A fault, and how long the truth may take after each kind of it."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from router.core.model.instant import SECOND
from router.roles.ingest.hold import HOLD
from tests.chaos.stage import (
    AMBIGUOUS_S,
    CHANNEL_INTERVAL_S,
    GROUPS_PER_CHANNEL,
    LEASE_S,
    LONGEST_CALL_S,
    PARK_S,
    Stage,
)

BUDGETS_S: Final = GROUPS_PER_CHANNEL * CHANNEL_INTERVAL_S
"""Until every group of a channel has had its post."""
_EDIT_S: Final = 6.0
"""The least time between two edits of a digest while two are open, in different workspaces or one: 3 s for each."""


class Bound(StrEnum):
    """What the time of a recovery is made of, as docs/reliability.md states it."""

    REDIS_BACK = "5 s"
    HELD = "a held record + 5 s"
    KAFKA_BACK = "15 s"
    SLACK_BACK = "5 s + budgets"
    LATE_EDIT = "longest call + 5 s"
    PARKED = "park + 5 s + budgets"
    WORKER_KILLED = "lease + uncertain + 5 s"
    RESTARTED = "15 s after a restart"
    RECOVERED = "20 s after the files were applied"
    FOLDED = "two edits of a digest + 5 s"
    FOLDED_KILLED = "lease + uncertain + two edits of a digest + 5 s"

    @property
    def seconds(self) -> float:
        """With the settings of the suite."""
        return {
            Bound.REDIS_BACK: 5.0,
            Bound.HELD: HOLD / SECOND + 5.0,
            Bound.KAFKA_BACK: 15.0,
            Bound.SLACK_BACK: 5.0 + BUDGETS_S,
            Bound.LATE_EDIT: LONGEST_CALL_S + 5.0,
            Bound.PARKED: PARK_S + 5.0 + BUDGETS_S,
            Bound.WORKER_KILLED: LEASE_S + AMBIGUOUS_S + 5.0,
            Bound.RESTARTED: 15.0,
            Bound.RECOVERED: 20.0,
            Bound.FOLDED: 2 * _EDIT_S + 5.0,
            Bound.FOLDED_KILLED: LEASE_S + AMBIGUOUS_S + 2 * _EDIT_S + 5.0,
        }[self]


class Effect(StrEnum):
    """What a fault does to messages besides delaying them."""

    MOVES = "moves"
    """A group may go on in another message: the one before is gone, or belongs to another configuration."""
    FORGETS = "forgets"
    """Redis knows less than before: what was shown since may be posted again."""
    HIDES = "hides"
    """Slack does not show yet what it has taken, so that not even who may read its history knows."""


Effects = frozenset[Effect]

Strike = Callable[[Stage, random.Random], Awaitable[None]]
"""Begins a fault, waits while it lasts and ends it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that breaks, for a while."""

    name: str
    bound: Bound
    strike: Strike
    short: bool = False
    """Whether it is part of the short form."""
    effects: Effects = frozenset()
