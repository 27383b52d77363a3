"""Builds HTML in which every text is escaped, unless it is already `Markup`.

Tag and attribute names come from our own code; attribute values and children may be any text.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from markupsafe import Markup, escape

_VOID: Final = frozenset({"br", "hr", "link", "meta"})

Child = str | None
Attributes = Mapping[str, str | None]


def html(text: str) -> Markup:
    """Escape the text, replacing what no HTML document may contain; `Markup` is returned as it is."""
    if isinstance(text, Markup):
        return text
    return escape(text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode())


def joined(children: Iterable[Child], glue: str = "") -> Markup:
    """Concatenate the children, skipping those that are None or empty."""
    return _markup(_concatenated(children, glue))


def el(tag: str, attributes: Attributes | None = None, *children: Child) -> Markup:
    """Make an element; an attribute that is None is omitted, an empty one has no value."""
    written = "".join(_attribute(name, value) for name, value in (attributes or {}).items() if value is not None)
    closing = "" if tag in _VOID else f"{_concatenated(children)}</{tag}>"
    return _markup(f"<{tag}{written}>{closing}")


def classed(tag: str, name: str, *children: Child) -> Markup:
    """Make an element whose only attribute is its class."""
    return el(tag, {"class": name}, *children)


def _concatenated(children: Iterable[Child], glue: str = "") -> str:
    return str.join(html(glue), [html(child) for child in children if child])


def _attribute(name: str, value: str) -> str:
    return f' {name}="{html(value)}"' if value else f" {name}"


def _markup(text: str) -> Markup:
    """Text that is put together from escaped parts, for which `Markup.format` would take four times as long."""
    return Markup(text)  # noqa: S704 - see above
