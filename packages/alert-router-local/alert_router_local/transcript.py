"""What a channel shows after simulated calls, in the form in which the emulator shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from slack_view.shown import ShownMessage

from router.control.simulate import SimulatedCall
from router.core.model.instant import SECOND
from router.core.model.operation import Op


def transcript(calls: Iterable[SimulatedCall]) -> tuple[ShownMessage, ...]:
    """The messages with their edits and threads, oldest first."""
    messages: dict[str, ShownMessage] = {}
    for call in calls:
        shown = _shown(call)
        arguments = call.call.arguments
        match call.op:
            case Op.POST:
                messages[shown.ts] = shown
            case Op.EDIT:
                messages[shown.ts] = _edited(messages[shown.ts], shown)
            case _:
                parent = messages[arguments["thread_ts"]]
                messages[parent.ts] = replace(parent, replies=(*parent.replies, shown))
    return tuple(messages.values())


def _edited(before: ShownMessage, after: ShownMessage) -> ShownMessage:
    return replace(
        after,
        edits=before.edits + 1,
        replies=before.replies,
        texts=before.texts + after.texts,
        times_s=before.times_s + after.times_s,
    )


def _shown(call: SimulatedCall) -> ShownMessage:
    arguments: Mapping[str, Any] = call.call.arguments
    return ShownMessage(
        ts=call.shown_at.ts,
        text=arguments["text"],
        blocks=tuple(arguments["blocks"]),
        attachments=tuple(arguments["attachments"]),
        edits=0,
        replies=(),
        broadcast=call.op is Op.REPLY_BROADCAST,
        metadata=arguments["metadata"],
        texts=(arguments["text"],),
        times_s=(call.at / SECOND,),
        reactions=(),
        user_id="",
        deleted=False,
    )
