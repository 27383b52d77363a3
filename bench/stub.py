"""`python -m bench.stub`: a Slack that costs next to nothing, for the system and its yardsticks alike.

It answers what the worker, the bare chain and Alertmanager's Slack receiver ask, checks nothing, and notes when each
message arrived and which alert it shows. `GET /count` and `GET /calls?after=N` give that.
"""

import asyncio
import json
import re
import signal
import sys
import time
from typing import Final

HOST: Final = "127.0.0.1"
_NAME: Final = re.compile(rb"Bench-[0-9a-f]+-\d+")
_LENGTH: Final = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_TOKEN: Final = re.compile(rb"xoxb-emulated-([a-z0-9-]+)")
_CHANNEL: Final = re.compile(rb'"channel": *"#?([A-Za-z0-9-]+)"')
_CHANNELS: Final = [{"id": f"C0ALERTS{number}", "name": f"alerts-{number}", "is_member": True} for number in range(8)]


class Stub(asyncio.Protocol):
    """One connection; what arrived is kept for all of them."""

    calls: Final[list[tuple[float, str]]] = []

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head, length = self._buffer[:end], _LENGTH.search(self._buffer, 0, end)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            content, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self.answer(head, content)

    def answer(self, head: bytes, content: bytes) -> None:
        """Answer one request."""
        answer = self._answered(head.split(b" ", 2)[1].decode(), head, content)
        kind = b"text/plain" if answer == b"ok" else b"application/json"
        lines = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b"
        self.write(lines % (kind, len(answer), answer))

    def write(self, data: bytes) -> None:
        """Write these bytes, if anybody is still there."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def end(self) -> None:
        """End the connection once all is written."""
        if self._transport is not None:
            self._transport.close()

    def _answered(self, target: str, head: bytes, content: bytes) -> bytes:
        path, _, query = target.partition("?")
        match path.rpartition("/")[2]:
            case "chat.postMessage" | "chat.update":
                self._note(content)
                return _message(content, len(self.calls))
            case "count":
                return json.dumps(len(self.calls)).encode()
            case "calls":
                return json.dumps(self.calls[int(query.partition("=")[2] or 0) :]).encode()
            case "auth.test":
                return _identity(head)
            case "users.conversations":
                return json.dumps({"ok": True, "channels": _CHANNELS}).encode()
            case "conversations.info":
                return json.dumps({"ok": True, "channel": _CHANNELS[0]}).encode()
            case _:
                self._note(content)
                return b"ok"

    def _note(self, content: bytes) -> None:
        found = _NAME.search(content)
        self.calls.append((time.time(), found[0].decode() if found else ""))


def _message(content: bytes, number: int) -> bytes:
    found = _CHANNEL.search(content)
    channel = (found[1] if found else b"C0").upper().replace(b"-", b"")
    channel = channel if channel.startswith(b"C0") else b"C0" + channel
    return b'{"ok":true,"channel":"%b","ts":"1700000000.%06d","message":{}}' % (channel, number)


def _identity(head: bytes) -> bytes:
    found = _TOKEN.search(head)
    team = "T" + (found[1].decode() if found else "0").upper().replace("-", "0")
    return json.dumps({"ok": True, "team_id": team, "bot_id": "B0", "user_id": "U0", "team": team}).encode()


async def main(protocol: type[Stub] = Stub) -> None:
    """Serve until asked to stop."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    server = await loop.create_server(protocol, HOST, 0, backlog=1000)
    sys.stdout.write(json.dumps({"port": server.sockets[0].getsockname()[1]}) + "\n")
    sys.stdout.flush()
    await stopped.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
