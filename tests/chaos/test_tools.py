"""The suite's own tools: senders that can be replayed, and a network that fails as it is asked to."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alert_router_local.process import HOST

from tests.chaos.evidence import GroupName
from tests.chaos.faults import FAULTS
from tests.chaos.load import MOST_FIRING, Group, read_changes
from tests.chaos.proxy import Proxy, Weather
from tests.chaos.watching import in_time
from tests.waiting import eventually

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
NAME = GroupName("amber", "amber-g1")


def lives(seed: int) -> list[tuple[str, bool]]:
    """Two hundred changes of one group."""
    dice, group, drawn = random.Random(seed), Group(NAME, "alerts-0"), []
    for number in range(200):
        instance, fires = group.drawn(dice)
        group.turn(instance, fires, NOON + timedelta(seconds=number))
        assert len(group.firing) <= MOST_FIRING
        drawn.append((instance, fires))
    return drawn


def test_a_seed_draws_the_same_changes_and_each_alert_turns_twice_at_most() -> None:
    assert lives(1) == lives(1) != lives(2)
    assert len(set(lives(1))) == 200


def test_what_a_body_changes_can_be_read_from_it() -> None:
    group = Group(NAME, "alerts-0")
    fires = read_changes("amber", group.body("i-1", True, NOON))
    group.turn("i-1", True, NOON)
    later = NOON + timedelta(microseconds=1)
    [ends] = read_changes("amber", group.body("i-1", False, later))

    assert [(one.group, one.instance, one.fires) for one in fires] == [(NAME, "i-1", True)]
    assert ends.at_us == fires[0].at_us + 1
    assert not ends.fires


def test_every_fault_has_its_row_in_the_documents() -> None:
    page = Path("docs/reliability.md").read_text(encoding="utf-8")

    assert [fault.name for fault in FAULTS if f"| {fault.name} |" not in page] == []


def test_faults_have_names_of_their_own_and_a_bound() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert all(fault.bound.seconds >= 5 for fault in FAULTS)


@asynccontextmanager
async def an_echo() -> AsyncIterator[tuple[Proxy, list[bytes]]]:
    """A proxy before a server that answers what it heard."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            heard.append(data)
            writer.write(data)
        writer.close()

    async with await asyncio.start_server(serve, HOST, 0) as server:
        proxy = Proxy(server.sockets[0].getsockname()[1], random.Random(1), loss=1)
        await proxy.start()
        yield proxy, heard
        await proxy.stop()


async def asked(proxy: Proxy, within_s: float = 5) -> bytes:
    """The answer to a request through the proxy; empty where the connection ends instead."""
    reader, writer = await asyncio.open_connection(HOST, proxy.port)
    try:
        writer.write(b"ping")
        return await asyncio.wait_for(reader.read(100), within_s)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_a_fair_network_passes_everything() -> None:
    async with an_echo() as (proxy, _):
        assert await asked(proxy) == b"ping"


async def test_a_cut_network_ends_old_and_new_connections() -> None:
    async with an_echo() as (proxy, heard):
        reader, writer = await asyncio.open_connection(HOST, proxy.port)
        writer.write(b"ping")
        assert await reader.read(100) == b"ping"
        proxy.turn(Weather.CUT)

        assert await reader.read(100) == b""
        assert await asked(proxy) == b""
        assert len(heard) == 1
        writer.close()


async def test_a_silent_network_passes_later_what_was_sent_meanwhile() -> None:
    async with an_echo() as (proxy, heard):
        proxy.turn(Weather.SILENT)
        with pytest.raises(TimeoutError):
            await asked(proxy, within_s=0.05)
        assert heard == []
        answer = asyncio.create_task(asked(proxy))
        await asyncio.sleep(0)
        proxy.turn(Weather.FAIR)

        assert await answer == b"ping"


async def test_a_losing_network_carries_out_what_it_does_not_answer() -> None:
    async with an_echo() as (proxy, heard):
        proxy.turn(Weather.LOSING)

        assert await asked(proxy) == b""
        await eventually(lambda: heard == [b"ping"])
        assert proxy.answers_lost == 1


async def test_what_hangs_also_as_it_closes_is_given_up() -> None:
    never, closing = asyncio.Event(), list[bool]()

    async def hanging() -> None:
        try:
            await never.wait()
        finally:
            closing.append(True)
            await never.wait()

    async with asyncio.timeout(10):
        with pytest.raises(TimeoutError):
            await in_time(hanging(), 0.01)

    assert closing == [True]


async def test_what_ends_in_time_is_answered() -> None:
    assert await in_time(asyncio.sleep(0, "all"), 10) == "all"
