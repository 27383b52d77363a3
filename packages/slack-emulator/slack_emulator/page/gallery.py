"""Draws a channel repeatedly, but each message only when it has changed.

There is no counter that every change must remember to raise; instead, what a message was drawn from is compared.
Every accepted edit adds a version to its message, so it is enough to count versions.
"""

from collections.abc import Sequence
from dataclasses import replace

from slack_view import Appearance, Drawn
from slack_view.channel import draw_entries

from slack_emulator.shown import show
from slack_emulator.workspace import Channel, Json, Message

_Print = tuple[object, ...]


class Gallery:
    """The drawn messages of one channel, each kept until its message changes."""

    def __init__(self, appearance: Appearance) -> None:
        self._appearance = appearance
        self._kept: dict[str, tuple[_Print, tuple[Drawn, ...]]] = {}

    def drawn(self, channel: Channel) -> tuple[Drawn, ...]:
        """What the channel shows now, oldest first."""
        before, self._kept = self._kept, {}
        for message, replies in channel.top_level():
            now = (channel.language, *_print_of([message, *replies]))
            kept = before.get(message.ts)
            fresh = kept if kept and kept[0] == now else (now, self._draw(message, replies, channel.language))
            self._kept[message.ts] = fresh
        entries = [entry for _, drawings in self._kept.values() for entry in drawings]
        return tuple(sorted(entries, key=lambda drawn: drawn.key))

    def _draw(self, message: Message, replies: Sequence[Message], language: str) -> tuple[Drawn, ...]:
        shown = {**_as_json(message), "replies": [_as_json(reply) for reply in replies]}
        return tuple(draw_entries(shown, replace(self._appearance, language=language)))


def _print_of(messages: Sequence[Message]) -> _Print:
    """Equal for messages that are drawn alike."""
    return tuple((one.ts, len(one.versions), one.deleted, one.broadcast, tuple(one.reactions)) for one in messages)


def _as_json(message: Message) -> Json:
    person = {"name": "A person", "app": False}
    return {**show(message).as_json(), **({} if message.author.bot_id else {"author": person})}
