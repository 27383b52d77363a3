"""On hold, a tenant or everybody: alerts are taken and not shown; once released the newest state is shown, once."""

import json

import pytest

from tests.e2e.system import System, Tenant
from tests.e2e.webhooks import firing, resolved
from tests.waiting import eventually


@pytest.mark.long
async def test_what_comes_while_suspended_is_shown_once_as_it_is_when_resumed(fast: System) -> None:
    async with fast.tenant("paused") as tenant, fast.tenant("unpaused") as other:
        await suspend(tenant)
        await tenant.send(firing("Disk"), firing("Disk", instance="b"))
        await tenant.send(resolved("Disk"), firing("Disk", instance="b"))
        await folded(tenant)
        await other.send(firing())
        await other.settled(within_s=3)

        assert len(await other.messages()) == 1
        assert await tenant.messages() == []
        assert await tenant.calls("chat.postMessage") == []
        assert (await tenant.books())["pending"] > 0
        assert "alert_router_tenants_suspended 1.0" in (await fast.get("/metrics"))[1]

        resumed = await fast.command("tenant", "resume", "paused")
        assert resumed.code == 0, resumed.err
        await tenant.settled(within_s=3)

        message = await tenant.message()
        assert len(message.texts) == 1
        assert len(await tenant.calls("chat.postMessage")) == 1
        assert "alert_router_tenants_suspended 0.0" in (await fast.get("/metrics"))[1]


@pytest.mark.long
async def test_while_everybody_is_on_hold_nobody_is_sent_anything_and_then_once_what_is_true(fast: System) -> None:
    async with fast.tenant("stopped") as tenant, fast.tenant("stopped-too") as other:
        await tenant.send(firing("Before"))
        await tenant.settled(within_s=3)
        before = await calls_of(tenant)
        held = await fast.command("hold")
        assert held.code == 0, held.err
        try:
            await tenant.send(firing("Before"), firing("Before", instance="b"))
            await tenant.send(resolved("Before"), resolved("Before", instance="b"))
            await other.send(firing())
            await folded(tenant)
            await folded(other)

            assert (await calls_of(tenant), await calls_of(other)) == (before, 0)

            async def is_noticed() -> bool:
                return "on_hold_since" in json.loads((await fast.get("/ready"))[1])

            await eventually(is_noticed, within_s=2)
            assert "alert_router_on_hold 1.0" in (await fast.get("/metrics"))[1]
        finally:
            released = await fast.command("release")
        assert released.code == 0, released.err
        await tenant.settled(within_s=5)
        await other.settled(within_s=5)

        assert len(await other.messages()) == 1
        assert await calls_of(tenant) > before
        assert "RESOLVED" in (await tenant.message()).texts[-1]
        assert {"sending_held", "sending_released"} <= {row["event"] for row in fast.log_lines()}


async def calls_of(tenant: Tenant) -> int:
    return sum([len(await tenant.calls(method)) for method in ("chat.postMessage", "chat.update")])


async def suspend(tenant: Tenant) -> None:
    done = await tenant.system.command("tenant", "suspend", tenant.name)
    assert done.code == 0, done.err

    def noticed() -> bool:
        rows = [row for row in tenant.system.log_lines() if row["event"] == "tenant_suspended"]
        return any(row["tenant"] == tenant.name for row in rows)

    await eventually(noticed, within_s=1)


async def folded(tenant: Tenant) -> None:
    async def taken() -> bool:
        return (await tenant.books()).get("accepted", 0) >= tenant.sent

    await eventually(taken)
