"""A suspended tenant is taken from and not shown; once resumed it is notified the newest state, once."""

from tests.e2e.system import System, Tenant
from tests.e2e.webhooks import firing, resolved
from tests.waiting import eventually


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
