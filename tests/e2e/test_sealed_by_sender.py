"""Bodies that their sender seals: nobody between it and a worker can read them, and all works as ever."""

from functools import partial
from typing import Any, Final

import pytest

from router.adapters.crypto.hpke import seal_to
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.parse.webhook import parse
from router.core.seal.offered import read_offer
from router.core.seal.sent import PublicKeys, Suite, is_sent
from router.ports.kafka import record_key
from tests.e2e.stored_bytes import found_in
from tests.e2e.system import Reply, System, Tenant
from tests.e2e.test_sealed import able, letter_with, marked
from tests.e2e.webhooks import Alert, body, firing, resolved
from tests.waiting import eventually

MEDIA_TYPE: Final = "application/alert-router-sealed"


async def offered(tenant: Tenant) -> PublicKeys:
    """The public keys that the gateway gives to the tenant's sender."""
    system = tenant.system
    url = f"{system.ready['gateway']}/v1/tenants/{tenant.name}/key"
    token = {"Authorization": f"Bearer {system.ready['tokens'][tenant.name]}"}
    async with system.http.get(url, headers=token) as answer:
        assert answer.status == 200
        return read_offer(await answer.read())


async def post(tenant: Tenant, data: bytes, alerts: int, group: str = "") -> Reply:
    return await tenant.post(data, content_type=MEDIA_TYPE, alerts=str(alerts), alert_group=group)


async def send(tenant: Tenant, *alerts: Alert, suite: Suite = Suite.HYBRID, stated: int | None = None) -> bytes:
    """Seal and post one body, which must be accepted; as it was sealed."""
    content = body(*alerts)
    data = seal_to(await offered(tenant), suite, content)
    group = record_key(tenant.name, parse(content, Instant(0)).sender_group).decode()
    stated = len(alerts) if stated is None else stated
    reply = await post(tenant, data, stated, group)
    assert (reply.status, reply.body) == (202, {"accepted": stated})
    tenant.sent += len(alerts)
    return data


async def records_of(tenant: Tenant) -> list[Any]:
    found = await tenant.system.kafka.records("alerts.inbound")
    return [one for one in found if dict(one.headers).get("tenant") == tenant.name.encode()]


async def known_records(system: System) -> float:
    """Records that were passed since their body had been folded before."""
    _, page = await system.get("/metrics")
    line = next(one for one in page.splitlines() if one.startswith('alert_router_records_total{outcome="known"}'))
    return float(line.rpartition(" ")[2])


@pytest.mark.long
async def test_what_a_sender_seals_is_read_by_workers_alone_and_repeats_are_known(fast: System) -> None:
    async with fast.tenant("sealed-by-sender") as tenant:
        await able(tenant)
        marker = "markersender"
        fires = [marked(marker, firing(f"Disk{marker}", f"host-{marker}-{number}")) for number in range(2)]
        sent = await send(tenant, *fires)
        await tenant.settled()
        before = await known_records(fast)
        for _ in range(4):
            await send(tenant, *fires)
            await tenant.settled()
        await send(tenant, marked(marker, resolved(f"Disk{marker}", f"host-{marker}-0")), suite=Suite.CLASSIC)
        await tenant.settled()

        assert f"Disk{marker}" in (await tenant.message()).text
        assert await known_records(fast) > before
        assert await found_in(fast, marker) == set()
        records = await eventually(lambda: records_of(tenant))
        assert records[0].value == sent
        assert all(is_sent(one.value) for one in records)

        await send(tenant, *fires, *(firing("More", str(number)) for number in range(2)), stated=1)
        await tenant.settled()
        lies = [one for one in fast.log_lines() if one["event"] == "alerts_understated"]
        assert [(one["tenant"], one["beyond"]) for one in lies] == [("sealed-by-sender", 3)]


@pytest.mark.long
async def test_what_is_sealed_for_another_is_dead_lettered_and_holds_up_nobody(fast: System) -> None:
    async with fast.tenant("sealed-wrongly") as tenant:
        await able(tenant)
        good = await offered(tenant)
        other = PublicKeys(TenantId("sealed-by-sender"), good.epoch, good.keys)
        later = PublicKeys(good.tenant, good.epoch + 1, good.keys)
        unknown = bytearray(seal_to(good, Suite.HYBRID, body(firing())))
        unknown[4:6] = b"\x00\x10"
        bad = [*(seal_to(one, Suite.HYBRID, body(firing())) for one in (other, later)), bytes(unknown)]
        for data in bad:
            assert (await post(tenant, data, 1)).status == 202
        await send(tenant, firing("Good"))
        await tenant.settled()

        for data in bad:
            letter = await eventually(partial(letter_with, tenant, data), within_s=10)
            assert dict(letter.headers)["reason"] == b"undecipherable"
        assert "Good" in (await tenant.message()).text
