"""Records in and out, in memory."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from unittest.mock import patch

from router.core.shard import Shard
from router.errors import PayloadError
from router.ports.kafka import Headers, Record
from tests.adapters.builders import NOON
from tests.fakes.faults import Faulty, asked


@dataclass(frozen=True)
class Appended:
    """One record as Kafka has it, where a name may stand in several headers."""

    topic: str
    value: bytes | None
    key: bytes | None
    all_headers: Headers
    shard: Shard | None = None

    @property
    def headers(self) -> dict[str, bytes]:
        """The headers by name; of several the last."""
        return dict(self.all_headers)


class FakeRecordLog(Faulty):
    """Topics with memory; a value larger than `max_value` is refused for good."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[Appended] = []
        self.max_value = 1_000_000
        self.is_reached = True

    @asked
    async def append(
        self, topic: str, value: bytes | None, key: bytes | None, headers: Headers, shard: Shard | None = None
    ) -> None:
        if len(value or b"") > self.max_value:
            raise PayloadError("too_large", "larger than a record may be")
        if value is None and key is None:
            raise PayloadError("not_appendable", "Need at least one: key or value")
        if any(type(name) is not str for name, _ in headers):
            raise PayloadError("not_appendable", "a header's name is a str, and nothing that is only like one")
        self.records.append(Appended(topic, value, key, tuple(headers), shard))

    async def reached(self) -> bool:
        return self.is_reached


@asynccontextmanager
async def answering_together(log: FakeRecordLog, number: int) -> AsyncIterator[None]:
    """A log that answers nobody before so many records are to be appended: who waits for each alone never ends."""
    append, asked_for, all_wait = log.append, count(1), asyncio.Event()

    async def slow(topic: str, value: bytes | None, key: bytes | None, headers: Headers) -> None:
        if next(asked_for) == number:
            all_wait.set()
        await all_wait.wait()
        await append(topic, value, key, headers)

    with patch.object(log, "append", slow):
        async with asyncio.timeout(5):
            yield


class FakeHeldLog(Faulty):
    """The records of one topic, all in partition 0, read from where somebody has begun."""

    def __init__(self, log: FakeRecordLog, topic: str) -> None:
        super().__init__()
        self._log = log
        self._topic = topic
        self.generation = 1
        self.position = 0
        self.committed = 0
        self.batch = 100

    @property
    def held(self) -> list[Record]:
        """All that was ever appended."""
        ours = [one for one in self._log.records if one.topic == self._topic]
        return [
            Record(self._topic, 0, offset, NOON, one.key, one.value, tuple(one.all_headers))
            for offset, one in enumerate(ours)
        ]

    @asked
    async def read(self) -> Sequence[Record]:
        found = self.held[self.position : self.position + self.batch]
        self.position += len(found)
        return found

    async def go_on_from(self, offsets: Mapping[int, int]) -> None:
        self.position = self.committed = offsets.get(0, self.position)
