"""Receivers with several channels: each channel is a receiver here, and a route to one becomes a route to each.

A route that others are below gets routes at its end that take what they leave. Where one of them continues, what it
takes would come there as well, so such a route keeps the first channel alone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from router.diagnostic import KeyPath

Plain = dict[str, Any]
Copies = Mapping[str, Sequence[str]]
"""The receivers of all channels by the name of the one there was, itself first; only of those with several."""

Leave = Callable[[KeyPath], None]
"""Notes that the route at the path keeps one channel."""

_OWN = ("mute_time_intervals", "active_time_intervals")


def to_all_channels(root: Plain, copies: Copies, leave: Leave) -> Plain:
    """The tree, with a route to each channel of the receivers."""
    if not copies:
        return root
    [spread] = _spread(root, root["receiver"], ("route",), copies, leave, is_root=True)
    return spread


def _spread(
    route: Plain, above: str, path: KeyPath, copies: Copies, leave: Leave, *, is_root: bool = False
) -> list[Plain]:
    receiver = route.get("receiver", above)
    names = copies.get(receiver, ())
    children = route.get("routes", [])
    below = [
        one
        for index, child in enumerate(children)
        for one in _spread(child, receiver, (*path, "routes", index), copies, leave)
    ]
    if not names:
        return [{**route, "routes": below} if below else route]
    if not children and not is_root:
        return _each(route, names)
    if any(child.get("continue") for child in children):
        leave(path)
        return [{**route, "routes": below}]
    own = {key: route[key] for key in _OWN if key in route}
    return [{**route, "routes": [*below, *_each(own, names)]}]


def _each(route: Plain, names: Sequence[str]) -> list[Plain]:
    *before, last = names
    return [*({**route, "receiver": name, "continue": True} for name in before), {**route, "receiver": last}]
