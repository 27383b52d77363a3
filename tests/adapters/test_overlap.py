"""Batches at the same time: none waits for a long one, none is passed before an earlier one, none is lost."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from router.adapters.kafka.faststream import Batch
from router.adapters.kafka.overlap import MAX_BATCHES, MAX_OVERLAP, Overlap, Tries, alone_s
from router.errors import UnavailableError
from tests.bounds import tries
from tests.waiting import eventually


@dataclass(frozen=True)
class One:
    """What a batch needs of a record."""

    name: str
    value: bytes | None = None


def batch(name: str, size: int = 0) -> Batch:
    return cast("Batch", (One(name, b"x" * size),))


def names(batches: Any) -> list[str]:
    return [one.name for each in batches for one in each]


@dataclass
class Work:
    """Batches that last until they are let go, and fail as often as is said."""

    overlap: Overlap = field(init=False)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    term: int = 0

    def __post_init__(self) -> None:
        self.overlap = Overlap(self._attempt, self._passed)

    async def _attempt(self, one: Batch, tried: Tries) -> bool:
        [name] = names([one])
        self.begun.append(name)
        if name in self.gates:
            await self.gates[name].wait()
        await asyncio.sleep(0)
        fails = tried.failed < self.failures.get(name, 0)
        tried.failed += fails
        return not fails

    async def _passed(self, one: Batch) -> None:
        await asyncio.sleep(0)
        self.passed += names([one])

    async def takes(self, name: str, *, slow: bool = False, size: int = 0) -> None:
        """Begin with a batch; a slow one lasts until it is let go."""
        if slow:
            self.gates[name] = asyncio.Event()
        await self.overlap.begin(batch(name, size), self.term)

    def let_go(self, *which: str) -> None:
        for name in which:
            self.gates[name].set()

    async def has_room(self) -> bool:
        """Whether another batch may begin by now."""
        waiting = asyncio.create_task(self.overlap.has_room())
        for _ in range(20):
            await asyncio.sleep(0)
        if not waiting.done():
            waiting.cancel()
            return False
        return True


@pytest.fixture
async def work() -> AsyncIterator[Work]:
    work = Work()
    yield work
    work.let_go(*work.gates)
    await work.overlap.settle()


async def test_a_batch_that_takes_long_is_overtaken_and_passed_first_all_the_same(work: Work) -> None:
    await work.takes("long", slow=True)
    await work.takes("short")
    assert (work.begun, work.passed) == (["long", "short"], [])

    work.let_go("long")

    assert await work.overlap.settle() == []
    assert work.passed == ["long", "short"]


async def test_a_batch_that_ends_at_once_is_passed_before_the_next_begins(work: Work) -> None:
    await work.takes("first")

    assert work.passed == ["first"]


@pytest.mark.parametrize(("records", "seconds"), [(1, 0.0202), (40, 0.028), (200, 0.06)])
def test_many_records_have_longer_before_others_begin_than_few(records: int, seconds: float) -> None:
    assert alone_s(records) == pytest.approx(seconds)


@tries("batches at once")
async def test_so_many_batches_are_under_way_at_most(work: Work, beyond: int) -> None:
    for number in range(MAX_BATCHES + beyond - 1):
        await work.takes(f"{number}", slow=True)
        if number < MAX_BATCHES - 1:
            assert await work.has_room()

    assert await work.has_room() is (beyond <= 0)


@tries("bytes of batches at once")
async def test_so_many_bytes_are_under_way_at_most(work: Work, beyond: int) -> None:
    await work.takes("largest", slow=True, size=2 * MAX_OVERLAP)
    await work.takes("large", slow=True, size=MAX_OVERLAP + beyond - 1)

    assert await work.has_room() is (beyond <= 0)


async def test_one_alone_keeps_nobody_waiting_whatever_its_size(work: Work) -> None:
    await work.takes("small", slow=True, size=1)
    await work.takes("largest", slow=True, size=2 * MAX_OVERLAP)

    assert await work.has_room()


async def test_bytes_of_one_that_has_ended_take_no_room_before_it_is_passed(work: Work) -> None:
    await work.takes("long", slow=True)
    await work.takes("largest", slow=True, size=MAX_OVERLAP)
    await work.takes("large", slow=True, size=MAX_OVERLAP)
    assert not await work.has_room()

    work.let_go("large")

    assert await work.has_room()
    assert work.passed == []


async def test_there_is_room_again_when_one_has_ended(work: Work) -> None:
    for number in range(MAX_BATCHES):
        await work.takes(f"{number}", slow=True)
    waiting = asyncio.create_task(work.overlap.has_room())

    work.let_go("0")

    async with asyncio.timeout(2):
        await waiting


async def test_while_one_fails_no_other_begins(work: Work) -> None:
    await work.takes("long", slow=True)
    work.failures["bad"] = 10**9
    beginning = asyncio.create_task(work.takes("bad"))
    await eventually(lambda: work.begun.count("bad") > 1)
    assert not await work.has_room()

    work.failures["bad"] = 0
    await beginning

    assert await work.has_room()


async def test_what_failed_is_tried_again_until_it_has_ended(work: Work) -> None:
    work.failures["bad"] = 3

    await work.takes("bad")

    assert work.begun == ["bad"] * 4
    assert work.passed == ["bad"]


async def test_settled_the_first_that_failed_and_all_after_it_come_again(work: Work) -> None:
    for name in ("good", "bad", "after"):
        await work.takes(name, slow=True)
    work.failures["bad"] = 10**9
    settling = asyncio.create_task(work.overlap.settle())
    await asyncio.sleep(0)
    assert not settling.done(), "each attempt is waited for"

    work.let_go("good", "bad", "after")

    assert names(await settling) == ["bad", "after"]
    assert work.passed == ["good"]
    assert await work.has_room()


async def test_settling_that_is_given_up_leaves_them_under_way(work: Work) -> None:
    await work.takes("long", slow=True)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await work.overlap.settle()

    work.let_go("long")
    assert await work.overlap.settle() == []
    assert work.passed == ["long"]


async def test_one_of_another_assignment_is_known(work: Work) -> None:
    await work.takes("long", slow=True)

    assert (work.overlap.is_of_before(0), work.overlap.is_of_before(1)) == (False, True)


async def test_a_commit_that_fails_stops_none_of_the_next(work: Work) -> None:
    async def refused(one: Batch) -> None:
        raise UnavailableError("Kafka")

    work.overlap = Overlap(work._attempt, refused)
    await work.takes("first")

    assert await work.has_room()
    assert await work.overlap.settle() == []
