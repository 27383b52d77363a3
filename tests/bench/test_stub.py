"""The Slack stub answers what the worker takes for accepted, whatever way the bytes come, and notes each alert."""

import json
from typing import Any, cast

import pytest

from bench.stub import Stub
from router.adapters.slack.forms import is_id, is_ts

HEAD = "POST /api/{method} HTTP/1.1\r\nAuthorization: Bearer xoxb-emulated-fast-3\r\nContent-Length: {length}\r\n\r\n"


class Sent:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return False


def _connected() -> tuple[Stub, Sent]:
    stub, sent = Stub(), Sent()
    stub._transport = cast("Any", sent)
    return stub, sent


def _request(method: str, content: str = "{}") -> bytes:
    return (HEAD.format(method=method, length=len(content)) + content).encode()


def _answers(sent: Sent) -> list[dict[str, Any]]:
    return [json.loads(one.partition(b"\r\n\r\n")[2]) for one in sent.written.split(b"HTTP/1.1 200 OK")[1:]]


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_a_post_is_accepted_and_noted(step: int) -> None:
    stub, sent = _connected()
    data = _request("chat.postMessage", '{"channel": "#alerts-3", "text": "[FIRING] Bench-0a1b-12: slow"}')
    for at in range(0, len(data), step):
        stub.data_received(data[at : at + step])

    [answer] = _answers(sent)
    assert answer["ok"]
    assert (is_id(answer["channel"]), is_ts(answer["ts"])) == (True, True)
    assert stub.calls[-1][1] == "Bench-0a1b-12"


def test_requests_that_come_together_are_answered_in_order() -> None:
    stub, sent = _connected()
    stub.data_received(_request("auth.test") + _request("users.conversations"))

    assert [next(iter(one.keys() - {"ok", "team", "user_id", "bot_id"})) for one in _answers(sent)] == [
        "team_id",
        "channels",
    ]


def test_each_tenant_has_a_workspace_of_its_own() -> None:
    stub, sent = _connected()
    stub.data_received(_request("auth.test"))

    assert _answers(sent)[0]["team_id"] == "TFAST03"
