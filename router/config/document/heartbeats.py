"""Heartbeats: alerts that must keep arriving, as a tenant writes them down."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from router.config.document.appearance import Section
from router.config.values import Matchers, MatchersText, PositiveText, ReceiverText
from router.core.model.instant import MINUTE, parse_duration

MAX_OF_ONE: Final = 20
"""Matchers of one heartbeat."""


def _long_enough(text: str) -> str:
    if parse_duration(text) < MINUTE:
        raise ValueError("too short: at least 1m, and several times what the alert takes to come again")
    return text


def _one_at_least(matchers: tuple[Matchers, ...]) -> tuple[Matchers, ...]:
    if not 1 <= len(matchers) <= MAX_OF_ONE:
        raise ValueError(f"should be 1 to {MAX_OF_ONE} matchers: without any, every alert is a heartbeat")
    return matchers


class HeartbeatEntry(Section):
    """An alert that must keep arriving; it makes no message itself, and one is sent when it stops."""

    matchers: Annotated[tuple[MatchersText, ...], AfterValidator(_one_at_least)] = Field(
        examples=[['alertname="Watchdog"']]
    )
    """Which alert it is: conditions on labels, as on a route."""
    every: Annotated[PositiveText, AfterValidator(_long_enough)] = Field(examples=["10m"])
    """After how long without it the receiver is notified: several times what it takes to come again."""
    receiver: ReceiverText = Field(examples=["oncall"])
    """Who is notified when it stops, and when it is back: the name of one of the receivers."""
