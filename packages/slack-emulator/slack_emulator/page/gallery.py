"""Draws a channel again and again, and only what changed since the last time.

The emulator has no counter that every change must remember to raise, so none can be forgotten: what a message was
drawn from is compared instead. Every accepted edit adds a version to its message, hence counting is enough.
"""

from collections.abc import Sequence

from slack_view import Appearance, Drawn
from slack_view.channel import draw_entries

from slack_emulator.shown import show
from slack_emulator.workspace import Channel, Json, Message

_Print = tuple[object, ...]


class Gallery:
    """The drawings of one channel, kept until their message changes."""

    def __init__(self, appearance: Appearance) -> None:
        self._appearance = appearance
        self._kept: dict[str, tuple[_Print, tuple[Drawn, ...]]] = {}

    def drawn(self, channel: Channel) -> tuple[Drawn, ...]:
        """What the channel shows now, oldest first."""
        before, self._kept = self._kept, {}
        for message, replies in channel.top_level():
            now = _print_of([message, *replies])
            kept = before.get(message.ts)
            fresh = kept if kept and kept[0] == now else (now, self._draw(message, replies))
            self._kept[message.ts] = fresh
        entries = [entry for _, drawings in self._kept.values() for entry in drawings]
        return tuple(sorted(entries, key=lambda drawn: drawn.key))

    def _draw(self, message: Message, replies: Sequence[Message]) -> tuple[Drawn, ...]:
        shown = {**_as_json(message), "replies": [_as_json(reply) for reply in replies]}
        return tuple(draw_entries(shown, self._appearance))


def _print_of(messages: Sequence[Message]) -> _Print:
    """Equal as long as the messages are drawn the same."""
    return tuple((one.ts, len(one.versions), one.deleted, one.broadcast, tuple(one.reactions)) for one in messages)


def _as_json(message: Message) -> Json:
    person = {"name": "A person", "app": False}
    return {**show(message).as_json(), **({} if message.author.bot_id else {"author": person})}
