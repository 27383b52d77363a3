"""An emulator with one workspace, spoken to in process (`call`) or over HTTP with the real SDK (`slack`)."""

import json
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from slack_emulator import Emulator, Limits
from slack_emulator.wire import Answer, Incoming
from slack_sdk.web.async_client import AsyncWebClient

TOKEN = "xoxb-acme"
QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}

Call = Callable[..., dict[str, Any]]


@dataclass
class Clock:
    """A clock that only moves when told to."""

    now_s: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now_s

    def forward(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def forward(clock: Clock) -> Callable[[float], None]:
    """Move the emulator's clock."""
    return clock.forward


@pytest.fixture
def emulator(clock: Clock) -> Emulator:
    """Generous limits, so that only the limiter's own tests meet them."""
    generous = Limits(channel_burst=10_000, workspace_posts_per_min=10_000, updates_per_min=10_000)
    emulator = Emulator(limits=generous, clock=clock)
    emulator.add_workspace("T1", "acme")
    emulator.add_token(TOKEN, "T1")
    emulator.add_channel("T1", "alerts")
    return emulator


@pytest.fixture
def alerts(emulator: Emulator) -> str:
    return emulator.add_channel("T1", "alerts")


def answer_of(emulator: Emulator, method: str, args: dict[str, Any], token: str | None = TOKEN) -> Answer:
    """The answer to a JSON call, without any network."""
    incoming = Incoming(
        method,
        body=json.dumps(args).encode(),
        content_type="application/json; charset=utf-8",
        authorization=f"Bearer {token}" if token else "",
    )
    return emulator.api.perform(emulator.api.see(incoming))


@pytest.fixture
def call(emulator: Emulator) -> Call:
    """Call a method with JSON arguments and return the reply's JSON."""

    def calling(method: str, token: str | None = TOKEN, **args: Any) -> dict[str, Any]:
        body = answer_of(emulator, method, args, token).body
        assert not isinstance(body, str)
        return dict(body)

    return calling


@pytest.fixture
def post(call: Call, alerts: str) -> Call:
    """Post to #alerts with the unfurl flags set."""

    def posting(**args: Any) -> dict[str, Any]:
        return call("chat.postMessage", **{"channel": alerts, **QUIET, **args})

    return posting


@pytest.fixture
async def served(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Emulator]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    await emulator.start()
    yield emulator
    await emulator.stop()


@pytest.fixture
async def http(served: Emulator) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield session


@pytest.fixture
async def slack(served: Emulator, http: aiohttp.ClientSession) -> AsyncWebClient:
    logger = logging.getLogger("slack-under-test")
    logger.setLevel(logging.WARNING)
    return AsyncWebClient(TOKEN, base_url=f"{served.url}/api/", session=http, retry_handlers=[], logger=logger)
