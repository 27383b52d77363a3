"""Rehearsed calls as they are shown: by receiver and language, at the end or webhook by webhook."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from babel import Locale
from slack_view.sheet import Panel
from slack_view.shown import ShownMessage

from router.cli.transcript import scene
from router.control.simulate import Rehearsed, by_receiver
from router.core.model.instant import to_rfc3339


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one receiver's channel is told, in one language."""

    locale: str
    receiver: str
    channel: str
    calls: list[Rehearsed]

    @property
    def language(self) -> str:
        """The language by its own name."""
        name = Locale.parse(self.locale, sep="-").get_display_name() or self.locale
        return name[:1].upper() + name[1:]

    def moments(self, count: int, *, steps: bool) -> Iterator[tuple[str, tuple[ShownMessage, ...]]]:
        """What the channel shows in the end, or after each of so many webhooks, and what to call that."""
        if not steps or count == 1:
            yield "", scene(self.calls)
            return
        for step in range(1, count + 1):
            yield f"{step}/{count}", scene(call for call in self.calls if call.step <= step)


def spoken(calls: list[Rehearsed], wanted: list[str]) -> Iterator[Spoken]:
    """The calls by receiver; of the wanted ones, if any are named."""
    for receiver, own in by_receiver(calls):
        if not wanted or receiver.name in wanted:
            yield Spoken(receiver.locale, receiver.name, receiver.channel, own)


def panels(shown: list[Spoken], count: int, *, steps: bool) -> Iterator[Panel]:
    """Each channel, language and step as a panel of a page."""
    for one in shown:
        for moment, messages in one.moments(count, steps=steps):
            note = " · ".join(part for part in (one.language, moment) if part)
            yield Panel(one.channel, note, one.locale, [message.as_json() for message in messages])


def row(call: Rehearsed) -> dict[str, Any]:
    """One call as programs read it; `method` and `arguments` are what Slack gets."""
    return {
        "at": to_rfc3339(call.at),
        "webhook": call.step,
        "receiver": call.receiver.name,
        "locale": call.receiver.locale,
        "reason": call.reason,
        "method": call.request.method,
        "arguments": dict(call.request.arguments),
    }
