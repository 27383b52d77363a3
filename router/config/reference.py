"""What must agree across a document: receivers that routes name, names used once, channels the tenant may use.

It reads the plain data, not the checked document, so that a mistake elsewhere does not hide these; where the list
that would settle a question is itself unreadable, the question is not asked.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from router.config.finding import Loc, Problem, guess, quoted

_SHOWN: Final = 10


def broken_references(data: object) -> Iterator[Problem]:
    """Every place of the document that contradicts another."""
    receivers = _list(_get(data, "receivers"))
    names = [_get(receiver, "name") for receiver in receivers]
    yield from _repeated(names)
    if names and all(isinstance(name, str) for name in names):
        yield from _unknown_receivers(_get(data, "route"), ("route",), dict.fromkeys(map(str, names)))
    yield from _forbidden_channels(receivers, _get(data, "platform", "slack", "channels"))


def _repeated(names: list[object]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if isinstance(name, str) and first.setdefault(name, index) != index:
            taken = f"{quoted(name)} is taken by receivers[{first[name]}]"
            yield Problem(("receivers", index, "name"), f"{taken}; choose another name")


def _unknown_receivers(route: object, loc: Loc, names: Mapping[str, None]) -> Iterator[Problem]:
    name = _get(route, "receiver")
    if isinstance(name, str) and name not in names:
        instead = guess(name, names) or f"; there {_listed(names)}"
        yield Problem((*loc, "receiver"), f"{quoted(name)} is not among the receivers{instead}")
    for index, child in enumerate(_list(_get(route, "routes"))):
        yield from _unknown_receivers(child, (*loc, "routes", index), names)


def _forbidden_channels(receivers: list[object], channels: object) -> Iterator[Problem]:
    if not isinstance(channels, list):
        return
    allowed = dict.fromkeys(channel for channel in channels if isinstance(channel, str))
    for index, receiver in enumerate(receivers):
        channel = _get(receiver, "slack", "channel")
        if isinstance(channel, str) and channel not in allowed:
            yield Problem(
                ("receivers", index, "slack", "channel"),
                f"{quoted(channel)} is not among platform.slack.channels; there {_listed(allowed)}; "
                "choose from those or have it added",
            )


def _get(data: object, *keys: str) -> object:
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _list(data: object) -> list[object]:
    return data if isinstance(data, list) else []


def _listed(words: Mapping[str, None]) -> str:
    shown, more = ", ".join(list(words)[:_SHOWN]) or "none", len(words) - _SHOWN
    return f"{'is' if len(words) < 2 else 'are'} {shown}{f' and {more} more' if more > 0 else ''}"
