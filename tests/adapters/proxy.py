"""A TCP proxy that spoils replies after the command went through: what a network does at the worst moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from alert_router_local.process import HOST

from router.adapters.redis.connection import Connection

_CHUNK = 65536


@dataclass
class Proxy:
    """Counts what passes. A request that holds `drop_after` still reaches the server; its reply never comes back."""

    target: int
    drop_after: bytes = b""
    always: bool = False
    """Whether every such request loses its reply, not only the first."""
    stall: bool = False
    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    _hops: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    def seen(self, part: bytes) -> int:
        """How often these bytes were sent by the client."""
        return sum(request.count(part) for request in self.requests)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._hops.add(task)
        there, back = await asyncio.open_connection(HOST, self.target)
        spoilt = asyncio.Event()
        both = [
            asyncio.create_task(self._requests(reader, back, spoilt)),
            asyncio.create_task(self._replies(there, writer, spoilt)),
        ]
        try:
            with suppress(asyncio.CancelledError):
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            writer.close()  # both at once: who ends the test may not wait for them
            back.close()
            for hop in both:
                hop.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            for end in (writer, back):
                with suppress(OSError):
                    await end.wait_closed()
            self._hops.discard(task)

    async def _requests(
        self, reader: asyncio.StreamReader, back: asyncio.StreamWriter, spoilt: asyncio.Event
    ) -> None:
        while data := await reader.read(_CHUNK):
            self.requests.append(data)
            if self.drop_after and self.drop_after in data and (self.always or self.seen(self.drop_after) == 1):
                spoilt.set()
            back.write(data)
            await back.drain()

    async def _replies(
        self, there: asyncio.StreamReader, writer: asyncio.StreamWriter, spoilt: asyncio.Event
    ) -> None:
        while data := await there.read(_CHUNK):
            if spoilt.is_set() or self.stall:
                if self.stall:
                    continue
                return
            writer.write(data)
            await writer.drain()

    async def close(self) -> None:
        for task in tuple(self._hops):
            task.cancel()
        await asyncio.gather(*self._hops, return_exceptions=True)


@asynccontextmanager
async def proxied(
    target: int, *, drop_after: bytes = b"", always: bool = False, stall: bool = False
) -> AsyncIterator[Proxy]:
    """A proxy in front of a port of loopback."""
    proxy = Proxy(target, drop_after, always, stall)
    server = await asyncio.start_server(proxy.serve, HOST, 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
        await server.wait_closed()


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    """A connection of its own to Redis."""
    connection = Connection(url)
    try:
        yield connection
    finally:
        await connection.close()
