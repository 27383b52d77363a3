"""Another run of Redis may be an older one: what came last is read again, once for each."""

from collections.abc import Mapping
from typing import Final

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from router.core.model.instant import MINUTE, Instant, Span
from router.errors import UnavailableError
from router.observe.metrics import Metrics
from router.ports.runs import Noted
from router.roles.ingest.rewind import Rewind
from tests.adapters.builders import NOON
from tests.fakes.clock import FakeClock

OLD: Final = {"": "run-1"}
NEW: Final = {"": "run-2"}
SPAN: Final = Span(5 * MINUTE)
NOTHING: Final = Noted()


class FakeRuns:
    """The runs of the servers, and those in the data."""

    def __init__(self, current: Mapping[str, str], noted: Noted = NOTHING) -> None:
        self.is_current = current
        self.is_noted = noted

    async def current(self) -> Mapping[str, str]:
        return self.is_current

    async def noted(self) -> Noted:
        return self.is_noted

    async def note(self, noted: Noted) -> None:
        self.is_noted = noted


class FakeReader:
    """What reads records again."""

    def __init__(self) -> None:
        self.assignments = 1
        self.since = list[Instant]()
        self.is_away = False

    async def rewind(self, since: Instant) -> None:
        if self.is_away:
            raise UnavailableError("Kafka: no partitions are assigned yet")
        self.since.append(since)


class FakeShown:
    """What takes messages over."""

    def __init__(self, reader: FakeReader) -> None:
        self.reader = reader
        self.since = list[Instant]()
        self.is_away = False
        self.gone_on = 0

    async def take_over(self, since: Instant) -> None:
        if self.is_away:
            raise UnavailableError("Kafka does not answer")
        assert not self.reader.since, "before records are read again"
        self.since.append(since)

    async def go_on(self) -> None:
        self.gone_on += 1


class Place:
    """A worker's watch and what stands around it."""

    def __init__(self, current: Mapping[str, str], noted: Noted = NOTHING) -> None:
        self.runs, self.reader, self.clock = FakeRuns(current, noted), FakeReader(), FakeClock()
        self.shown = FakeShown(self.reader)
        metrics = Metrics(CollectorRegistry())
        self.watch = Rewind(self.runs, self.reader, self.shown, self.clock, SPAN, metrics)

    async def look(self, current: Mapping[str, str] | None = None) -> list[Instant]:
        """From when on records are read again by one look."""
        self.runs.is_current = self.runs.is_current if current is None else current
        self.reader.since.clear()
        await self.watch.look()
        return list(self.reader.since)


async def test_a_redis_that_was_started_again_has_records_read_again_once() -> None:
    place = Place(OLD)
    assert await place.look() == []
    assert place.runs.is_noted == Noted(frozenset({"run-1"}), whole_until=NOON)

    assert await place.look(NEW) == [NOON - SPAN]
    assert await place.look() == []
    assert place.runs.is_noted == Noted(frozenset({"run-2"}), NOON, NOON)


async def test_what_redis_lost_before_an_outage_of_ten_minutes_is_read_again() -> None:
    place = Place(OLD)
    await place.look()
    place.clock.advance(10 * MINUTE)

    assert await place.look(NEW) == [NOON - SPAN]
    assert place.shown.since == [NOON - SPAN]


async def test_a_worker_that_starts_during_a_long_outage_reads_it_again_too() -> None:
    place = Place(OLD)
    await place.look()
    other = Place(NEW, place.runs.is_noted)
    other.clock.advance(10 * MINUTE)

    assert await other.look() == [NOON - SPAN]


async def test_a_worker_that_starts_after_another_has_noticed_reads_as_much_again() -> None:
    place = Place(OLD)
    await place.look()
    place.clock.advance(10 * MINUTE)
    await place.look(NEW)
    place.clock.advance(SPAN - 1)
    await place.look()
    other = Place(NEW, place.runs.is_noted)
    other.clock.time = place.clock.time

    assert await other.look() == [NOON - SPAN]


async def test_from_a_copy_that_is_much_older_all_is_read_again_that_came_since() -> None:
    place = Place(OLD)
    await place.look()
    copied = place.runs.is_noted
    place.clock.advance(60 * MINUTE)
    await place.look()
    place.runs.is_noted = copied

    assert await place.look(NEW) == [NOON - SPAN]


async def test_a_redis_that_is_whole_again_counts_from_when_it_was_seen_last() -> None:
    place = Place(OLD)
    await place.look()
    await place.look(NEW)
    place.clock.advance(SPAN)
    await place.look()
    place.clock.advance(10 * MINUTE)

    assert await place.look(OLD) == [NOON]


async def test_a_redis_that_dies_again_while_it_catches_up_counts_from_before_the_first_time() -> None:
    place = Place(OLD)
    await place.look()
    place.clock.advance(10 * MINUTE)
    await place.look(NEW)
    place.clock.advance(MINUTE)
    await place.look()

    assert await place.look(OLD) == [NOON - SPAN]
    assert place.shown.gone_on == 4


async def test_while_a_server_of_a_cluster_is_away_nothing_is_whole() -> None:
    place = Place({"a": "run-1", "b": "run-2"})
    await place.look()
    place.clock.advance(10 * MINUTE)
    await place.look({"a": "run-1", "b": ""})
    assert place.runs.is_noted.whole_until == NOON

    assert await place.look({"a": "run-1", "b": "run-3"}) == [NOON - SPAN]


async def test_a_moment_that_an_older_release_has_not_noted_is_the_one_when_it_was_noticed() -> None:
    place = Place(NEW, Noted(frozenset({"run-1"}), Instant(NOON - 60 * MINUTE)))

    assert await place.look() == [NOON - SPAN]


async def test_a_worker_that_starts_finds_it_in_the_data() -> None:
    place = Place(NEW, Noted(frozenset({"run-1"})))

    assert await place.look() == [NOON - SPAN]
    assert await place.look() == []


@pytest.mark.parametrize(("ago", "read_again"), [(SPAN - 1, True), (SPAN, False)])
async def test_a_worker_that_starts_soon_after_reads_again_what_another_one_may_have_had(
    ago: int, *, read_again: bool
) -> None:
    changed_at = Instant(NOON - ago)
    place = Place(NEW, Noted(frozenset({"run-2"}), changed_at))

    assert await place.look() == ([Instant(changed_at - SPAN)] if read_again else [])
    assert place.runs.is_noted.changed_at == changed_at


async def test_partitions_that_are_given_to_us_soon_after_are_read_again_too() -> None:
    place = Place(OLD)
    await place.look()
    await place.look(NEW)

    place.reader.assignments += 1
    assert await place.look() == [NOON - SPAN]

    place.clock.advance(SPAN)
    place.reader.assignments += 1
    assert await place.look() == []


async def test_what_was_shown_since_is_taken_over_before_records_are_read_again() -> None:
    place = Place(OLD)
    await place.look()
    assert place.shown.since == []
    place.shown.is_away = True
    with pytest.raises(UnavailableError):
        await place.look(NEW)
    assert place.reader.since == []

    place.shown.is_away = False
    assert await place.look() == [NOON - SPAN]

    assert place.shown.since == [NOON - SPAN]


async def test_partitions_that_are_given_to_us_bring_no_messages() -> None:
    place = Place(OLD)
    await place.look()
    await place.look(NEW)

    place.reader.assignments += 1
    await place.look()

    assert place.shown.since == [NOON - SPAN]


async def test_an_empty_redis_is_none_that_came_back() -> None:
    assert await Place(OLD).look() == []


async def test_what_cannot_be_read_again_now_is_later() -> None:
    place = Place(NEW, Noted(frozenset({"run-1"})))
    place.reader.is_away = True
    with pytest.raises(UnavailableError):
        await place.look()
    assert place.runs.is_noted.runs == {"run-1"}

    place.reader.is_away = False

    assert await place.look() == [NOON - SPAN]


async def test_an_operator_hears_once_of_what_cannot_be_read_again_for_a_while() -> None:
    place = Place(OLD)
    await place.look()
    place.reader.is_away = True
    with capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(UnavailableError):
                await place.look(NEW)
            place.clock.advance(SPAN)
    place.reader.is_away = False

    assert await place.look() == [NOON - SPAN], "since it was first seen"

    assert [one["event"] for one in logs] == ["redis_is_another_run"]
    assert place.runs.is_noted == Noted(frozenset({"run-2"}), NOON, Instant(NOON + 3 * SPAN))


async def test_a_server_of_a_cluster_that_is_away_for_a_while_is_the_same_when_it_is_back() -> None:
    both = {"a": "run-1", "b": "run-2"}
    place = Place(both)

    for current in (both, {"a": "run-1", "b": ""}, both):
        assert await place.look(current) == []


async def test_a_server_that_takes_over_is_another_run_also_if_it_was_known_once() -> None:
    place = Place({"a": "run-1"})
    await place.look()

    assert await place.look({"b": "run-2"}) == [NOON - SPAN]
    assert place.shown.since == [NOON - SPAN]
    place.shown.since.clear()
    place.clock.advance(1)
    assert await place.look({"a": "run-1"}) == [NOON - SPAN]
    assert place.shown.since == [NOON - SPAN]
