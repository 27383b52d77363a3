"""The programs of a recording: `alert-router up` with its record, and a Prometheus that reads it."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import aiohttp
import alert_router_local.demo
from alert_router_local.process import HOST, die_with_parent, free_port, start_engine

from tools.pictures.dashboards.traffic import LIKE_IT, TENANT

SCRAPED_EVERY_S: Final = 5
_INTERVAL: Final = ("group_interval: 2s", "group_interval: 20s")
_START_S: Final = 180
_STOP_S: Final = 60
_SHOWN: Final = 2_000
"""Characters of the log of what did not start."""


@dataclass(frozen=True, slots=True)
class Running:
    """Where what runs is found."""

    gateway: str
    operations: str
    slack: str
    tokens: Mapping[str, str]


def write_tenants(folder: Path) -> None:
    """Put the demo's tenants there, and those of the same file as one of them, with intervals as usual."""
    folder.mkdir()
    found = files(alert_router_local.demo).joinpath("tenants").iterdir()
    texts = {one.name: one.read_text(encoding="utf-8").replace(*_INTERVAL) for one in found}
    for name in LIKE_IT:
        texts[f"{name}.yaml"] = texts[f"{TENANT}.yaml"].replace(f"tenant: {TENANT}", f"tenant: {name}")
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


@asynccontextmanager
async def up(tenants: Path, log: Path) -> AsyncIterator[Running]:
    """The whole system on free ports; what it logs goes to a file.

    Raises:
        RuntimeError: it does not start.
    """
    command = ["-m", "router", "up", "--tenants", str(tenants), "--port", "0", "--control"]
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdout=asyncio.subprocess.PIPE, stderr=errors, preexec_fn=die_with_parent
        )  # fmt: skip
    try:
        yield await _ready(process, log)
    finally:
        await _stopped(process)


async def _ready(process: asyncio.subprocess.Process, log: Path) -> Running:
    if process.stdout is None:
        raise RuntimeError("the process was started without this pipe")
    async with asyncio.timeout(_START_S):
        line = await process.stdout.readline()
    if not line:
        raise RuntimeError(f"alert-router up ended: {await asyncio.to_thread(_end_of, log)}")
    ready: dict[str, Any] = json.loads(line)
    return Running(ready["gateway"], ready["operations"], ready["slack"], ready["tokens"])


def _end_of(log: Path) -> str:
    return log.read_text(encoding="utf-8")[-_SHOWN:]


async def _stopped(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(_STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _configured(folder: Path, scraped: str) -> Path:
    """The file of Prometheus, in a new folder."""
    folder.mkdir()
    job = {"job_name": "alert-router", "static_configs": [{"targets": [scraped]}]}
    configuration = {"global": {"scrape_interval": f"{SCRAPED_EVERY_S}s"}, "scrape_configs": [job]}
    file = folder / "prometheus.yml"
    file.write_text(json.dumps(configuration), encoding="utf-8")
    return file


@asynccontextmanager
async def prometheus(program: str, folder: Path, scraped: str) -> AsyncIterator[str]:
    """A Prometheus that reads the metrics of a HOST:PORT, with its data in this folder; its address."""
    port = free_port()
    configuration = _configured(folder, scraped)
    options = {
        "config.file": configuration,
        "storage.tsdb.path": folder / "data",
        "web.listen-address": f"{HOST}:{port}",
    }
    engine = await start_engine(
        "Prometheus", [program, *(f"--{name}={value}" for name, value in options.items())], port
    )
    try:
        yield f"http://{HOST}:{port}"
    finally:
        await engine.stop()


async def ask(http: aiohttp.ClientSession, server: str, **asked: str) -> list[Mapping[str, Any]]:
    """The series of `query_range`.

    Raises:
        RuntimeError: Prometheus refuses the query.
    """
    async with http.get(f"{server}/api/v1/query_range", params=asked) as answer:
        found = await answer.json()
    if found["status"] != "success":
        raise RuntimeError(f"{asked['query']}: {found['error']}")
    series: list[Mapping[str, Any]] = found["data"]["result"]
    return series
