"""Slack's channels as lines for a terminal: coloured bars, edits, threads and mentions.

Colours need a terminal that has them, and respect NO_COLOR.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, TextIO

from rich.console import Console
from rich.text import Text

from slack_view.attachments import colour
from slack_view.chart import spark
from slack_view.emoji import with_emoji
from slack_view.shown import ShownMessage
from slack_view.token import TOKEN, decoded, pinged_by

_WIDTH: Final = 100
_BOLD: Final = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")
_CODE: Final = r"`[^`\n]+`"
_DATE: Final = "!date^"
_UNSAFE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class TerminalView:
    """Renders channels for one stream, standard output unless another is given."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._console = Console(file=stream, width=_WIDTH)

    def channel(self, name: str, messages: tuple[ShownMessage, ...]) -> Iterator[str]:
        """The channel's name, then each message with its edits and its thread."""
        yield self._rendered(Text(f"#{name.removeprefix('#')}", "bold"))
        for message in messages:
            yield from map(self._rendered, self._message(message))
        yield ""

    def _message(self, message: ShownMessage) -> Iterator[Text]:
        margin = Text("  ")
        for block in message.blocks:
            yield from self._wrapped(_block_text(block), margin)
        if not message.blocks and not message.attachments:
            yield from self._wrapped(message.text, margin)
        for attachment in message.attachments:
            bar = Text.assemble("  ", ("┃", colour(attachment.get("color")) or ""), " ")
            for block in attachment.get("blocks", ()):
                yield from self._wrapped(_block_text(block), bar)
        if message.edits:
            yield Text(f"  (edited {message.edits} time{'s' if message.edits > 1 else ''})", "dim")
        for reply in message.replies:
            yield from self._wrapped(_reply_text(reply), Text("    ↳ "), Text("      "))
        yield Text()

    def _wrapped(self, text: str, first: Text, rest: Text | None = None) -> Iterator[Text]:
        """The text in lines that fit; `first` precedes the first line, `rest` or else `first` the others."""
        margin = first
        for line in _readable(text).splitlines():
            for part in _styled(line).wrap(self._console, _WIDTH - first.cell_len):
                part.rstrip()
                yield margin + part
                margin = rest or first

    def _rendered(self, line: Text) -> str:
        with self._console.capture() as captured:
            self._console.print(line, end="", soft_wrap=True)
        return captured.get()


def _reply_text(reply: ShownMessage) -> str:
    text = "\n".join(map(_block_text, reply.blocks)) or reply.text
    return f"{text} ({'also in the channel' if reply.broadcast else 'in the thread'})"


def _block_text(block: Mapping[str, Any]) -> str:
    if block.get("type") == "image":
        return ": ".join(filter(None, (_text(block.get("title") or {}), f"[{_escaped(block.get('alt_text', ''))}]")))
    if block.get("type") == "data_visualization":
        return _escaped(spark(block))
    if block.get("type") == "container":
        mark = "▸" if block.get("default_collapsed") else "▾"
        return "\n".join(
            [f"{mark} {_text(block.get('title') or {})}", *map(_block_text, block.get("child_blocks", ()))]
        )
    parts = [block["text"]] if "text" in block else []
    parts += [*block.get("fields", ()), *block.get("elements", ())]
    return "  ".join(map(_text, parts))


def _text(part: Mapping[str, Any]) -> str:
    text = part.get("text", "")
    if part.get("type") == "image":
        return f"[{_escaped(part.get('alt_text', ''))}]"
    if part.get("type") == "plain_text":
        return _escaped(text)
    words = _text(text) if isinstance(text, Mapping) else str(text)
    return f"[{words}]" if part.get("type") == "button" else words


def _escaped(text: object) -> str:
    """Text without markup, as a text with markup would have it."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _styled(line: str) -> Text:
    styled, end = Text(), 0
    for match in _BOLD.finditer(line):
        styled.append(line[end : match.start()]).append(match[1], "bold")
        end = match.end()
    styled.append(line[end:]).highlight_regex(_CODE, "cyan")
    return styled


def _readable(text: str) -> str:
    """Replace what a reader sees otherwise (tokens, entities, emoji), and drop what could move the cursor."""
    return with_emoji(_UNSAFE.sub("", decoded(TOKEN.sub(lambda match: _token(match[1]), text))))


def _token(inside: str) -> str:
    target, _, label = inside.partition("|")
    if pinged := pinged_by(inside, {}):
        return pinged
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    return label if target.startswith(_DATE) else label or target
