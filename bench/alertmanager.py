"""Debian's Alertmanager as a yardstick: the same alerts, a receiver for each channel, the same Slack stub."""

import json
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alert_router_local.process import HOST, free_port, start_engine

from bench.documents import CHANNELS
from bench.processes import BenchError

PROGRAM: Final = "prometheus-alertmanager"


@dataclass(frozen=True, slots=True)
class Alertmanager:
    """A running one."""

    pid: int
    alerts_url: str


def installed() -> bool:
    """Whether there is one on this machine."""
    return shutil.which(PROGRAM) is not None


@asynccontextmanager
async def alertmanager(
    folder: Path, slack: str, tenants: Sequence[str], group_wait: str = "1s"
) -> AsyncIterator[Alertmanager]:
    """An Alertmanager with a receiver for each channel of each tenant, ended afterwards.

    Raises:
        BenchError: it is not installed.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise BenchError(f"{PROGRAM} is not installed")
    config = _write(folder, _configuration(slack, tenants, group_wait))
    port = free_port()
    command = [
        program,
        f"--config.file={config}",
        f"--storage.path={folder / f'storage-{port}'}",
        f"--web.listen-address={HOST}:{port}",
        "--cluster.listen-address=",
    ]
    engine = await start_engine("Alertmanager", command, port)
    try:
        yield Alertmanager(engine.process.pid, f"http://{HOST}:{port}/api/v2/alerts")
    finally:
        await engine.stop()


def _write(folder: Path, configuration: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "alertmanager.yml"
    config.write_text(json.dumps(configuration), encoding="utf-8")
    return config


def _configuration(slack: str, tenants: Sequence[str], group_wait: str) -> dict[str, Any]:
    places = [(tenant, f"alerts-{number}") for tenant in tenants for number in range(CHANNELS)]
    return {
        "route": {
            "receiver": "none",
            "group_by": ["alertname"],
            "group_wait": group_wait,
            "group_interval": "5m",
            "repeat_interval": "4h",
            "routes": [
                {"receiver": f"{tenant}-{channel}", "matchers": [f'tenant="{tenant}"', f'channel="{channel}"']}
                for tenant, channel in places
            ],
        },
        "receivers": [{"name": "none"}, *(_receiver(slack, tenant, channel) for tenant, channel in places)],
    }


def _receiver(slack: str, tenant: str, channel: str) -> dict[str, Any]:
    slack_config = {"api_url": f"{slack}/hook/{tenant}", "channel": f"#{channel}", "send_resolved": True}
    return {"name": f"{tenant}-{channel}", "slack_configs": [slack_config]}
