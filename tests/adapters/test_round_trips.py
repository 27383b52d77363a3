"""Commands of many tasks share round trips, and each gets its own answers."""

import asyncio
from collections.abc import Sequence

import pytest

from router.adapters.redis.command import Command
from router.adapters.redis.round_trips import AT_ONCE, TOGETHER, Answer, RoundTrips
from tests.waiting import eventually


class Server:
    """Answers each command with its first word; holds round trips back until it is let go on."""

    def __init__(self) -> None:
        self.trips: list[list[str]] = []
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.error: Exception | None = None

    async def send(self, commands: Sequence[Command]) -> Sequence[Answer]:
        self.trips.append([one.words[0] for one in commands])
        await self.goes_on.wait()
        if self.error is not None:
            raise self.error
        return [one.words[0] for one in commands]

    async def under_way(self, trips: int) -> None:
        await eventually(lambda: len(self.trips) >= trips)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def trips(server: Server) -> RoundTrips:
    return RoundTrips(server.send)


def commands(*names: str) -> list[Command]:
    return [Command((name,), "") for name in names]


async def test_who_asks_at_the_same_time_shares_a_round_trip(server: Server, trips: RoundTrips) -> None:
    two, one = await asyncio.gather(trips.run(commands("a", "b")), trips.run(commands("c")))

    assert (two, one) == (["a", "b"], ["c"])
    assert server.trips == [["a", "b", "c"]]


async def test_who_asks_just_when_all_have_come_back_goes_at_once(server: Server, trips: RoundTrips) -> None:
    async def ask_twice() -> list[Answer]:
        return [*await trips.run(commands("a")), *await trips.run(commands("again"))]

    server.goes_on.clear()
    first = asyncio.create_task(ask_twice())
    await server.under_way(1)
    others = [asyncio.create_task(trips.run(commands(str(number)))) for number in range(1, AT_ONCE)]
    await server.under_way(AT_ONCE)

    server.goes_on.set()

    assert await asyncio.wait_for(first, 5) == ["a", "again"]
    await asyncio.gather(*others)


async def test_who_asks_while_all_are_under_way_goes_together_with_the_next(
    server: Server, trips: RoundTrips
) -> None:
    server.goes_on.clear()
    under_way = []
    for number in range(AT_ONCE):
        under_way.append(asyncio.create_task(trips.run(commands(str(number)))))
        await server.under_way(number + 1)
    late = [asyncio.create_task(trips.run(commands(name))) for name in "xyz"]
    await asyncio.sleep(0)
    server.goes_on.set()

    assert await asyncio.gather(*under_way, *late) == [[str(n)] for n in range(AT_ONCE)] + [["x"], ["y"], ["z"]]
    assert server.trips[AT_ONCE:] == [["x", "y", "z"]]


async def test_one_callers_commands_are_never_parted(server: Server, trips: RoundTrips) -> None:
    many = [str(number) for number in range(TOGETHER + 1)]

    few, all_of_many = await asyncio.gather(trips.run(commands("a")), trips.run(commands(*many)))

    assert (few, all_of_many) == (["a"], many)
    assert server.trips == [["a"], many]


@pytest.mark.parametrize(("asked", "trips_made"), [(TOGETHER - 1, 1), (TOGETHER, 1), (TOGETHER + 1, 2)])
async def test_a_round_trip_is_bounded(server: Server, trips: RoundTrips, asked: int, trips_made: int) -> None:
    await asyncio.gather(*(trips.run(commands(str(number))) for number in range(asked)))

    assert len(server.trips) == trips_made


async def test_a_broken_connection_fails_all_who_shared_it_and_nobody_else(server: Server, trips: RoundTrips) -> None:
    server.error = ConnectionError("gone")
    failed = await asyncio.gather(trips.run(commands("a")), trips.run(commands("b")), return_exceptions=True)
    server.error = None

    assert [type(error) for error in failed] == [ConnectionError, ConnectionError]
    assert await trips.run(commands("c")) == ["c"]


async def test_who_gives_up_before_it_was_sent_is_not_sent(server: Server, trips: RoundTrips) -> None:
    given_up = asyncio.create_task(trips.run(commands("a")))
    stays = asyncio.create_task(trips.run(commands("b")))
    await asyncio.sleep(0)
    given_up.cancel()

    assert await stays == ["b"]
    assert server.trips == [["b"]]


async def test_who_gives_up_while_it_is_under_way_disturbs_nobody(server: Server, trips: RoundTrips) -> None:
    server.goes_on.clear()
    given_up = asyncio.create_task(trips.run(commands("a")))
    stays = asyncio.create_task(trips.run(commands("b")))
    await server.under_way(1)
    given_up.cancel()
    server.goes_on.set()

    assert await stays == ["b"]
    with pytest.raises(asyncio.CancelledError):
        await given_up
