"""Simulated calls, grouped by the channel that they go to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale

from router.control.simulate import SimulatedCall, by_receiver
from router.core.model.instant import to_rfc3339


@dataclass(frozen=True, slots=True)
class ChannelCalls:
    """The calls to one receiver's channel, in one language."""

    locale: str
    receiver: str
    channel: str
    calls: Sequence[SimulatedCall]

    @property
    def language(self) -> str:
        """The language by its own name."""
        name = Locale.parse(self.locale, sep="-").get_display_name() or self.locale
        return name[:1].upper() + name[1:]


def channel_calls(calls: list[SimulatedCall], wanted: Sequence[str]) -> Iterator[ChannelCalls]:
    """Group the calls by receiver, in the order of the first call; only the wanted receivers, if any are named."""
    for receiver, own in by_receiver(calls):
        if not wanted or receiver.name in wanted:
            yield ChannelCalls(receiver.locale, receiver.name, receiver.channel, own)


def call_json(call: SimulatedCall) -> dict[str, Any]:
    """One call for programs; `method` and `arguments` are what Slack would get."""
    return {
        "at": to_rfc3339(call.at),
        "webhook": call.step,
        "receiver": call.receiver.name,
        "locale": call.receiver.locale,
        "reason": call.reason,
        "method": call.call.method,
        "arguments": dict(call.call.arguments),
    }
