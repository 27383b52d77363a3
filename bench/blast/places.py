"""Two pools on two cores: the victim's worker has one for itself, and everything else runs on the other."""

import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from alert_router_local.process import HOST, free_port

from bench.documents import LOUD, VICTIM, Document
from bench.load import unlimited
from bench.processes import BenchError, role, until
from bench.stage import LIMITS_OFF, child
from bench.system import Setup, Slack, System, answers, running

POOL: Final = "gold"
FULL: Final = "full"
"""A tenant that may have one alert, and has it."""
_READY_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Places:
    """A running system, its stand-in for Slack, and the victim's worker.

    `spoilt` are settings of another worker of the other pool.
    """

    system: System
    stub: Slack
    worker: int
    spoilt: Mapping[str, str]
    folder: Path


@asynccontextmanager
async def placed(folder: Path) -> AsyncIterator[Places]:
    """Such a system.

    Raises:
        BenchError: this machine has one core alone, or something does not become ready.
    """
    own, rest = _cores()
    async with AsyncExitStack() as stack:
        stack.enter_context(on(rest))
        process, line = await stack.enter_async_context(child(_made(folder) / "stub.log", "bench.stub"))
        stub = Slack(f"http://{HOST}:{line['port']}", process.pid)
        setup = Setup({**LIMITS_OFF, "KAFKA__POOLS": f'["{POOL}"]'}, stub, senders=(VICTIM, LOUD, FULL))
        system = await stack.enter_async_context(running(folder, _documents(), setup))
        port = free_port()
        settings = {**system.settings, "WORKER__POOL": POOL, "WORKER__PORT": str(port)}
        with on(own):
            worker = await stack.enter_async_context(role(folder / "victim.log", settings, "worker"))
        await until(partial(answers, system.http, f"http://{HOST}:{port}/ready"), _READY_S, "the victim's worker")
        yield Places(system, stub, worker.pid, {**system.settings, "WORKER__PORT": str(free_port())}, folder)


@contextmanager
def on(core: int) -> Iterator[None]:
    """What is started meanwhile runs on this core alone, and so does what starts it."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _cores() -> tuple[int, int]:
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) <= 1:
        raise BenchError("this wants two cores: one for the victim's worker, one for everything else")
    return cores[1], cores[0]


def _documents() -> list[Document]:
    full = _with(unlimited(FULL), limits={**unlimited(FULL)["platform"]["limits"], "active_alerts": 1})
    return [_with(unlimited(VICTIM), pool=POOL), unlimited(LOUD), full]


def _with(document: Document, **platform: Any) -> Document:  # noqa: ANN401 - JSON
    return {**document, "platform": {**document["platform"], **platform}}


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
