"""Slack's channels on a terminal: colour bars, edits, threads, pings; without colours where it is no terminal."""

import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

from slack_view.shown import Shown

_WIDTH: Final = 100
_RESET: Final = "\x1b[0m"
_TOKEN: Final = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_BOLD: Final = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")
_CODE: Final = re.compile(r"`([^`\n]+)`")
_DATE: Final = "!date^"
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_UNSAFE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Pen:
    """Draws with or without colours."""

    def __init__(self, *, colours: bool) -> None:
        self._colours = colours

    def channel(self, name: str, messages: tuple[Shown, ...]) -> Iterator[str]:
        """A channel as it is shown now."""
        yield self._bold(f"#{name.removeprefix('#')}")
        for message in messages:
            yield from self.message(message)
        yield ""

    def message(self, message: Shown) -> Iterator[str]:
        """A message with its edits and its thread."""
        for block in message.blocks:
            yield from self._lines(_block_text(block), indent="  ")
        if not message.blocks and not message.attachments:
            yield from self._lines(message.text, indent="  ")
        for attachment in message.attachments:
            bar = self._bar(str(attachment.get("color", "")))
            for block in attachment.get("blocks", ()):
                yield from self._lines(_block_text(block), indent=f"  {bar} ")
        if message.edits:
            yield self._dim(f"  (edited {message.edits} time{'s' if message.edits > 1 else ''})")
        for reply in message.replies:
            mark = "also in the channel" if reply.broadcast else "in the thread"
            yield from self._lines(_shown_text(reply), indent="    ↳ ", mark=f" ({mark})")
        yield ""

    def _lines(self, text: str, indent: str, mark: str = "") -> Iterator[str]:
        for line in (_readable(text) + mark).splitlines():
            first = indent
            for part in textwrap.wrap(line, _WIDTH - 6) or [""]:
                yield first + self._markup(part)
                first = indent.replace("↳", " ")

    def _markup(self, text: str) -> str:
        """Bold and code as Slack shows them: without their marks where colours can show them."""
        text = _BOLD.sub(lambda match: self._bold(match[1]), text)
        return _CODE.sub(lambda match: f"\x1b[36m{match[1]}{_RESET}", text) if self._colours else text

    def _bar(self, colour: str) -> str:
        if not self._colours or not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
            return "┃"
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return f"\x1b[38;2;{red};{green};{blue}m┃{_RESET}"

    def _bold(self, text: str) -> str:
        return f"\x1b[1m{text}{_RESET}" if self._colours else text

    def _dim(self, text: str) -> str:
        return f"\x1b[2m{text}{_RESET}" if self._colours else text


def _shown_text(message: Shown) -> str:
    texts = [_block_text(block) for block in message.blocks]
    return "\n".join(texts) or message.text


def _block_text(block: Mapping[str, Any]) -> str:
    parts = [block["text"]] if "text" in block else []
    parts += [*block.get("fields", ()), *block.get("elements", ())]
    return "  ".join(_text(part) for part in parts)


def _text(part: Mapping[str, Any]) -> str:
    text = part.get("text", "")
    return _text(text) if isinstance(text, Mapping) else str(text)


def _readable(text: str) -> str:
    """Tokens and entities as a reader sees them; nothing that could move a terminal's cursor."""
    text = _TOKEN.sub(lambda match: _token(match[1], match[2]), text)
    for entity, char in _ENTITIES:
        text = text.replace(entity, char)
    return _UNSAFE.sub("", text)


def _token(target: str, label: str | None) -> str:
    if target.startswith(_DATE):
        return label or ""
    if target[:1] in "!@#":
        return f"@{label or target.lstrip('!@')}"
    return label or target
