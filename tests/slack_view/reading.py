"""Reads drawn HTML as a browser would: which elements and attributes it has, and which words are seen."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"br", "hr", "link", "meta"}


@dataclass
class Element:
    """A start tag."""

    tag: str
    attributes: dict[str, str | None]


@dataclass
class Reading:
    """What a parser made of it."""

    elements: list[Element] = field(default_factory=list)
    text: str = ""

    def having(self, name: str) -> list[Element]:
        """The elements of a class."""
        return [one for one in self.elements if name in (one.attributes.get("class") or "").split()]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.reading = Reading()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"twice the same attribute: {attrs}"
        self.reading.elements.append(Element(tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.reading.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def end(self) -> Reading:
        self.close()
        assert self._open == []
        return self.reading


def read(html: str) -> Reading:
    """Parse it; every element must be closed, in order."""
    reader = _Reader()
    reader.feed(html)
    return reader.end()
