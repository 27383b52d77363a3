"""Changes to plain data that no honest writer makes: wrong types, odd values, too much of everything, or nothing."""

import copy
import math
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

Place = tuple[Any, Any]
"""A list or dictionary, and the index or key of something in it."""

_HALF: Final = 0.5
ODD: Final[Sequence[Any]] = (
    None,
    True,
    False,
    0,
    -1,
    1e300,
    2**63,
    10**400,
    math.nan,
    math.inf,
    "",
    " ",
    "\0",
    "null",
    "\ud800",
    "\u202e",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-02-30T00:00:00Z",
    "\u3164",
    "<!channel>",
    "{{ 7*7 }}",
    "%(x)s",
    "../..",
    "x}:{ws:T}:y",
    "\r\nX: y",
    [],
    {},
    [[]],
    {"": ""},
    [None],
    {"a": {"a": {}}},
    "\U000e0001",
    "a" * 300,
)
_COPIES: Final = (2, 10, 100)
_LARGE: Final = 1_000
"""Places from which on a tree is left as it is: each repetition would multiply them."""
_HEAVIEST: Final = 8_000_000
"""Characters of the text of a tree, about; one that comes to more is left as it was."""
_OF_A_NODE: Final = 40
"""Characters that a list or dictionary counts for: what is nested costs more to write than what is long."""
_LENGTHS: Final = (1_000, 20_000, 200_000)
_DEPTHS: Final = (10, 200, 5_000)


def mutated(dice: random.Random, tree: Any, times: int) -> Any:
    """A copy of the tree, changed so often."""
    found = copy.deepcopy(tree)
    for _ in range(times):
        places = list(_places(found))
        if not 0 < len(places) < _LARGE:
            break
        dice.choice(_CHANGES)(dice, dice.choice(places))
    return found if weight(found) <= _HEAVIEST else copy.deepcopy(tree)


def weight(tree: Any) -> int:
    """About the characters of its text; what stands in it several times is looked at once."""
    known: dict[int, int] = {}
    waiting = [tree]
    while waiting:
        one = waiting[-1]
        inner = _inner(one)
        new = [value for value in inner if isinstance(value, dict | list) and id(value) not in known]
        if new and id(one) not in known:
            waiting += new
            continue
        known[id(one)] = _OF_A_NODE + sum(known.get(id(value)) or _plain(value) for value in inner)
        waiting.pop()
    return known[id(tree)]


def _inner(one: Any) -> list[Any]:
    if isinstance(one, dict):
        return [*one, *one.values()]
    return one if isinstance(one, list) else []


def _plain(value: Any) -> int:
    return len(value) if isinstance(value, str) else _OF_A_NODE


def _places(tree: Any) -> Iterator[Place]:
    """Where something is, breadth first; not in what was nested on purpose."""
    level = [tree]
    for _ in range(8):
        inner = [(one, key) for one in level if isinstance(one, dict | list) for key in _keys(one)]
        yield from inner
        level = [one[key] for one, key in inner]


def _keys(one: Any) -> list[Any]:
    return list(one) if isinstance(one, dict) else list(range(min(len(one), 50)))


def _replace(dice: random.Random, place: Place) -> None:
    holder, key = place
    holder[key] = copy.deepcopy(dice.choice(ODD))


def _remove(_dice: random.Random, place: Place) -> None:
    holder, key = place
    del holder[key]


def _rename(dice: random.Random, place: Place) -> None:
    holder, key = place
    if isinstance(holder, dict):
        holder[dice.choice(["", "\0", "…", "x" * 5_000, f"{key} ", f"{key}\u200b", str(key).upper()])] = holder.pop(
            key
        )


def _repeat(dice: random.Random, place: Place) -> None:
    holder, key = place
    count = dice.choice(_COPIES)
    if isinstance(holder, list):
        holder += [holder[key]] * count
    else:
        holder |= {f"{key}_{number}": holder[key] for number in range(count)}


def _lengthen(dice: random.Random, place: Place) -> None:
    holder, key = place
    holder[key] = dice.choice(["x", "é", "*`~", "\\", "<@U1>", "a\n"]) * dice.choice(_LENGTHS)


def _nest(dice: random.Random, place: Place) -> None:
    holder, key = place
    inner, in_list = holder[key], dice.random() < _HALF
    for _ in range(dice.choice(_DEPTHS)):
        inner = [inner] if in_list else {"a": inner}
    holder[key] = inner


_CHANGES: Final[Sequence[Callable[[random.Random, Place], None]]] = (
    _replace,
    _replace,
    _replace,
    _remove,
    _rename,
    _repeat,
    _lengthen,
    _nest,
)
