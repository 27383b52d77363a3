"""Leaving a broker takes no longer than we let it, however slowly it says goodbye."""

import asyncio
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from router.adapters.kafka import closing
from router.adapters.kafka.closing import GOODBYE_S, close_in_time

SLOW_S: Final = 30.0
MAKES: Final = re.compile(r"AIOKafka(Consumer|Producer|AdminClient)\(|await self\._broker\.start\(\)")


class Transport:
    """A connection that ends only when it is aborted."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True
        self.ended.set()


class Client:
    """A client as aiokafka has them, with connections that are slow to end, and one that never was."""

    def __init__(self, *transports: Transport) -> None:
        writers = [SimpleNamespace(transport=one) for one in transports]
        self._conns = {number: SimpleNamespace(_writer=writer) for number, writer in enumerate([*writers, None])}
        self.closed = False

    async def close(self) -> None:
        for one in self._conns.values():
            if one._writer is not None:
                await asyncio.wait_for(one._writer.transport.ended.wait(), SLOW_S)
        self.closed = True


async def test_a_broker_that_says_no_goodbye_keeps_nobody_for_longer_than_allowed() -> None:
    transports = Transport(), Transport()
    client = Client(*transports)
    close_in_time(client)

    async with asyncio.timeout(GOODBYE_S + 2):
        await client.close()

    assert client.closed
    assert all(one.aborted for one in transports)


async def test_a_client_without_connections_closes_at_once() -> None:
    client = Client()
    close_in_time(client)

    async with asyncio.timeout(GOODBYE_S / 2):
        await client.close()

    assert client.closed


async def test_whoever_is_cancelled_while_closing_leaves_no_connection_open() -> None:
    transport = Transport()
    client = Client(transport)
    close_in_time(client)
    leaving = asyncio.create_task(client.close())
    await asyncio.sleep(0)

    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving

    assert transport.aborted


def test_every_client_of_kafka_closes_in_time() -> None:
    modules = {one.name: one.read_text(encoding="utf-8") for one in Path(closing.__file__).parent.glob("*.py")}
    makers = {name for name, source in modules.items() if MAKES.search(source)}

    assert makers >= {"faststream.py", "held.py", "letters.py", "past.py", "producer.py", "topics.py"}
    assert [name for name in sorted(makers) if "close_in_time(" not in modules[name]] == []
