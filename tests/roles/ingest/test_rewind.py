"""Another run of Redis may be an older one: what came last is read again, once for each."""

from typing import Final

import pytest
from prometheus_client import CollectorRegistry

from router.core.model.instant import MINUTE, Instant, Span
from router.errors import UnavailableError
from router.observe.metrics import Metrics
from router.roles.ingest.rewind import Rewind
from tests.adapters.builders import NOON
from tests.fakes.clock import FakeClock

OLD: Final = frozenset({"run-1"})
NEW: Final = frozenset({"run-2"})


class FakeRuns:
    """The runs of the servers, and those in the data."""

    def __init__(self, current: frozenset[str], noted: frozenset[str] = frozenset()) -> None:
        self.is_current = current
        self.is_noted = noted

    async def current(self) -> frozenset[str]:
        return self.is_current

    async def noted(self) -> frozenset[str]:
        return self.is_noted

    async def note(self, runs: frozenset[str]) -> None:
        self.is_noted = runs


class Reader:
    """What reads records again."""

    def __init__(self) -> None:
        self.since = list[Instant]()
        self.is_away = False

    async def rewind(self, since: Instant) -> None:
        if self.is_away:
            raise UnavailableError("Kafka: no partitions are assigned yet")
        self.since.append(since)

    @property
    def times(self) -> int:
        return len(self.since)


def watching(runs: FakeRuns, reader: Reader) -> Rewind:
    return Rewind(runs, reader.rewind, FakeClock(), Span(5 * MINUTE), Metrics(CollectorRegistry()))


async def test_a_redis_that_was_started_again_has_records_read_again_once() -> None:
    runs, reader = FakeRuns(OLD), Reader()
    watch = watching(runs, reader)
    await watch.look()
    assert (reader.times, runs.is_noted) == (0, OLD)

    runs.is_current = NEW
    for _ in range(3):
        await watch.look()

    assert (reader.since, runs.is_noted) == ([NOON - 5 * MINUTE], NEW)


async def test_a_worker_that_starts_finds_it_in_the_data() -> None:
    runs, reader = FakeRuns(NEW, noted=OLD), Reader()

    await watching(runs, reader).look()
    await watching(runs, reader).look()

    assert (reader.times, runs.is_noted) == (1, NEW)


async def test_an_empty_redis_is_none_that_came_back() -> None:
    runs, reader = FakeRuns(OLD), Reader()

    await watching(runs, reader).look()

    assert reader.times == 0


async def test_what_cannot_be_read_again_now_is_later() -> None:
    runs, reader = FakeRuns(NEW, noted=OLD), Reader()
    watch, reader.is_away = watching(runs, reader), True
    with pytest.raises(UnavailableError):
        await watch.look()
    assert runs.is_noted == OLD

    reader.is_away = False
    await watch.look()

    assert reader.times == 1


async def test_a_server_of_a_cluster_that_is_away_for_a_while_is_the_same_when_it_is_back() -> None:
    both, reader = frozenset({"run-1", "run-2"}), Reader()
    runs = FakeRuns(both)
    watch = watching(runs, reader)

    for current in (both, OLD, both):
        runs.is_current = current
        await watch.look()

    assert reader.times == 0
