"""Senders that open connections and leave things unfinished; a victim at the same gateway is served all the while."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest
from alert_router_local.process import HOST, free_port

from tests import brokers
from tests.e2e.system import Json, System, Tenant, clean_environment, kill
from tests.e2e.webhooks import body, firing
from tests.http.client import connected, request, write_then_read
from tests.waiting import eventually

pytestmark = pytest.mark.hostile

OPEN_FILES: Final = 400
CONNECTIONS: Final = 200
"""What is left of them."""
MANY: Final = 3 * CONNECTIONS
IN_TIME_S: Final = 2.0
"""How soon the victim gets its 202; on a machine of its own, a fiftieth of it."""
TOO_LARGE: Final = 12 << 20
TARGET: Final = "/v1/tenants/besieging/alerts"


@dataclass
class Siege:
    """A gateway that may open few files, a hostile tenant and a victim, both from the same address."""

    system: System
    hostile: Tenant
    victim: Tenant
    log: Path

    @property
    def url(self) -> str:
        return str(self.system.ready["gateway"])

    async def serves_the_victim(self, name: str) -> None:
        """Its alert is accepted in time, and shown."""
        began = time.monotonic()
        await self.victim.send(firing(name))
        assert time.monotonic() - began < IN_TIME_S

        async def shown() -> bool:
            return any(name in message.text for message in await self.victim.messages())

        await eventually(shown, within_s=20)

    async def counted(self, metric: str) -> float:
        """A metric's value now."""
        lines = (await self.system.get("/metrics"))[1].splitlines()
        return next((float(line.split()[1]) for line in lines if line.startswith(f"{metric} ")), 0.0)

    def lines(self, event: str) -> list[Json]:
        rows = map(json.loads, self.log.read_text(encoding="utf-8").splitlines())
        return [row for row in rows if row["event"] == event]


@asynccontextmanager
async def a_gateway(fast: System, log: Path) -> AsyncIterator[System]:
    """The same system by the way of a gateway that the operating system gives few files."""
    alerts, operations = free_port(), free_port()
    settings = {
        "REDIS__URL": fast.ready["redis"],
        "KAFKA__BOOTSTRAP_SERVERS": fast.ready["kafka"],
        "GATEWAY__PORT": str(alerts),
        "GATEWAY__OPERATIONS_PORT": str(operations),
        **brokers.SETTINGS,
    }
    few = f'ulimit -n {OPEN_FILES} && exec "$0" -m router gateway'
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            "sh", "-c", few, sys.executable, env=clean_environment(**settings), stderr=stderr
        )
    urls = {"gateway": f"http://{HOST}:{alerts}", "operations": f"http://{HOST}:{operations}"}
    alone = replace(fast, process=process, ready=fast.ready | urls)

    async def is_ready() -> bool:
        return await alone.listens() and (await alone.get("/ready"))[0] == 200

    try:
        await eventually(is_ready, within_s=30)
        yield alone
        process.terminate()
        assert await process.wait() == 0
    finally:
        await kill(process)


@pytest.fixture(scope="module")
async def siege(fast: System, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Siege]:
    log = tmp_path_factory.mktemp("siege") / "gateway.log"
    async with a_gateway(fast, log) as system, fast.tenant("besieged") as victim, fast.tenant("besieging") as hostile:
        yield Siege(system, replace(hostile, system=system), replace(victim, system=system), log)
    assert "Traceback" not in log.read_text(encoding="utf-8")


def token(siege: Siege) -> dict[str, str]:
    made = siege.system.ready["tokens"][siege.hostile.name]
    return {"Authorization": f"Bearer {made}", "Content_Type": "application/json"}


async def test_connections_that_are_left_open_keep_no_sender_out(siege: Siege) -> None:
    """As many silent ones as unfinished ones, and more of both than there are files."""
    assert [row["connections"] for row in siege.lines("connections_lowered")] == [CONNECTIONS]
    async with AsyncExitStack() as stack:
        for number in range(MANY):
            _, writer = await stack.enter_async_context(connected(siege.url))
            writer.write(f"POST {TARGET} HTTP/1.1\r\nX: ".encode() if number % 2 else b"")

        await siege.serves_the_victim("BesideOpenConnections")
        assert await siege.counted("alert_router_gateway_connections") <= CONNECTIONS
    assert siege.lines("connections_full")


async def test_bodies_that_do_not_come_keep_no_sender_out(siege: Siege) -> None:
    """With a good token each is waited for, for 30 seconds; a tenant has a fourth of the connections for that."""
    begun = request("POST", TARGET, b"", Content_Length="4000000", **token(siege))
    async with AsyncExitStack() as stack:
        for _ in range(CONNECTIONS):
            _, writer = await stack.enter_async_context(connected(siege.url))
            writer.write(begun + b" " * 50_000)

        await siege.serves_the_victim("BesideBodies")


async def test_bodies_that_nobody_asked_for_keep_no_sender_out(siege: Siege) -> None:
    """Without a token each is refused at once, and what else comes is read and forgotten, for 10 seconds."""
    begun = request("POST", TARGET, Content_Length="4000000")
    async with AsyncExitStack() as stack:
        for _ in range(MANY):
            _, writer = await stack.enter_async_context(connected(siege.url))
            writer.write(begun)

        await siege.serves_the_victim("BesideRefusedBodies")


async def test_bodies_in_tiny_chunks_keep_no_sender_waiting(siege: Siege) -> None:
    begun = request("POST", TARGET, b"", Transfer_Encoding="chunked", **token(siege)).removesuffix(b"0\r\n\r\n")
    async with AsyncExitStack() as stack:
        for _ in range(20):
            _, writer = await stack.enter_async_context(connected(siege.url))
            writer.write(begun + b"1\r\nx\r\n" * 40_000)

        await siege.serves_the_victim("BesideTinyChunks")


async def test_a_body_that_breaks_off_is_one_line_and_counted(siege: Siege) -> None:
    before = len(siege.lines("body_refused"))
    cut = request("POST", TARGET, body(firing("Cut")), **token(siege))[:-1]
    async with connected(siege.url) as (_, writer):
        writer.write(cut)

    await eventually(lambda: len(siege.lines("body_refused")) > before)
    newest = siege.lines("body_refused")[-1]
    assert (newest["tenant"], newest["status"], newest["reason"]) == ("besieging", 499, "body-aborted")
    assert await siege.counted('alert_router_gateway_requests_total{status="499"}') >= 1
    await siege.serves_the_victim("BesideCuts")


async def test_requests_that_no_interface_has_are_refused_and_keep_no_sender_out(siege: Siege) -> None:
    """No page of ours or of a library, no redirect to a host that a request names, nothing behind two lengths."""
    for path in ("/openapi.json", "/docs", "/ready", "/metrics", f"{TARGET}/"):
        answer = await write_then_read(siege.url, "GET", path, Host="evil.example")
        assert (answer.status, answer.headers.keys() & {"server", "location"}) == (404, set())

    both = {"Transfer_Encoding": "chunked", "Content_Length": "4", "Connection": "keep-alive"}
    async with connected(siege.url) as (reader, writer):
        writer.write(2 * request("POST", TARGET, body(firing("TwoLengths")), **token(siege), **both))
        assert (await asyncio.wait_for(reader.read(), 5)).count(b"HTTP/1.1") == 1

    large = await write_then_read(siege.url, "POST", TARGET, b" " * TOO_LARGE, **token(siege))
    assert (large.status, large.problem) == (413, "body-too-large")
    await siege.serves_the_victim("BesideOddRequests")
