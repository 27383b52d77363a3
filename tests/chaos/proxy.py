"""A TCP proxy whose network fails while it runs: it cuts, it stalls, it loses answers to what was carried out."""

import asyncio
import random
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from alert_router_local.process import HOST

_CHUNK = 65536


class Weather(StrEnum):
    """How the network is."""

    FAIR = "fair"
    CUT = "cut"
    """Every connection ends, and every new one."""
    SILENT = "silent"
    """Connections stay, and nothing passes; what was sent arrives when it is over."""
    LOSING = "losing"
    """Requests arrive; some answers are lost, and their connections with them."""


@dataclass
class Proxy:
    """Between clients and one port of loopback; `port` stays the same while servers behind it come and go."""

    target: int
    dice: random.Random = field(default_factory=random.Random)
    loss: float = 0.03
    """Of so many answers one is lost while it is `LOSING`."""
    port: int = 0
    answers_lost: int = 0
    _weather: Weather = Weather.FAIR
    _server: asyncio.Server | None = None
    _fair: asyncio.Event = field(default_factory=asyncio.Event)
    _links: set[asyncio.Task[None]] = field(default_factory=set)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self, port: int = 0) -> None:
        self._fair.set()
        self._server = await asyncio.start_server(self._link, HOST, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for link in tuple(self._links):
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    def turn(self, weather: Weather) -> None:
        """From now on the network is so."""
        self._weather = weather
        if weather is Weather.SILENT:
            self._fair.clear()
        else:
            self._fair.set()
        if weather is Weather.CUT:
            for writer in tuple(self._open):
                writer.transport.abort()

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        self._open.add(writer)
        back: asyncio.StreamWriter | None = None
        try:
            with suppress(OSError, asyncio.CancelledError):
                if self._weather is Weather.CUT:
                    return
                there, back = await asyncio.open_connection(HOST, self.target)
                self._open.add(back)
                await self._either(self._carry(reader, back), self._carry(there, writer, answers=True))
        finally:
            self._close(writer)
            if back is not None:
                self._close(back)
            self._links.discard(task)

    async def _either(self, *ways: Coroutine[None, None, None]) -> None:
        """Until one of both directions has ended."""
        hops = [asyncio.ensure_future(way) for way in ways]
        try:
            await asyncio.wait(hops, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for hop in hops:
                hop.cancel()
            await asyncio.gather(*hops, return_exceptions=True)

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                await self._fair.wait()
                if answers and self._weather is Weather.LOSING and self.dice.random() < self.loss:
                    self.answers_lost += 1
                    return
                writer.write(data)
                await writer.drain()

    def _close(self, writer: asyncio.StreamWriter) -> None:
        self._open.discard(writer)
        writer.transport.abort()
