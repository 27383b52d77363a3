"""A real Prometheus as a child process: Debian's, alone, on a free port of loopback, with a history given to it."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
from alert_router_local.process import HOST, free_port, start_engine

from router.core.model.rules.context import PrometheusAccess
from tests.programs import installed
from tests.waiting import eventually

_CONFIG: Final = """
global: {evaluation_interval: 1s, scrape_interval: 1s}
rule_files: [rules.yml]
"""
_ALERTING: Final = """
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["{address}"]}}]}}]}}
"""


def program(name: str) -> str:
    """Where a program of Prometheus is; without it the test is skipped, or fails where it is required."""
    return installed(name, "prometheus", "CI_REQUIRES_PROMETHEUS")


@dataclass(frozen=True)
class Prometheus:
    """A running one."""

    url: str

    @property
    def access(self) -> PrometheusAccess:
        """How it is asked by a tenant that has it alone."""
        return PrometheusAccess(self.url)


@asynccontextmanager
async def prometheus(
    folder: Path,
    rules: str,
    history: str = "",
    alertmanager: str = "",
    scraped: str = "",
    jobs: Sequence[Mapping[str, object]] = (),
) -> AsyncIterator[Prometheus]:
    """A Prometheus in this empty folder, ready and with its rules evaluated once, ended afterwards.

    `rules` is a file of rules, `history` its series as OpenMetrics text; it sends to `alertmanager` (HOST:PORT) and
    reads the metrics of `scraped` (HOST:PORT) and of `jobs`, each second, if there are any.
    """
    config = _CONFIG + (_ALERTING.format(address=alertmanager) if alertmanager else "")
    own = [{"job_name": "scraped", "static_configs": [{"targets": [scraped]}]}] if scraped else []
    config += f"\nscrape_configs: {json.dumps([*own, *jobs])}\n"
    for name, text in {"prometheus.yml": config, "rules.yml": rules, "history.txt": history}.items():
        (folder / name).write_text(text, encoding="utf-8")
    if history:
        await _backfill(folder)
    port = free_port()
    engine = await start_engine("Prometheus", _command(folder, port), port)
    url = f"http://{HOST}:{port}"
    try:
        await eventually(lambda: _evaluated(url), within_s=20)
        yield Prometheus(url)
    finally:
        await engine.stop()


def _command(folder: Path, port: int) -> list[str]:
    return [
        program("prometheus"),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={HOST}:{port}",
        "--rules.alert.resend-delay=1s",
    ]


async def _backfill(folder: Path) -> None:
    """Write the history as blocks, which Prometheus finds when it starts."""
    process = await asyncio.create_subprocess_exec(
        program("promtool"), "tsdb", "create-blocks-from", "openmetrics",
        str(folder / "history.txt"), str(folder / "data"),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()


async def _evaluated(url: str) -> bool:
    """Whether it answers, and has evaluated each of its rules."""
    async with aiohttp.ClientSession() as http:
        try:
            async with http.get(f"{url}/api/v1/rules") as answer:
                groups = (await answer.json())["data"]["groups"] if answer.status == 200 else []
        except aiohttp.ClientError:
            return False
    return bool(groups) and all(rule["health"] == "ok" for group in groups for rule in group["rules"])
