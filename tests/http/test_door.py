"""The door stays open: whatever goes wrong with one connection, the next one is taken."""

import socket

import pytest
from alert_router_local.process import HOST
from starlette.responses import PlainTextResponse
from structlog.testing import capture_logs

from router.http import door
from router.http.connections import Connections, Held
from router.http.server import HttpServer, bind
from tests.http.client import write_then_read


@pytest.mark.parametrize("error", [OSError(24, "Too many open files"), ZeroDivisionError()], ids=["files", "ours"])
async def test_after_one_that_could_not_be_taken_the_next_one_is(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    admit, failing = Connections.admit, [error, error]

    def admitted(self: Connections, peer: str, connection: Held) -> bool:
        if failing:
            raise failing.pop()
        return admit(self, peer, connection)

    monkeypatch.setattr(Connections, "admit", admitted)
    monkeypatch.setattr(door, "_PAUSE_S", 0.01)
    server = HttpServer(PlainTextResponse("served"), bind(HOST, 0, "PORT"))
    await server.start()
    with capture_logs() as logged:
        for _ in range(2):
            with socket.create_connection(server._listener.getsockname()):
                pass
        answer = await write_then_read(server.url, "GET", "/")
    await server.stop()

    assert answer.text == "served"
    assert [row["event"] for row in logged] == ["connections_not_taken"]
