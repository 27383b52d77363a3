"""What `alert-router preview` shows: the channels after simulated calls, as lines for a terminal or as a page."""

from collections.abc import Iterator, Sequence
from typing import TextIO

from slack_view.document import Theme
from slack_view.sheet import Panel, sheet
from slack_view.shown import ShownMessage
from slack_view.terminal import TerminalView

from alert_router_local.transcript import transcript
from router.control.channel_calls import ChannelCalls
from router.core.model.instant import MINUTE

Moment = tuple[str, tuple[ShownMessage, ...]]


def lines(channels: Sequence[ChannelCalls], steps: int, stream: TextIO) -> Iterator[str]:
    """Each channel under a heading, after each of so many webhooks, or after all of them where `steps` is 1."""
    view = TerminalView(stream)
    for one in channels:
        for name, messages in _moments(one, steps):
            yield " · ".join(part for part in (one.receiver, one.language, name) if part)
            yield from view.channel(one.channel, messages)


def page(title: str, channels: Sequence[ChannelCalls], steps: int, theme: Theme | None) -> str:
    """The same as an HTML document, a panel for each channel, language and step."""
    return sheet(title, list(_panels(channels, steps)), theme=theme)


def _panels(channels: Sequence[ChannelCalls], steps: int) -> Iterator[Panel]:
    for one in channels:
        for name, messages in _moments(one, steps):
            note = " · ".join(part for part in (one.language, name) if part)
            yield Panel(one.channel, note, one.locale, [message.as_json() for message in messages])


def _moments(channel: ChannelCalls, steps: int) -> Iterator[Moment]:
    """What the channel shows after each step, and the name of that step."""
    if steps == 1:
        yield "", transcript(channel.calls)
        return
    for step in range(1, steps + 1):
        yield (
            f"{step}/{steps}{_later(channel, step)}",
            transcript(call for call in channel.calls if call.step <= step),
        )


def _later(channel: ChannelCalls, step: int) -> str:
    """How long after the channel's first call a step made its own, in minutes, which every reader understands."""
    made = [call.at for call in channel.calls if call.step == step]
    minutes = (made[0] - channel.calls[0].at) // MINUTE if made else 0
    return f" · +{minutes} min" if minutes else ""
