"""HTML whose texts and attributes are escaped, whatever they hold: labels are anybody's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

_VOID: Final = frozenset({"meta"})


@dataclass(frozen=True, slots=True)
class Html:
    """Escaped already."""

    text: str


Child = Html | str | None


def joined(children: Iterable[Child]) -> Html:
    """One after another, those that are None left out."""
    return Html("".join(one.text if isinstance(one, Html) else escape(one) for one in children if one is not None))


def el(tag: str, attributes: Mapping[str, str] | None = None, *children: Child) -> Html:
    """An element."""
    written = "".join(f' {name}="{escape(value)}"' for name, value in (attributes or {}).items())
    return Html(f"<{tag}{written}>" + ("" if tag in _VOID else f"{joined(children).text}</{tag}>"))


def classed(tag: str, name: str, *children: Child) -> Html:
    """An element whose only attribute is its class."""
    return el(tag, {"class": name}, *children)
