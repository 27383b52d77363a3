"""Block Kit as HTML: the blocks that alerts are made of, and a note in place of any other.

A picture is never loaded, since that would reveal the reader to its server; its description is shown instead.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from markupsafe import Markup

from slack_view.appearance import Appearance
from slack_view.chart import draw_chart
from slack_view.markup import classed, el, joined
from slack_view.mrkdwn import mrkdwn, plain
from slack_view.reading import Json, record, records, string
from slack_view.token import link

_Drawer = Callable[[Json, Appearance], Markup]


def draw_blocks(blocks: object, appearance: Appearance) -> Markup:
    """The blocks, one below the other."""
    return joined(draw_block(block, appearance) for block in records(blocks))


def draw_block(block: Json, appearance: Appearance) -> Markup:
    """One block."""
    kind = string(block.get("type"))
    drawer = _DRAWERS.get(kind)
    return drawer(block, appearance) if drawer else classed("div", "block unknown", f"a block of type “{kind}”")


def draw_text(value: object, appearance: Appearance) -> Markup:
    """A text object, with markup if its type is `mrkdwn`."""
    text = record(value)
    content = string(text.get("text"))
    return mrkdwn(content, appearance.names) if text.get("type") == "mrkdwn" else plain(content)


def _section(block: Json, appearance: Appearance) -> Markup:
    fields = [classed("div", "field", draw_text(field, appearance)) for field in records(block.get("fields"))]
    content = joined(
        [
            classed("div", "text", draw_text(block["text"], appearance)) if "text" in block else None,
            classed("div", "fields", *fields) if fields else None,
        ]
    )
    accessory = record(block.get("accessory"))
    beside = classed("div", "accessory", _element(accessory, appearance)) if accessory else None
    return classed("div", "block section", classed("div", "content", content), beside)


def _header(block: Json, appearance: Appearance) -> Markup:
    return classed("h3", "block header", draw_text(block.get("text"), appearance))


def _context(block: Json, appearance: Appearance) -> Markup:
    return classed("div", "block context", *_elements(block, appearance))


def _actions(block: Json, appearance: Appearance) -> Markup:
    return classed("div", "block actions", *_elements(block, appearance))


def _divider(_block: Json, _appearance: Appearance) -> Markup:
    return el("hr", {"class": "block divider"})


def _markdown(block: Json, appearance: Appearance) -> Markup:
    return classed(
        "div", "block section", classed("div", "content", mrkdwn(string(block.get("text")), appearance.names))
    )


def _image(block: Json, appearance: Appearance) -> Markup:
    title = draw_text(block.get("title"), appearance) if "title" in block else None
    return el("figure", {"class": "block image"}, el("figcaption", None, title) if title else None, picture(block))


def picture(image: Json) -> Markup:
    """What is shown in place of a picture: its description, as a link to it."""
    url, shown = string(image.get("image_url")), string(image.get("alt_text")) or "picture"
    return classed("div", "picture", "🖼 ", link(url, shown))


def _elements(block: Json, appearance: Appearance) -> Iterable[Markup]:
    return (_element(element, appearance) for element in records(block.get("elements")))


def _element(element: Json, appearance: Appearance) -> Markup:
    match element.get("type"):
        case "mrkdwn" | "plain_text":
            return classed("span", "element", draw_text(element, appearance))
        case "image":
            return classed("span", "element small-picture", "🖼 ", string(element.get("alt_text")))
        case "button":
            return _button(element, appearance)
        case _:
            return classed("span", "button", draw_text(element.get("placeholder"), appearance), " ▾")


def _button(element: Json, appearance: Appearance) -> Markup:
    style = {"primary": " primary", "danger": " danger"}.get(string(element.get("style")), "")
    label, url = draw_text(element.get("text"), appearance), string(element.get("url"))
    return link(url, label, f"button{style}") if url else classed("span", f"button{style}", label)


def _chart(block: Json, _appearance: Appearance) -> Markup:
    return draw_chart(block)


def _container(block: Json, appearance: Appearance) -> Markup:
    title = draw_text(block.get("title"), appearance)
    inside = draw_blocks(block.get("child_blocks"), appearance)
    if not block.get("is_collapsible"):
        return classed("div", "block container", classed("div", "container-title", title), inside)
    opened = None if block.get("default_collapsed") else ""
    attributes = {"class": "block container", "data-fold": "container", "open": opened}
    return el("details", attributes, el("summary", None, title), inside)


_DRAWERS: Final[Mapping[str, _Drawer]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
    "markdown": _markdown,
    "image": _image,
    "data_visualization": _chart,
    "container": _container,
}
