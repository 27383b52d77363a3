"""A real Alertmanager in front of the whole system, with the receiver that `upstream` prints."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.alertmanager import alertmanager, checked, configured, program
from tests.e2e.system import Message, System, Tenant
from tests.waiting import eventually

NAME: Final = "real-alertmanager"
ALERT: Final = "InstanceDown"


@pytest.mark.long
async def test_an_alerts_whole_life_from_a_real_alertmanager(fast: System, tmp_path: Path) -> None:
    program("prometheus-alertmanager")
    config = await configuration(fast, tmp_path)
    assert "1 receivers" in await checked(config)
    async with fast.tenant(NAME) as tenant, alertmanager(fast.http, config, tmp_path / "storage") as sender:
        await sender.fire(ALERT, "db-1")
        first = await shown(tenant, lambda now: "FIRING" in now.text and "db-1" in now.text)

        await sender.fire(ALERT, "db-1", "db-2")
        joined = await shown(tenant, lambda now: "db-2" in now.text)
        assert "2 firing" in joined.text

        await sender.resolve(ALERT, "db-1", "db-2")
        ended = await shown(tenant, lambda now: "RESOLVED" in now.text)
        assert ended.color != first.color

        await sender.fire(ALERT, "db-1")
        again = await shown(tenant, lambda now: "FIRING" in now.text)
        assert again.color == first.color
        await tenant.settled()

        assert {first.ts, joined.ts, ended.ts} == {again.ts}
        assert {call["error"] for call in await tenant.calls()} <= {None, ""}
        assert len(await tenant.calls("chat.update")) >= 3


async def configuration(system: System, folder: Path, tenant: str = NAME) -> Path:
    """Written as an operator would: the printed receiver, a route to it, the token in a file."""
    token, config = folder / "token", folder / "alertmanager.yml"
    token.write_text(system.ready["tokens"][tenant] + "\n", encoding="utf-8")
    printed = await system.command("upstream", tenant, "--url", system.ready["gateway"], "--token-file", str(token))
    assert printed.code == 0, printed.err
    config.write_text(configured(printed.out, f"alert-router-{tenant}"), encoding="utf-8")
    return config


async def shown(tenant: Tenant, expected: Callable[[Message], bool]) -> Message:
    """The one message of the channel, once it is as expected."""

    async def look() -> Message | None:
        messages = await tenant.messages()
        assert len(messages) <= 1
        return next((one for one in messages if expected(one)), None)

    found = await eventually(look, within_s=12)
    assert found is not None
    return found
