"""What intervals come to where the Alertmanager that had them stays in front, with the same ones."""

from collections.abc import Mapping
from typing import Any, Final

from router.core.model.instant import HOUR, SECOND, Span, parse_duration

_FREE: Final[Mapping[str, Span]] = {"group_wait": Span(0), "group_interval": Span(30 * SECOND)}
"""What is short enough to hold twice: our own defaults."""
_STALE_AFTER: Final = Span(12 * HOUR)


def advice(route: Mapping[str, Any]) -> tuple[str, ...]:
    """What to change in the root of a tree of routes, or in front of it; its intervals are written as durations."""
    spans = {key: parse_duration(route[key]) for key in (*_FREE, "repeat_interval")}
    twice = [key for key, most in _FREE.items() if spans[key] > most]
    named = " and ".join(f"{key} {route[key]}" for key in twice)
    found = [f"{named}: {_TWICE}"] if twice else []
    if spans["repeat_interval"] >= _STALE_AFTER:
        found.append(f"repeat_interval {route['repeat_interval']}: {_STALE}")
    return tuple(found)


_TWICE: Final = (
    "the Alertmanager in front waits as long before, so every alert would wait twice; shorten them here, to "
    "group_wait: 0s and group_interval: 30s, in branches of the tree as well"
)
_STALE: Final = (
    "at most 4h at the Alertmanager in front: what is not sent again for 12h is shown as no longer reported"
)
