"""A Slack message as lines of text, for people to read and compare."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from router.core.slack.message import SlackMessage

_MARKS: Final = {"context": "small", "actions": "press", "image": "image"}


def readable(message: SlackMessage) -> str:
    """A message as text; spaces that do not break are visible."""
    return "\n".join(_readable(message)).replace("\u00a0", "⍽").replace("\u202f", "⍽")


def _readable(message: SlackMessage) -> Iterator[str]:
    yield f"text   {message.text}".replace("\n", "\n     ⏎ ")
    yield from (f"block  {line}" for block in message.blocks for line in lines(block))
    for attachment in message.attachments:
        yield f"color  {attachment.color}"
        for block in attachment.blocks:
            small = _MARKS.get(str(block["type"]), "  |  ")
            yield from (f"  {small if place == 0 else '  |  '}  {line}" for place, line in enumerate(lines(block)))


def _buttons(block: Mapping[str, Any]) -> str:
    return "  ".join(f"[{one['text']['text']}]({one['url']})" for one in block["elements"])


def _chart(block: Mapping[str, Any]) -> Iterator[str]:
    chart = block["chart"]
    axes = chart["axis_config"]
    yield f"chart {block['title']}"
    yield f"  {axes.get('y_label', '')} | {' '.join(axes['categories'])} {axes.get('x_label', '')}"
    for one in chart["series"]:
        yield f"  {one['name']}: {' '.join(str(point['value']) for point in one['data'])}"


def lines(block: object) -> list[str]:
    """The lines of text in a block, whatever its type."""
    if not isinstance(block, dict):
        raise TypeError(f"not a block: {block!r}")
    if block["type"] == "actions":
        return [_buttons(block)]
    if block["type"] == "image":
        return [f"{block['alt_text']} ({block['image_url']})"]
    if block["type"] == "data_visualization":
        return list(_chart(block))
    if block["type"] == "container":
        return [f"▸ {block['title']['text']}", *(f"  {line}" for one in block["child_blocks"] for line in lines(one))]
    objects = block.get("elements") or [block["text"]]
    return [line for one in objects for line in one["text"].split("\n")]
