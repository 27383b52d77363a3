"""Where a word is found in what is stored, however packed: in Redis, in Kafka's records, in logs and metrics."""

import base64
import binascii
import zlib
from collections.abc import AsyncIterator, Collection, Iterator
from typing import Any

from router.adapters.redis.forms.form3 import _COMMON
from tests.e2e.system import System

TOPICS = ("alerts.inbound", "alerts.held", "alerts.dead-letter", "alerts.events")


def unpacked(value: bytes) -> Iterator[bytes]:
    """A value as it is, and as far as it is base64, deflated, or both, what it holds."""
    yield value
    for start in (0, 1):
        try:
            inner = base64.b64decode(value[start:], validate=True)
        except (binascii.Error, ValueError):
            continue
        if inner:
            yield inner
            try:
                yield zlib.decompressobj(-15, zdict=_COMMON).decompress(inner)
            except zlib.error:
                continue


async def values_in_redis(redis: Any) -> AsyncIterator[tuple[str, bytes]]:
    """Every key of Redis with every text in it."""
    async for key in redis.scan_iter(count=1000):
        match await redis.type(key):
            case "hash":
                found = [part for pair in (await redis.hgetall(key)).items() for part in pair]
            case "zset":
                found = await redis.zrange(key, 0, -1)
            case "list":
                found = await redis.lrange(key, 0, -1)
            case "set":
                found = list(await redis.smembers(key))
            case "stream":
                found = [part for _, fields in await redis.xrange(key) for pair in fields.items() for part in pair]
            case _:
                found = [str(await redis.get(key) or "")]
        for text in (key, *found):
            yield key, text.encode()


async def values_in_kafka(system: System) -> AsyncIterator[tuple[str, bytes]]:
    """Every record with its key, its value and its headers."""
    for topic in TOPICS:
        for record in await system.kafka.records(topic):
            for value in (record.key, record.value, *(header for _, header in record.headers)):
                yield topic, value or b""


async def found_in(system: System, word: str) -> set[str]:
    """Where the word stands: the first part of keys in Redis after the tenant, topics, `log` and `metrics`."""
    return (await all_found_in(system, [word]))[word]


async def all_found_in(system: System, words: Collection[str]) -> dict[str, set[str]]:
    """The same of several words, for which all that is stored is read once."""
    found: dict[str, set[str]] = {word: set() for word in words}
    async for place, value in _values(system):
        for one in unpacked(value):
            for word in found:
                if word.encode() in one:
                    found[word].add(place)
    return found


async def _values(system: System) -> AsyncIterator[tuple[str, bytes]]:
    async for key, value in values_in_redis(system.redis):
        yield f"redis {key.partition('}:')[2].partition(':')[0]}", value
    async for topic, value in values_in_kafka(system):
        yield topic, value
    yield "log", system.log.read_bytes()
    for page in (system.get("/metrics"), system.get_from_gateway("/metrics")):
        yield "metrics", (await page)[1].encode()
