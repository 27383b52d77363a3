"""A heartbeat that stops is notified in the receiver's language, and its return; it makes no message itself."""

from pathlib import Path

import pytest

from tests.e2e.system import System
from tests.e2e.tenants import WATCHDOG, document, write
from tests.e2e.webhooks import firing
from tests.waiting import eventually


@pytest.mark.long
@pytest.mark.night
@pytest.mark.timeout(180)
async def test_a_heartbeat_that_stops_is_notified_and_so_is_its_return(fast: System, tmp_path: Path) -> None:
    files = write(tmp_path, [document("watched", locale="fr", heartbeats=WATCHDOG)])
    applied = await fast.command("tenant", "apply", str(files / "watched.yaml"))
    assert applied.code == 0, applied.err
    async with fast.tenant("watched") as tenant:
        await tenant.send(firing("Watchdog"))
        await eventually(lambda: noted(fast), within_s=10)
        assert await tenant.messages() == []
        assert (await tenant.books()).get("changes", 0) == 0

        async def shown() -> bool:
            return len(await tenant.messages()) == 1

        await eventually(shown, within_s=90)
        message = await tenant.message()
        assert "HeartbeatMissing" in message.text
        assert "Aucun signal de vie" in message.text

        await tenant.send(firing("Watchdog"))

        async def ended() -> bool:
            return "HeartbeatMissing" in (found := (await tenant.message()).texts[-1]) and "EN COURS" not in found

        await eventually(ended, within_s=20)
        assert len(await tenant.messages()) == 1


async def noted(system: System) -> bool:
    return bool(await system.redis.zcard("alert-router:{watched}:heartbeats"))
