"""Leaving a broker takes no longer than we let it, however slowly it says goodbye."""

import asyncio
from types import SimpleNamespace
from typing import Final

import pytest

from router.adapters.kafka.closing import GOODBYE_S, close_in_time

SLOW_S: Final = 30.0


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
    closing = asyncio.create_task(client.close())
    await asyncio.sleep(0)

    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing

    assert transport.aborted
