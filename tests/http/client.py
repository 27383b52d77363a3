"""A sender that writes its whole request before it reads a byte, as many HTTP clients do."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_PIECE = 1 << 16


@dataclass(frozen=True)
class Answer:
    """What was read."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def problem(self) -> str:
        """The name of the problem that it is."""
        document: dict[str, Any] = json.loads(self.text)
        assert document["status"] == self.status
        return str(document["type"]).rpartition(":")[2]


async def write_then_read(url: str, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
    """Send one request on a connection of its own; `_` stands for `-` in headers."""
    return await asyncio.to_thread(_write_then_read, url, request(method, path, body, **headers))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection, for what no client does."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a request, whose body is announced unless it is chunked."""
    sent = {"Host": "gateway", "Connection": "close"}
    if "Transfer_Encoding" in headers:
        body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in _pieces(body)) + b"0\r\n\r\n"
    elif body:
        sent["Content-Length"] = str(len(body))
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _pieces(body: bytes) -> list[bytes]:
    return [body[start : start + _PIECE] for start in range(0, len(body), _PIECE)]


def _write_then_read(url: str, sent: bytes) -> Answer:
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(sent)
        received = b"".join(iter(lambda: connection.recv(_PIECE), b""))
    head, _, text = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    named = dict(line.lower().split(": ", 1) for line in lines)
    return Answer(int(status.split()[1]), named, text.decode())
