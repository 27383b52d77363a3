"""Two gateways whose machines do not agree what time it is: what is shown is what was sent last."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp
import pytest
from alert_router_local.process import HOST, free_port

from tests import brokers
from tests.e2e.system import System, clean_environment, kill
from tests.e2e.webhooks import body, firing, resolved
from tests.waiting import eventually

GREEN: Final = "#2EB67D"
PROGRAM: Final = """
from router.__main__ import main
from router.app import compose

right = compose.wall_clock
compose.wall_clock = lambda: right() + {ahead_us}
main()
"""


@asynccontextmanager
async def a_gateway_ahead(system: System, log: Path, seconds: int) -> AsyncIterator[tuple[str, str]]:
    """One more gateway of this system, whose time of day is ahead: where it takes alerts, and where operators ask."""
    port, operations_port = free_port(), free_port()
    variables = clean_environment(
        **brokers.SETTINGS,
        KAFKA__BOOTSTRAP_SERVERS=system.ready["kafka"],
        REDIS__URL=system.ready["redis"],
        GATEWAY__HOST=HOST,
        GATEWAY__PORT=str(port),
        GATEWAY__OPERATIONS_PORT=str(operations_port),
    )
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            PROGRAM.format(ahead_us=seconds * 1_000_000),
            "gateway",
            env=variables,
            stderr=stderr,
        )
    try:
        yield f"http://{HOST}:{port}", f"http://{HOST}:{operations_port}"
    finally:
        await kill(process)


@pytest.mark.parametrize(("name", "ahead_s"), [("skewed", 3), pytest.param("far-ahead", 400, marks=pytest.mark.long)])
async def test_what_fired_through_a_gateway_that_is_ahead_ends_at_once_through_another(
    fast: System, tmp_path: Path, name: str, ahead_s: int
) -> None:
    log = tmp_path / "gateway.log"
    async with fast.tenant(name) as tenant, a_gateway_ahead(fast, log, ahead_s) as (url, operations):

        async def is_ready() -> bool:
            try:
                async with fast.http.get(f"{operations}/ready") as answer:
                    return answer.status == 200
            except aiohttp.ClientConnectorError:
                return False

        await eventually(is_ready, within_s=20)
        headers = {"Authorization": f"Bearer {fast.ready['tokens'][name]}", "Content-Type": "application/json"}
        async with fast.http.post(
            f"{url}/v1/tenants/{name}/alerts", data=body(firing("Skewed")), headers=headers
        ) as answer:
            assert answer.status == 202
        tenant.sent += 1
        await tenant.settled()
        await tenant.send(resolved("Skewed"))
        books = await tenant.settled()

        assert (books["accepted"], books["notified"]) == (2, 2)
        assert (await tenant.message()).color == GREEN
        async with fast.http.get(f"{operations}/metrics") as answer:
            [line] = [
                one for one in (await answer.text()).splitlines() if one.startswith("alert_router_clock_ahead_s")
            ]
        assert abs(float(line.split()[1]) - ahead_s) < 1
        assert "clock_off" in log.read_text(encoding="utf-8")
