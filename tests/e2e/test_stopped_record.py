"""The record that Redis belongs to is away: alerts do not notice, and a change needs a reason to go past it."""

from pathlib import Path

import pytest

from tests import records
from tests.e2e.conftest import FAST_SETTINGS
from tests.e2e.system import up
from tests.e2e.tenants import document, write
from tests.e2e.webhooks import firing, resolved
from tests.waiting import eventually

pytestmark = pytest.mark.long


@pytest.mark.skipif(records.STOPPED, reason="all of the suite is so")
async def test_alerts_are_shown_and_a_change_goes_past_the_record_alone(tmp_path: Path) -> None:
    files = write(tmp_path / "tenants", [document("managed")])
    async with up(files, "--control", **FAST_SETTINGS) as system, system.tenant("managed") as tenant:
        await records.stop(system.ready, system.redis)
        await tenant.send(firing())
        await tenant.settled()
        before = await tenant.message()

        changed = str(write(tmp_path / "changed", [document("managed", locale="de")]) / "managed.yaml")
        refused = await system.command("tenant", "apply", changed)
        assert (refused.code, "--break-glass REASON" in refused.err) == (1, True)
        away = await system.command("tenant", "apply", changed, **_addresses(system.ready["postgres"]))
        assert (away.code, "PostgreSQL" in away.err) == (1, True)
        assert (await system.command("tenant", "apply", changed, "--break-glass", "it is away")).code == 0

        await tenant.send(resolved())

        async def is_german() -> bool:
            return "BEHOBEN" in (await tenant.message()).text.upper()

        await eventually(is_german)
        assert (await tenant.message()).ts == before.ts
        assert (await system.get("/ready"))[0] == 200


def _addresses(logins: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("ALERT_ROUTER_"): url for name, url in logins.items()}
