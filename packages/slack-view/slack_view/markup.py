"""HTML that can only be made safely: text is escaped unless it was made here.

Attributes are given by our own code, their values may be anything.
"""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

_VOID: Final = frozenset({"br", "hr", "link", "meta"})


class Html(str):
    """HTML as it goes into the page; everything else that is joined to it is escaped first."""

    __slots__ = ()


Child = str | None
Attributes = Mapping[str, str | None]


def html(text: str) -> Html:
    """The text as HTML, without what no HTML document may hold."""
    if isinstance(text, Html):
        return text
    return Html(escape(text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()))


def joined(children: Iterable[Child], glue: str = "") -> Html:
    """The children that are there, one after the other."""
    return Html(glue.join(html(child) for child in children if child))


def el(tag: str, attributes: Attributes | None = None, *children: Child) -> Html:
    """An element; an attribute that is None is left out, an empty one stands by itself."""
    written = "".join(_attribute(name, value) for name, value in (attributes or {}).items() if value is not None)
    if tag in _VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{joined(children)}</{tag}>")


def classed(tag: str, name: str, *children: Child) -> Html:
    """An element with nothing but a class."""
    return el(tag, {"class": name}, *children)


def _attribute(name: str, value: str) -> str:
    return f' {name}="{html(value)}"' if value else f" {name}"
