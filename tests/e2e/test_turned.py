"""A tenant that gets keys of its own while alerts fire, and gives them up again: one message, edited on."""

from pathlib import Path

import pytest

from tests.e2e.stored_bytes import found_in
from tests.e2e.system import System, Tenant
from tests.e2e.tenants import Document, document, sealed, write
from tests.e2e.webhooks import firing, resolved
from tests.waiting import eventually

HOSTS = ("node-1", "node-2", "node-3")


async def turned(tenant: Tenant, folder: Path, into: Document) -> None:
    """Apply what the tenant is from now on, and wait until its alerts are taken by that."""
    files = write(folder, [into])
    applied = await tenant.system.command("tenant", "apply", str(files / f"{tenant.name}.yaml"))
    assert applied.code == 0, applied.err


async def places_of(tenant: Tenant, host: str) -> set[str]:
    """Where in Redis an alert's fingerprint stands."""
    found = await found_in(tenant.system, firing("Turned", host)["fingerprint"])
    return {one for one in found if one.startswith("redis ")} - {"redis outbox"}


@pytest.mark.long
async def test_a_tenant_is_sealed_and_put_in_clear_while_its_alerts_fire(fast: System, tmp_path: Path) -> None:
    async with fast.tenant("turned") as tenant:
        await tenant.send(*(firing("Turned", one) for one in HOSTS[:2]))
        await tenant.settled()
        assert await places_of(tenant, "node-1") == {"redis g", "redis where"}

        await turned(tenant, tmp_path, sealed("turned"))
        await eventually(lambda: fast.redis.exists("alert-router:{turned}:keys"), within_s=10)
        await tenant.send(*(firing("Turned", one) for one in HOSTS))
        await tenant.settled()
        assert await places_of(tenant, "node-3") == set()
        await tenant.send(resolved("Turned", "node-1"), firing("Turned", "node-2"), firing("Turned", "node-3"))
        await tenant.settled()

        await turned(tenant, tmp_path, document("turned"))
        await tenant.send(resolved("Turned", "node-2"), firing("Turned", "node-3"))
        await tenant.settled()
        assert (await tenant.message()).text
        await tenant.send(resolved("Turned", "node-3"))
        await tenant.settled()

        assert "RESOLVED" in (await tenant.message()).text.upper()
