"""Batches that are handled at the same time: one that takes long keeps no later one waiting.

They are passed, and so committed, in the order in which they came: never beyond one that has not ended.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from router.adapters.kafka.faststream import Batch

MAX_BATCHES: Final = 128
"""Batches that are handled at the same time."""
MAX_OVERLAP: Final = 32 * 1024 * 1024
"""Bytes of bodies in those that have not ended, beside the largest of them, beyond which no further one begins: one
alone, whatever its size, keeps nobody else's records waiting."""
ALONE_S: Final = 0.02
ALONE_RECORD_S: Final = 0.0002
"""Seconds for which a batch is alone, and for each of its records: nearly all have ended by then. After less, batches
would be smaller; after more, others would wait for a few records that take long."""


def alone_s(records: int) -> float:
    """Seconds for which a batch of so many records is alone, unless it ends before."""
    return ALONE_S + ALONE_RECORD_S * records


@dataclass(eq=False, slots=True)
class Tries:
    """How often a batch has failed so far, and how often of these by an error that nobody foresaw."""

    failed: int = 0
    unforeseen: int = 0


Attempt = Callable[[Batch, Tries], Awaitable[bool]]
"""Tries to bring a batch to its end; False, and counted, where it must be tried again."""
Passed = Callable[[Batch], Awaitable[None]]


@dataclass(eq=False, slots=True)
class _Flight:
    batch: Batch
    term: int
    size: int
    tries: Tries = field(default_factory=Tries)
    has_ended: bool = False


class Overlap:
    """The batches that are under way, in the order in which they came."""

    def __init__(self, attempt: Attempt, passed: Passed) -> None:
        self._attempt = attempt
        self._passed = passed
        self._flights: deque[_Flight] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._passing = asyncio.Lock()
        self._changed = asyncio.Event()
        self.giving_up = asyncio.Event()
        """Set while nothing that fails is to be tried again."""

    async def begin(self, batch: Batch, term: int) -> None:
        """Bring a batch to its end, `term` being the assignment that it was fetched under; alone for a moment."""
        flight = _Flight(batch, term, sum(len(one.value or b"") for one in batch))
        self._flights.append(flight)
        task = asyncio.create_task(self._fly(flight))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait({task}, timeout=alone_s(len(batch)))

    async def has_room(self) -> None:
        """Wait until another batch may begin: none of these fails, and there is room for it."""
        while self._is_full():
            self._changed.clear()
            await self._changed.wait()

    def is_of_before(self, term: int) -> bool:
        """Whether any is of another assignment: what it holds may come again."""
        return any(one.term != term for one in self._flights)

    async def settle(self) -> Sequence[Batch]:
        """Let each end its attempt; those that must come again: the first that has failed, and all after it."""
        self.giving_up.set()
        try:
            while self._tasks:
                await asyncio.wait(self._tasks)
        finally:
            self.giving_up.clear()
        left = [one.batch for one in self._flights]
        self._flights.clear()
        self._changed.set()
        return left

    def _is_full(self) -> bool:
        flights = self._flights
        return bool(flights) and (
            len(flights) >= MAX_BATCHES
            or any(one.tries.failed for one in flights)
            or self._bytes_beside_the_largest() >= MAX_OVERLAP
        )

    def _bytes_beside_the_largest(self) -> int:
        sizes = [one.size for one in self._flights if not one.has_ended]
        return sum(sizes) - max(sizes, default=0)

    async def _fly(self, flight: _Flight) -> None:
        while not await self._attempt(flight.batch, flight.tries):
            if self.giving_up.is_set():
                return
        flight.tries = Tries()
        flight.has_ended = True
        async with self._passing:
            await self._pass_in_order()
        self._changed.set()

    async def _pass_in_order(self) -> None:
        while self._flights and self._flights[0].has_ended:
            try:
                await self._passed(self._flights[0].batch)
            finally:
                self._flights.popleft()
