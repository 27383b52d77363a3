"""Every query of every dashboard has a series in a real Prometheus, after `demo` and a few faults.

Prometheus scrapes each second, so that a rate needs ten seconds and not minutes.
"""

import json
import re
import shlex
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
import pytest
from alert_router_local.process import HOST, free_port

from tests.e2e.system import Json, printed, service
from tests.prometheus.server import Prometheus, prometheus
from tests.waiting import eventually
from tools.dashboards.boards import BOARDS

TENANT: Final = "acme"
NO_RULES: Final = "groups: [{name: none, rules: [{record: one, expr: vector(1)}]}]"
QUERIES: Final = [
    query.expression.replace("$__rate_interval", "10s").replace("$tenant", TENANT)
    for board in BOARDS
    for section in board.sections
    for panel in section.panels
    for query in panel.queries
]
_CURL: Final = re.compile(r"^curl .*?(?:\n  .*?)*$", re.MULTILINE)


@dataclass(frozen=True)
class Sender:
    """Who posts at the tenant's address, as the demo prints it."""

    http: aiohttp.ClientSession
    url: str
    token: str
    body: Json

    async def post(self, content: bytes, token: str = "") -> int:
        headers = {"Authorization": f"Bearer {token or self.token}", "Content-Type": "application/json"}
        async with self.http.post(self.url, data=content, headers=headers) as answer:
            return answer.status


@pytest.mark.long
@pytest.mark.timeout(180)
async def test_after_the_demo_and_some_faults_no_panel_is_empty(tmp_path: Path) -> None:
    operations, emulator, log, folder = free_port(), free_port(), tmp_path / "demo.log", tmp_path / "prometheus"
    folder.mkdir()
    ports = {"GATEWAY__OPERATIONS_PORT": str(operations), "EMULATOR__PORT": str(emulator)}
    async with (
        service(log, "demo", "--keep", **ports),
        prometheus(folder, NO_RULES, scraped=f"{HOST}:{operations}") as server,
        aiohttp.ClientSession() as http,
    ):
        step = await eventually(lambda: _next_step(printed(log)), within_s=90, every_s=0.5)
        assert step is not None
        await _faults(Sender(http, *step), f"http://{HOST}:{emulator}/emulator")
        left = list(QUERIES)
        with suppress(AssertionError):
            await eventually(lambda: _none_is_empty(http, server, left), within_s=60, every_s=1)

    assert left == [], "panels of dashboards stay empty"


def _next_step(out: Path) -> tuple[str, str, Json] | None:
    """What the demo prints at its end: the address, the token and the body of a command that posts an alert."""
    found = _CURL.search(out.read_text(encoding="utf-8") if out.exists() else "")
    if found is None or not found[0].endswith("'"):
        return None
    words = shlex.split(found[0].replace("\\\n", " "))
    return words[3], words[5].removeprefix("Authorization: Bearer "), json.loads(words[-1])


async def _faults(sender: Sender, emulator: str) -> None:
    """A tenant whose token is dead, a sender with a wrong token, and one whose bodies are none."""
    status = {"token": f"xoxb-emulated-{TENANT}", "status": "revoked"}
    async with sender.http.post(f"{emulator}/tokens/status", json=status) as answer:
        assert answer.status == 200, await answer.text()
    posted = [
        await sender.post(json.dumps(sender.body).encode()),
        await sender.post(b"{"),
        await sender.post(b"{}", token="ar_of-nobody"),
    ]
    assert posted == [202, 400, 401]


async def _none_is_empty(http: aiohttp.ClientSession, server: Prometheus, left: list[str]) -> bool:
    """Whether each of the queries that are left has a series by now; those are taken out."""
    for query in list(left):
        async with http.get(f"{server.url}/api/v1/query", params={"query": query}) as answer:
            if (await answer.json())["data"]["result"]:
                left.remove(query)
    return not left
