"""A large answer is taken off its connection as it comes, without letting go of the socket in between."""

import asyncio
from typing import Any, Final
from unittest.mock import AsyncMock, Mock

import pytest
from aiokafka import conn

from router.adapters.kafka.receiving import receive_at_once

HOST: Final = "127.0.0.1"
LARGE: Final = 50_000_000


@pytest.fixture(autouse=True)
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What aiokafka has by itself; it is put back afterwards."""
    monkeypatch.setattr(conn, "READER_LIMIT", 2**16)


async def pauses_of_a_large_answer() -> int:
    """How often a connection lets go of its socket while an answer comes in."""
    silent = await asyncio.start_server(lambda _reader, writer: writer.close(), HOST, 0)
    connection: Any = conn.AIOKafkaConnection(HOST, silent.sockets[0].getsockname()[1])
    connection._do_version_lookup = AsyncMock()
    await connection.connect()
    connection._reader._transport = transport = Mock()
    connection._reader.feed_data(bytes(LARGE))
    connection.close()
    silent.close()
    await silent.wait_closed()
    pauses: int = transport.pause_reading.call_count
    return pauses


async def test_aiokafka_lets_go_of_a_connection_within_a_large_answer() -> None:
    assert await pauses_of_a_large_answer() > 0


async def test_our_connections_do_not() -> None:
    receive_at_once()

    assert await pauses_of_a_large_answer() == 0
