"""The filters of tenants' templates. None can make a text longer than a message, a token, or work without end.

Jinja's own are not used: several take a text for a list of letters, and a few of those nested make gigabytes.
"""

from collections.abc import Callable, Mapping
from typing import Final

from jinja2 import Undefined

from router.core.slack.markup import (
    Safe,
    as_written,
    bold,
    code,
    escape,
    has_token,
    join,
    link,
    outside_tokens,
    truncate,
)
from router.core.template.language import MAX_ITEMS, MAX_OUTPUT, MAX_WORK

_CALL: Final = 20


class UnusableError(ValueError):
    """A value that cannot be used in this way; the text says what to do."""


class Budget:
    """How much the templates of one message may still do: a character that a filter is given is one."""

    def __init__(self, amount: int = MAX_WORK) -> None:
        self.left = amount

    def spend(self, value: object) -> None:
        """Pay for handing a value to a filter.

        Raises:
            UnusableError: there is nothing left.
        """
        inside = value if isinstance(value, list | tuple) else (value,)
        self.left -= _CALL + sum(len(one) if isinstance(one, str | Mapping) else 1 for one in inside)
        if self.left < 0:
            raise UnusableError("the templates do too much for one message; use fewer filters and loops")


def shown(value: object) -> Safe:
    """A value as it is printed: escaped, not endless, and nothing for nothing."""
    if isinstance(value, Mapping | list | tuple):
        raise UnusableError("a list cannot be printed as it is; use join, first or a loop")
    if value is None or value is False:
        return Safe()
    if isinstance(value, Safe) and len(value) <= MAX_OUTPUT:
        return value
    return truncate(as_written(value), MAX_OUTPUT)


def items(value: object) -> list[object]:
    """What a loop goes over: a list or the names of a mapping, not beyond the bound."""
    if not isinstance(value, Mapping | list | tuple):
        raise UnusableError(
            "this is not a list; join, sort and loops take labels, annotations, links, counts or alerts"
        )
    return list(value)[:MAX_ITEMS]


def concatenated(values: list[object]) -> Safe:
    """The values one after the other, as `~` writes them."""
    return shown(Safe("".join(map(shown, values))))


def is_defined(value: object) -> bool:
    """Whether there is anything: a label that an alert lacks is empty text."""
    return not isinstance(value, Undefined) and value is not None and value != ""


def _length(value: object) -> int:
    return len(value) if isinstance(value, Mapping | list | tuple) else len(shown(value))


def _default(value: object, instead: object) -> object:
    return value if is_defined(value) else instead


def _first(value: object) -> object:
    return next(iter(items(value)), "")


def _last(value: object) -> object:
    return next(reversed(items(value)), "")


def _sort(value: object) -> list[object]:
    return sorted(items(value), key=str)


def _dictsort(value: object) -> list[tuple[object, object]]:
    if not isinstance(value, Mapping):
        raise UnusableError("dictsort takes labels, annotations, links or counts")
    return [(name, value[name]) for name in sorted(value)][:MAX_ITEMS]


def _join(value: object, glue: str = "") -> Safe:
    return shown(join(map(shown, items(value)), escape(glue)))


def _truncate(value: object, limit: int) -> Safe:
    return truncate(shown(value), limit)


def _upper(value: object) -> Safe:
    return outside_tokens(shown(value), str.upper)


def _lower(value: object) -> Safe:
    return outside_tokens(shown(value), str.lower)


def _link(value: object, url: object) -> Safe:
    if not isinstance(url, str) or not url:
        return Safe()
    label = shown(value)
    if has_token(label):
        return label  # a link cannot stand in a link
    return link(url, Safe(" ".join(label.split())))


FILTERS: Final[Mapping[str, Callable[..., object]]] = {
    "bold": lambda value: bold(shown(value)),
    "code": lambda value: code(shown(value)),
    "default": _default,
    "dictsort": _dictsort,
    "first": _first,
    "join": _join,
    "last": _last,
    "length": _length,
    "link": _link,
    "lower": _lower,
    "sort": _sort,
    "truncate": _truncate,
    "upper": _upper,
}
