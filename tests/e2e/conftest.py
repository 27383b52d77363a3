"""Two systems for the whole suite, each `alert-router up` in a process of its own.

`fast` may post ten times a second to a channel and nearly all tests run on it; `calm` has the default speed. What
takes long begins as soon as it is known that a test needs it, and runs beside the other tests; its tests come last.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from tests.adapters.test_sealing import NEW, text_of
from tests.beside import LongRuns
from tests.e2e.killing import Outcome
from tests.e2e.refusals import refuse_all
from tests.e2e.system import Finished, System, command, up
from tests.e2e.tenants import CALM, FAST, write
from tests.e2e.webhooks import PRIVATE_WORDS

SLOW: Final = ("refusals", "calm", "demo", "outcomes")
LATE_TOKEN: Final = "xoxb-brought-by-the-environment"
EVENT_TOPIC: Final = "alertmanager.events"
HEARD_TOPIC: Final = "alertmanager.heard"
JOIN_SOON: Final = {"KAFKA__SESSION_TIMEOUT_MS": "6000"}
"""Tansu lets a group wait half a session time-out for further members."""

KEY, NEXT_KEY = (base64.b64encode(letter * 32).decode() for letter in (b"k", b"n"))
SIGNING: Final = {"SIGNING__KEY": KEY, "SIGNING__UNSIGNED_STORED": "accept"}
"""Commands beside a system have no key, and what they store has no signature."""

FAST_SETTINGS: Final = {
    **JOIN_SOON,
    **SIGNING,
    "SLACK__CHANNEL_INTERVAL_S": "0.1",
    "SLACK__WORKSPACE_POSTS_PER_MIN": "3000",
    "SLACK__WORKSPACE_POSTS_BURST": "50",
    "SLACK__AMBIGUOUS_WAIT_S": "1",
    "SLACK__LONGEST_CALL_S": "5",
    "WORKER__LEASE_S": "3",
    "WORKER__PARK_RETRY_S": "1",
    "WORKER__CHANNEL_RETRY_S": "1",
    "EMULATOR__CHANNEL_POSTS_PER_S": "10",
    "EMULATOR__CHANNEL_BURST": "1",
    "SECRET__LATE__SLACK": LATE_TOKEN,
    "KAFKA__EVENT_TOPICS": json.dumps(
        {
            EVENT_TOPIC: {
                "label": "tenant",
                "tenants": {one: one for one in ("muted-upstream", "recorded-upstream")},
            },
            HEARD_TOPIC: {"tenant": "heard-upstream", "alerts": {"receiver": "router"}},
        }
    ),
}

OWN_TOPIC: Final = "alerts.unsigned"
CALM_SETTINGS: Final = {
    **JOIN_SOON,
    **SIGNING,
    "SIGNING__KEY": f"{KEY},{NEXT_KEY}",
    "KAFKA__UNSIGNED": "bound-only",
    "KAFKA__BOUND_TOPICS": json.dumps({OWN_TOPIC: "unsigned"}),
}
"""As installations should be: nobody speaks for a tenant but its gateway and its own topic."""

FAST_ALONE: Final = FAST_SETTINGS | {
    "SIGNING__UNSIGNED_STORED": "refuse",
    "SECRETS__KEY": text_of(NEW),
    "SEALING__KEY": KEY,
    "SEALING__SENDER_KEY": NEXT_KEY,
}
"""As installations should be: what is stored without a signature is refused."""


@dataclass
class Beside:
    """What runs beside the tests, begun together."""

    tasks: dict[str, asyncio.Task[Any]] = field(default_factory=dict)

    def begin(self, name: str, work: Callable[[], Awaitable[Any]], after: str = "") -> None:
        async def run() -> Any:
            if after in self.tasks:
                await asyncio.wait([self.tasks[after]])
            return await work()

        self.tasks[name] = asyncio.create_task(run())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: sum(name in SLOW for name in fixtures_of(item)))


def fixtures_of(item: pytest.Item) -> list[str]:
    names: list[str] = getattr(item, "fixturenames", [])
    return names


@pytest.fixture(scope="session")
async def beside(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Beside]:
    folder = tmp_path_factory.mktemp("e2e")
    wanted = {name for item in request.session.items for name in fixtures_of(item)}
    running = Beside()
    async with AsyncExitStack() as stack:
        if wanted & {"fast", "refusals"}:
            files = write(folder / "fast", FAST)
            running.begin("fast", lambda: stack.enter_async_context(up(files, **FAST_ALONE)))
        if "calm" in wanted:
            running.begin("calm", lambda: calm_system(stack, folder), after="fast")
        if "demo" in wanted:
            running.begin("demo", lambda: command("demo", **JOIN_SOON), after="fast")
        if "refusals" in wanted:
            (folder / "refusals").mkdir()
            running.begin("refusals", lambda: refusals_of(running, folder / "refusals"), after="fast")
        yield running
        for task in running.tasks.values():
            task.cancel()
        await asyncio.gather(*running.tasks.values(), return_exceptions=True)


async def calm_system(stack: AsyncExitStack, folder: Path) -> System:
    return await stack.enter_async_context(up(write(folder / "calm", CALM), **CALM_SETTINGS))


async def refusals_of(running: Beside, folder: Path) -> Mapping[str, Finished]:
    return await refuse_all((await running.tasks["fast"]).ready, folder)


@pytest.fixture(scope="session")
async def fast(beside: Beside) -> AsyncIterator[System]:
    system: System = await beside.tasks["fast"]
    yield system
    log = system.log.read_text(encoding="utf-8")
    secrets = [*system.ready["tokens"].values(), LATE_TOKEN, "xoxb-emulated", PRIVATE_WORDS]
    assert [secret for secret in secrets if secret in log] == []
    assert [row for row in system.log_lines() if "exception" in row] == []


@pytest.fixture(scope="session")
async def calm(beside: Beside) -> System:
    system: System = await beside.tasks["calm"]
    return system


@pytest.fixture(scope="session")
async def demo(beside: Beside) -> Finished:
    finished: Finished = await beside.tasks["demo"]
    return finished


@pytest.fixture(scope="session")
async def outcomes(long_runs: LongRuns) -> Mapping[str, Outcome]:
    found: Mapping[str, Outcome] = await long_runs.result("outcomes")
    return found


@pytest.fixture(scope="session")
async def refusals(beside: Beside) -> Mapping[str, Finished]:
    finished: Mapping[str, Finished] = await beside.tasks["refusals"]
    return finished
