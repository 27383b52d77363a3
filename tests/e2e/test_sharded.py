"""A tenant with a shard: what is sent for it is in few partitions, and shown once, also while the shard changes."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from router.core.model.alert import TenantId
from router.core.shard import Shard
from router.ports.kafka import TENANT
from tests.e2e.system import System, Tenant
from tests.e2e.tenants import sharded
from tests.e2e.test_tenants import loaded
from tests.e2e.webhooks import firing
from tests.waiting import eventually

PARTITIONS = 4
"""Of the topics that `up` makes."""

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]


async def test_what_is_sent_is_in_few_partitions_and_shown_once_while_their_number_changes(
    fast: System, tmp_path: Path
) -> None:
    async with fast.tenant("sharded") as tenant:
        few = await sent(tenant, [f"Few{number:02}" for number in range(12)])
        assert await places(tenant, few) == set(of(2))

        await apply(tenant, 3, 2, tmp_path)
        more = await sent(tenant, [f"More{number:02}" for number in range(24)])
        assert await places(tenant, more) == set(of(3))

        await apply(tenant, 1, 3, tmp_path)
        last = await sent(tenant, [f"Last{number:02}" for number in range(12)])
        assert await places(tenant, last) == set(of(1))

        await tenant.settled(within_s=60)
        texts = [message.text for message in await tenant.messages()]
        names = [*few, *more, *last]
        assert sorted(name for name in names for text in texts if name in text) == sorted(names)
        assert (await tenant.books()).get("possible_repeats", 0) == 0


def of(size: int) -> tuple[int, ...]:
    return Shard(TenantId("sharded"), size).of(PARTITIONS)


async def sent(tenant: Tenant, names: Sequence[str]) -> Sequence[str]:
    for name in names:
        await tenant.send(firing(name))
    return names


async def places(tenant: Tenant, names: Sequence[str]) -> set[int]:
    """The partitions in which the bodies with these names are, once all of them are there."""

    async def found() -> set[int] | None:
        records = await tenant.system.kafka.records("alerts.inbound")
        ours = [one for one in records if dict(one.headers).get(TENANT) == tenant.name.encode()]
        by_name = {name: one.partition for one in ours for name in names if name.encode() in one.value}
        return set(by_name.values()) if len(by_name) == len(names) else None

    return await eventually(found, within_s=20) or set()


async def apply(tenant: Tenant, size: int, version: int, folder: Path) -> None:
    """Another size, which the gateway has taken in when this returns."""
    file = folder / "sharded.yaml"
    file.write_text(json.dumps(sharded(tenant.name, size)), encoding="utf-8")
    applied = await tenant.system.command("tenant", "apply", str(file))
    assert applied.code == 0, applied
    await eventually(lambda: loaded(tenant, version=version), within_s=5)
