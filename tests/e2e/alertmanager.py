"""A real Alertmanager as a child process: Debian's, alone, on a free port of loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import aiohttp
from alert_router_local.process import HOST, free_port, start_engine

from tests.programs import installed

_ROUTE: Final = """
route:
  receiver: {receiver}
  group_by: [alertname]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 4h
"""


def program(name: str) -> str:
    """Where a program of Alertmanager is; without it the test is skipped, or fails where it is required."""
    return installed(name, "prometheus-alertmanager", "CI_REQUIRES_ALERTMANAGER")


def configured(printed: str, receiver: str) -> str:
    """The text of `alert-router tenant upstream` under a route that is quick."""
    return printed + _ROUTE.format(receiver=receiver)


@dataclass(frozen=True)
class Alertmanager:
    """A running one."""

    http: aiohttp.ClientSession
    url: str

    async def fire(self, name: str, *instances: str) -> None:
        """These instances fire, for as long as the test may take."""
        await self._post(name, instances, datetime.now(UTC) + timedelta(minutes=10))

    async def resolve(self, name: str, *instances: str) -> None:
        """These instances are well again, from now on."""
        await self._post(name, instances, datetime.now(UTC))

    async def _post(self, name: str, instances: tuple[str, ...], ends_at: datetime) -> None:
        alerts = [
            {
                "labels": {"alertname": name, "instance": instance, "severity": "critical"},
                "annotations": {"summary": f"{instance} is down"},
                "endsAt": ends_at.isoformat(),
            }
            for instance in instances
        ]
        async with self.http.post(f"{self.url}/api/v2/alerts", json=alerts) as response:
            assert response.status == 200, await response.text()


@asynccontextmanager
async def alertmanager(http: aiohttp.ClientSession, config: Path, folder: Path) -> AsyncIterator[Alertmanager]:
    """An Alertmanager with this configuration, ended afterwards."""
    port = free_port()
    command = [
        program("prometheus-alertmanager"),
        f"--config.file={config}",
        f"--storage.path={folder}",
        f"--web.listen-address={HOST}:{port}",
        "--cluster.listen-address=",
    ]
    engine = await start_engine("Alertmanager", command, port)
    try:
        yield Alertmanager(http, f"http://{HOST}:{port}")
    finally:
        await engine.stop()


async def checked(config: Path) -> str:
    """What Alertmanager's own tool says of a configuration, which it must find valid."""
    process = await asyncio.create_subprocess_exec(
        program("amtool"), "check-config", str(config),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()
    return out.decode()
