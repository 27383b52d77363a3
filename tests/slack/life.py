"""One message after another: posted, edited, answered, read and deleted; what was stored at each step."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slack_sdk.web.async_client import AsyncWebClient

SNAPSHOTS: Final = Path(__file__).parents[1] / "core" / "snapshots"
_STORED: Final = ("text", "blocks", "attachments")
_OWN: Final = frozenset(
    {"block_id", "id", "mrkdwn_in", "team", "image_width", "image_height", "image_bytes", "is_animated"}
)
"""What Slack adds by itself, and each workspace in another way."""

Json = Any
Arguments = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, and the client of a bot that is a member of it."""

    client: AsyncWebClient
    channel: str


def messages(name: str) -> Sequence[Arguments]:
    """The exact arguments of one of our snapshots, such as `default-en`."""
    lines = (SNAPSHOTS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


async def life(place: Place, first: Arguments, second: Arguments) -> list[Json]:
    """What the channel holds once the first was posted, once the second has taken its place, and of its reply."""
    posted = await place.client.api_call("chat.postMessage", json={"channel": place.channel, **first})
    ts = posted["ts"]
    try:
        found = [await _message(place, ts)]
        await place.client.api_call("chat.update", json={"channel": place.channel, "ts": ts, **second})
        found.append(await _message(place, ts))
        reply = {"channel": place.channel, "thread_ts": ts, "text": first["text"]}
        await place.client.api_call("chat.postMessage", json=reply)
        found += await _replies(place, ts)
        return found
    finally:
        await _delete(place, ts)


async def _message(place: Place, ts: str) -> Json:
    found = await place.client.conversations_history(
        channel=place.channel, latest=ts, oldest=ts, inclusive=True, limit=1
    )
    [message] = found["messages"]
    return stored(message)


async def _thread(place: Place, ts: str) -> list[Json]:
    return list((await place.client.conversations_replies(channel=place.channel, ts=ts))["messages"])


async def _replies(place: Place, ts: str) -> list[Json]:
    return [stored(one) for one in await _thread(place, ts) if one["ts"] != ts]


async def _delete(place: Place, ts: str) -> None:
    for one in reversed(await _thread(place, ts)):
        await place.client.chat_delete(channel=place.channel, ts=one["ts"])


def stored(message: Json) -> Json:
    """What we gave of a message, as it was stored, without what a workspace adds by itself."""
    return _plain({name: message[name] for name in _STORED if message.get(name)})


def _plain(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if name not in _OWN}
    return [_plain(one) for one in value] if isinstance(value, list) else value
