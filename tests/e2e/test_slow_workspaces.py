"""Workspaces that hang keep nobody else waiting: neither in their calls nor in saying whose a token is.

The settings are the defaults: sixty tenants with eight channels each whose posts hang for ten seconds, and thirty of
which Slack does not even say whose their tokens are. They have a system of their own, as nothing else would be quiet.
"""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.e2e.conftest import JOIN_SOON
from tests.e2e.system import System, Tenant, up
from tests.e2e.tenants import QUICK, Document, document, write
from tests.e2e.webhooks import firing
from tests.waiting import eventually

pytestmark = pytest.mark.hostile

HANGING: Final = tuple(f"hangs-{number}" for number in range(60))
NAMELESS: Final = tuple(f"nameless-{number}" for number in range(30))
CHANNELS: Final = 8
SOON_S: Final = 3.0
"""A second, and as much again as a machine may take that is not idle."""
TIMES_ALONE: Final = 5
TIMEOUT_S: Final = 8.0
"""Who waits for a call that hangs waits longer than this."""


def many_channels(tenant: str) -> Document:
    """A tenant whose alerts go to a channel each."""
    names = [f"alerts-{number}" for number in range(CHANNELS)]
    return {
        **document(tenant),
        "route": {
            "receiver": names[0],
            **QUICK,
            "routes": [{"receiver": name, "matchers": [f"alertname={name}"]} for name in names],
        },
        "receivers": [{"name": name, "slack": {"channel": f"#{name}"}} for name in names],
    }


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[System]:
    documents = [*map(many_channels, HANGING), *map(document, NAMELESS), document("quiet"), document("late")]
    async with up(write(tmp_path / "tenants", documents), **JOIN_SOON) as found:
        yield found
        await found.http.delete(f"{found.ready['slack']}/emulator/faults")


async def hang(system: System, tenant: str, **more: Any) -> None:
    await system.emulator("faults", kind="hang", team_id=Tenant(system, tenant).team, times=None, **more)


async def let_hang(system: System) -> None:
    """All that shall hang hangs, half of it at least in this very moment."""
    for name in HANGING:
        await hang(system, name, method="chat.postMessage")
    for name in NAMELESS:
        await hang(system, name)
    await flood(system)

    async def half_hang() -> bool:
        return await hanging_calls(system) >= len(HANGING) // 2

    await eventually(half_hang, within_s=30, every_s=0.1)


async def flood(system: System) -> None:
    """Every channel of every tenant that hangs has something to show."""
    for name in HANGING:
        alerts = [firing(f"alerts-{number}") for number in range(CHANNELS)]
        await Tenant(system, name).send(*alerts)
    for name in NAMELESS:
        await Tenant(system, name).send(firing())


async def hanging_calls(system: System) -> int:
    """How many posts wait for an answer."""
    calls = (await system.emulator("calls"))["calls"]
    return sum(one["method"] == "chat.postMessage" and one["answered_s"] is None for one in calls)


async def show(tenant: Tenant, name: str, within_s: float = TIMEOUT_S) -> float:
    """One more alert of a tenant, which must be shown in time; how long that took, in seconds."""
    before, began = len(await tenant.messages()), time.monotonic()
    await tenant.send(firing(name))

    async def is_shown() -> bool:
        return len(await tenant.messages()) == before + 1

    await eventually(is_shown, within_s=within_s, every_s=0.1)
    return time.monotonic() - began


@pytest.mark.timeout(120)
async def test_beside_sixty_workspaces_that_hang_others_are_served_as_ever(system: System) -> None:
    async with system.tenant("quiet") as quiet, system.tenant("late") as late:
        alone_s = max([await show(quiet, f"Alone{number}") for number in range(3)])
        soon_s = min(max(SOON_S, TIMES_ALONE * alone_s), TIMEOUT_S)
        await let_hang(system)

        for number in range(8):
            await show(quiet, f"Beside{number}", soon_s)
            status, _ = await system.get("/live")
            assert status == 200
        await show(late, "Late", soon_s)

    slow = {row["workspace"].partition("-")[0] for row in system.log_lines() if row["event"] == "workspace_slow"}
    assert slow >= {Tenant(system, name).team for name in HANGING[:10]}
