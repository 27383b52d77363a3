"""Records what the dashboards show of some minutes: real senders, gateway, worker, engines and Prometheus."""

import asyncio
import shutil
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from tools.pictures.dashboards.board import Board
from tools.pictures.dashboards.recording import Recording
from tools.pictures.dashboards.series import Span
from tools.pictures.dashboards.system import SCRAPED_EVERY_S, Running, ask, prometheus, up, write_tenants
from tools.pictures.dashboards.traffic import FAULTS, TENANT, bodies, spoilt

MISSING: Final = "Prometheus is not installed; on Debian: apt-get install prometheus"
_RATE_OVER: Final = "20s"
"""Grafana's `$__rate_interval` at this pace: four scrapes."""
_FIRST_S: Final = 25
"""Before that rates have too little to go by."""


async def record(boards: Iterable[Board], seconds: int, scratch: Path) -> Recording:
    """Run everything for so long, and ask for every expression of these dashboards.

    Raises:
        RuntimeError: Prometheus is not installed, or what is started does not start.
    """
    program = shutil.which("prometheus")
    if program is None:
        raise RuntimeError(MISSING)
    write_tenants(scratch / "tenants")
    async with (
        up(scratch / "tenants", scratch / "up.log") as running,
        prometheus(program, scratch / "prometheus", urlsplit(running.operations).netloc) as server,
        aiohttp.ClientSession() as http,
    ):
        began = time.time()  # noqa: TID251 - what is recorded happens now
        await _happen(http, running, seconds)
        span = _span(began, time.time())  # noqa: TID251 - see above
        return await _answers(http, server, boards, span)


async def _happen(http: aiohttp.ClientSession, running: Running, seconds: int) -> None:
    """Post, spoil and repair, each in its second; on a machine that cannot keep up it takes longer."""
    loop = asyncio.get_running_loop()
    for second in range(seconds):
        next_at = loop.time() + 1
        for fault in FAULTS:
            if fault.at == second:
                await _done(http, f"{running.slack}/emulator/{fault.path}", fault.asked)
        await _send(http, running, second)
        await asyncio.sleep(max(0.0, next_at - loop.time()))


async def _send(http: aiohttp.ClientSession, running: Running, second: int) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - see above
    for tenant, body in bodies(second, now):
        await _post(http, running, tenant, body)
    for body in spoilt(second):
        await _post(http, running, TENANT, body)


async def _done(http: aiohttp.ClientSession, url: str, asked: object) -> None:
    async with http.post(url, json=asked) as answer:
        answer.raise_for_status()


async def _post(http: aiohttp.ClientSession, running: Running, tenant: str, body: bytes) -> None:
    """Post it; what is answered is what the dashboards show."""
    headers = {"Authorization": f"Bearer {running.tokens[tenant]}", "Content-Type": "application/json"}
    async with http.post(f"{running.gateway}/v1/tenants/{tenant}/alerts", data=body, headers=headers) as answer:
        await answer.read()


def _span(began: float, ended: float) -> Span:
    return Span(round(began + _FIRST_S), round(ended), SCRAPED_EVERY_S)


async def _answers(http: aiohttp.ClientSession, server: str, boards: Iterable[Board], span: Span) -> Recording:
    expressions = {target.expression for board in boards for panel in board.panels for target in panel.targets}
    times = {"start": f"{span.start}", "end": f"{span.end}", "step": f"{span.step}"}
    answers = {one: await ask(http, server, query=_chosen(one), **times) for one in sorted(expressions)}
    return Recording(span, TENANT, answers)


def _chosen(expression: str) -> str:
    """The expression with the variables of a dashboard in place."""
    return expression.replace("$__rate_interval", _RATE_OVER).replace("$tenant", TENANT)
