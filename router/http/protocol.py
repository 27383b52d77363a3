"""One connection: uvicorn's protocol on h11, with an end to everything that a peer can leave unfinished.

A request head has to be there in time, counted from the first byte or from the beginning of the connection; a
connection that is kept may be idle for a while; and a request ends at some time, whatever its sender does not read.
What is not HTTP is answered by a problem document, and counted, as every answer is. A body in very many tiny chunks,
each of which costs as much as a large one, is given up.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from fastapi.responses import JSONResponse
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from router.http.connections import Connections, Ended
from router.http.problems import Problem, as_response
from router.http.tls import names_of

CERTIFICATE: Final = "certificate"
"""The key of a request's state under which the names are that its sender's certificate has."""
MAX_HEAD: Final = 16 << 10
"""Bytes of a request's head that is not finished, and of that of a chunk."""
MAX_FRAMING: Final = 4 << 10
"""Bytes of a body that are chunks' heads and ends, beside a fourth of those that they hold."""
_FRAMING_SHARE: Final = 4
_PIECE: Final = 4 << 10
"""Bytes that are read at once where each may begin a request or a chunk."""
_NO_HTTP: Final = Problem(400, "not-http", "this is not an HTTP/1.1 request")
_TINY_CHUNKS: Final = Problem(400, "chunks-too-small", "send the body in larger chunks, or with its length")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds until the head of a request is there, until the next request begins, and until a request has ended."""

    head_s: float = 10.0
    idle_s: int = 75
    request_s: float = 120.0


@dataclass(frozen=True, slots=True)
class Serving:
    """What all connections of a server share; `answered` gets the status of what no application answers."""

    config: Config
    state: ServerState
    connections: Connections
    deadlines: Deadlines
    answered: Callable[[int], None]
    ended: Callable[[Ended], None]


@dataclass(slots=True)
class Chunks:
    """The chunks of one body: bytes that frame them, and bytes that they hold."""

    framing: int = 0
    held: int = 0

    def count(self, read: int, held: int) -> None:
        """So many bytes more were read, of which so many are the body's."""
        self.framing += read - held
        self.held += held

    @property
    def are_tiny(self) -> bool:
        """Whether they cost more than they bring."""
        return self.framing > MAX_FRAMING + self.held // _FRAMING_SHARE


class BoundedProtocol(H11Protocol):
    """One connection of a peer, from the time on when it was accepted."""

    def __init__(self, serving: Serving, peer: str) -> None:
        super().__init__(serving.config, serving.state, {})
        self.peer, self.is_made = peer, False
        self.greeting: asyncio.Task[None] | None = None
        """What makes the connection fit to be used, as long as that lasts."""
        self._serving = serving
        self._timer: asyncio.TimerHandle | None = None
        self._due_s = 0.0
        self._otherwise: Callable[[], None] | None = None
        """What happens when the deadline has passed; None while there is none."""
        self._chunks: Chunks | None = None

    @property
    def waits(self) -> bool:
        """Whether no request is being answered; the rest of a body that was refused is only read and forgotten."""
        cycle = self._last
        return cycle is None or cycle.response_started

    def give_way(self) -> None:
        """Close it at once, whatever is on its way."""
        if self.greeting is not None:
            self.greeting.cancel()
        if self.is_made:
            self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """It can be used."""
        self.is_made = True
        super().connection_made(transport)
        self.app_state = {CERTIFICATE: names_of(transport.get_extra_info("ssl_object"))}
        self._within(self._serving.deadlines.head_s, self._no_head)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed."""
        self._in_time()
        if self._timer is not None:
            self._timer.cancel()
        self._serving.connections.gone(self.peer, self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """More of a request, or of several."""
        if len(data) <= _PIECE:
            self._take(data)
            return
        start = 0
        while start < len(data) and not self.transport.is_closing():
            piece = _PIECE if self._chunks is not None or not self._is_asked else len(data)
            self._take(data[start : start + piece])
            start += piece

    def _take(self, data: bytes) -> None:
        last, before = self.cycle, len(self.cycle.body) if self._is_asked else 0
        super().data_received(data)
        if self.cycle is not last:
            self._asks()
        elif self._chunks is not None and self._is_asked:
            self._chunks.count(len(data), len(self.cycle.body) - before)
            if self._chunks.are_tiny:
                self._refuse(_TINY_CHUNKS)
        elif not self._is_asked and self._otherwise is None and not self.transport.is_closing():
            self._within(self._serving.deadlines.head_s, self._no_head)

    def on_response_complete(self) -> None:
        """A request has been answered; the next one may be there already."""
        last = self.cycle
        self._in_time()
        super().on_response_complete()
        if self.cycle is not last:
            self._asks()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's own words
        """Refuse what h11 cannot read, and close."""
        self._refuse(_NO_HTTP)

    @property
    def _is_asked(self) -> bool:
        cycle = self._last
        return cycle is not None and not cycle.response_complete

    @property
    def _last(self) -> RequestResponseCycle | None:
        """The last request, if there was one."""
        return self.cycle

    def _asks(self) -> None:
        is_chunked = any(name == b"transfer-encoding" for name, _ in self.headers)
        self._chunks = Chunks() if is_chunked else None
        self._serving.connections.asks(self.peer, self)
        self._within(self._serving.deadlines.request_s, self._no_end)

    def _no_head(self) -> None:
        self._serving.ended(Ended.HEAD_TOO_SLOW)
        if self.conn.trailing_data[0]:
            head_s = self._serving.deadlines.head_s
            self._refuse(Problem(408, "head-too-slow", f"the head of a request may take {head_s:g} s to arrive"))
        else:
            self.transport.abort()

    def _no_end(self) -> None:
        self._serving.ended(Ended.REQUEST_TOO_SLOW)
        self.transport.abort()

    def _refuse(self, problem: Problem) -> None:
        """Answer in place of the application, which counts a request that it has in hand itself."""
        if not self._is_asked:
            self._serving.answered(problem.status)
        if not self._is_asked or not self.cycle.response_started:
            self.transport.write(_last_answer(as_response(problem)))
        self.transport.close()

    def _within(self, seconds: float, otherwise: Callable[[], None]) -> None:
        """Give it so much time; the timer of an earlier deadline stays where it comes first anyway."""
        self._otherwise, self._due_s = otherwise, self.loop.time() + seconds
        if self._timer is not None and self._timer.when() > self._due_s:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = self.loop.call_at(self._due_s, self._look)

    def _in_time(self) -> None:
        self._otherwise = None

    def _look(self) -> None:
        self._timer, otherwise = None, self._otherwise
        if otherwise is not None and self.loop.time() < self._due_s:
            self._timer = self.loop.call_at(self._due_s, self._look)
        elif otherwise is not None:
            self._otherwise = None
            otherwise()


def _last_answer(answer: JSONResponse) -> bytes:
    """The bytes of an answer after which nothing comes."""
    lines = [
        f"HTTP/1.1 {answer.status_code} {HTTPStatus(answer.status_code).phrase}".encode(),
        *(name + b": " + value for name, value in answer.raw_headers),
        b"connection: close",
    ]
    return b"\r\n".join([*lines, b"", bytes(answer.body)])
