"""Receivers with several channels: each channel is a receiver here, and a route to one becomes a route to each.

A route that others are below gets routes at its end that take what they leave. What one of them takes and passes on
with `continue` would come there as well, so it is excluded by its matcher. Several matchers together have no opposite
that is one route; there a route that sends nothing stands before the others and takes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from router.core.match.logic import exclusive, negated
from router.core.match.matcher import Matcher, parse_matchers

Plain = dict[str, Any]

_OWN: Final = ("mute_time_intervals", "active_time_intervals")


@dataclass(frozen=True, slots=True)
class Channels:
    """The receivers of all channels by the name of the one there was, itself first; only of those with several.

    `nowhere` is the name of a receiver that sends nothing, for what needs one.
    """

    of: Mapping[str, Sequence[str]]
    nowhere: str


def to_all_channels(root: Plain, channels: Channels) -> Plain:
    """The tree, with a route to each channel of the receivers."""
    return _spread_below(root, root["receiver"], channels) if channels.of else root


def _spread(route: Plain, above: str, channels: Channels) -> list[Plain]:
    receiver = route.get("receiver", above)
    if "routes" not in route and receiver in channels.of:
        return _each(route, channels.of[receiver])
    return [_spread_below(route, receiver, channels)]


def _spread_below(route: Plain, receiver: str, channels: Channels) -> Plain:
    children = route.get("routes", ())
    below = [one for child in children for one in _spread(child, receiver, channels)]
    if receiver in channels.of:
        below += _for_what_is_left(route, channels.of[receiver], channels.nowhere)
    return {**route, "routes": below} if below else route


def _for_what_is_left(route: Plain, names: Sequence[str], nowhere: str) -> list[Plain]:
    """Routes to each of the receivers, for what no route below takes."""
    taken = [(child, _matchers(child)) for child in route.get("routes", ())]
    if not all(matchers for _, matchers in taken):
        return []
    passed_on = [(child["matchers"], matchers) for child, matchers in taken if child.get("continue")]
    others = list(dict.fromkeys(negated(matchers[0]) for _, matchers in passed_on if len(matchers) == 1))
    own = {"matchers": [str(one) for one in others]} if others else {}
    own |= {key: route[key] for key in _OWN if key in route}
    stops = [texts for texts, matchers in passed_on if len(matchers) > 1 and not exclusive(others, matchers)]
    return [*({"matchers": texts, "receiver": nowhere} for texts in stops), *_each(own, names)]


def _matchers(route: Plain) -> tuple[Matcher, ...]:
    return tuple(one for text in route.get("matchers", ()) for one in parse_matchers(text))


def _each(route: Plain, names: Sequence[str]) -> list[Plain]:
    *before, last = names
    return [*({**route, "receiver": name, "continue": True} for name in before), {**route, "receiver": last}]
