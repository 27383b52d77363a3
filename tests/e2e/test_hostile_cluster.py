"""The whole system on a cluster of three masters with a replica each, of which nodes die and slots move.

Only those wait whose slot, or whose workspace's slot, is away; what was accepted meanwhile is shown when it is back,
and the books are exact.
"""

import os
import signal
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final

import pytest
from alert_router_local.seeding import token_of

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection
from router.adapters.redis.tokens import TokenRepository
from router.core.model.alert import TenantId
from router.core.model.token import token_digest
from tests.adapters.builders import new_token
from tests.cluster import Node, ThreeMasters, three_masters
from tests.e2e.conftest import FAST_SETTINGS
from tests.e2e.system import System, Tenant, up
from tests.e2e.tenants import document, write
from tests.e2e.webhooks import firing
from tests.waiting import eventually

pytestmark = pytest.mark.hostile

NAMES: Final = [f"slot-{number}" for number in range(12)]
SERVED_WITHIN_S: Final = 5.0
RETURN_WITHIN_S: Final = 60.0
WHOLE_WITHIN_S: Final = 40.0
AWAY_S: Final = 6.0
"""Longer than it takes until held records are tried again, and until the next sweep."""


@dataclass
class Site:
    """A running system on a cluster; every tenant is used by all tests, each alert by one."""

    cluster: ThreeMasters
    system: System
    tenants: list[Tenant]
    alone_s: float = 0
    fired: dict[str, list[str]] = field(default_factory=dict)

    async def fire(self, alert: str, tenants: Iterable[Tenant]) -> None:
        """Each of these tenants' senders posts an alert, which is accepted."""
        for one in tenants:
            await one.send(firing(alert))
            self.fired.setdefault(one.name, []).append(alert)

    async def shows(self, alert: str, tenants: Iterable[Tenant], within_s: float) -> float:
        """How long it takes until each of them is shown its alert."""
        began = time.monotonic()
        for one in tenants:
            left = within_s - (time.monotonic() - began)
            await eventually(lambda one=one: self._is_shown(one, alert), within_s=max(left, 0.1), every_s=0.05)  # type: ignore[misc]
        return time.monotonic() - began

    async def is_served(self, alert: str, tenants: Sequence[Tenant]) -> None:
        """An alert of each tenant is shown in time; how long it took while all was well is the yardstick."""
        await self.fire(alert, tenants)
        await self.shows(alert, tenants, max(SERVED_WITHIN_S, 3 * self.alone_s))

    async def whole(self) -> None:
        await eventually(self.cluster.in_step, within_s=WHOLE_WITHIN_S, every_s=0.1)

    async def is_ready(self) -> bool:
        return (await self.system.get("/ready"))[0] == 200

    async def who_needs(self, node: Node) -> list[Tenant]:
        """The tenants that have their data, or their workspace's budgets, on a node."""
        known = await self.system.redis.hgetall(keys.WORKSPACES)
        found = []
        for one in self.tenants:
            workspace = known[token_digest(token_of(one.name))]
            if node in {await self.cluster.owner(one.name), await self.cluster.owner(f"ws:{workspace}")}:
                found.append(one)
        return found

    async def books_are_exact(self) -> None:
        """Every alert of every tenant turned firing once, and was shown."""
        for one in self.tenants:
            books = await one.settled(within_s=RETURN_WITHIN_S)
            fired = len(self.fired[one.name])
            assert (books["changes"], books["notified"]) == (fired, fired), (one.name, books)
            assert await one.anomalies() == []

    async def _is_shown(self, tenant: Tenant, alert: str) -> bool:
        return any(alert in message.text for message in await tenant.messages())


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("cluster")
    async with three_masters(folder / "redis") as cluster, AsyncExitStack() as stack:
        tokens = await _tokens(cluster)
        files = write(folder / "tenants", [document(name) for name in NAMES])
        settings = {**FAST_SETTINGS, "REDIS__URL": cluster.url, "REDIS__CLUSTER": "true"}
        system = await stack.enter_async_context(up(files, **settings))
        system.ready["tokens"] = tokens
        yield Site(cluster, system, [await stack.enter_async_context(system.tenant(name)) for name in NAMES])


async def _tokens(cluster: ThreeMasters) -> dict[str, str]:
    connection = Connection(cluster.url, cluster=True)
    repository = TokenRepository(connection)
    tokens = {name: await new_token(repository, TenantId(name)) for name in NAMES}
    await connection.close()
    return tokens


@pytest.fixture
async def site(running: Site, request: pytest.FixtureRequest) -> Site:
    """All nodes are there, and every tenant is served."""
    await running.whole()
    alert = f"Before{request.node.name}"
    began = time.monotonic()
    await running.fire(alert, running.tenants)
    await running.shows(alert, running.tenants, 30)
    running.alone_s = time.monotonic() - began
    await running.books_are_exact()
    await running.whole()
    return running


async def _a_master_without_the_index(site: Site) -> Node:
    index = await site.cluster.owner(":index")
    return next(one for one in await site.cluster.masters() if one is not index)


async def test_when_a_master_dies_its_tenants_wait_for_its_replica_and_nobody_else_does(site: Site) -> None:
    dead = await _a_master_without_the_index(site)
    waiting = await site.who_needs(dead)
    others = [one for one in site.tenants if one not in waiting]
    assert waiting
    assert others
    await dead.kill()
    try:
        await site.fire("Failover", waiting)
        await site.is_served("Failover", others)
        await site.shows("Failover", waiting, RETURN_WITHIN_S)
        assert await site.is_ready()
    finally:
        await dead.start()
    await site.books_are_exact()


async def test_when_the_master_with_the_index_dies_nobody_is_ready_until_its_replica_has_it(site: Site) -> None:
    dead = await site.cluster.owner(":index")
    await dead.kill()
    try:
        await eventually(lambda: _is_not_ready(site), within_s=10)
        await site.fire("Index", site.tenants)
        await site.shows("Index", site.tenants, RETURN_WITHIN_S)
        await eventually(site.is_ready, within_s=10)
    finally:
        await dead.start()
    await site.books_are_exact()


async def _is_not_ready(site: Site) -> bool:
    return not await site.is_ready()


async def test_while_a_slot_is_moved_its_tenant_loses_nothing_and_nobody_else_waits(site: Site) -> None:
    moving, *others = site.tenants

    async def meanwhile() -> None:
        await site.fire("Moved", [moving])
        await site.is_served("Moved", others)

    await site.cluster.move(moving.name, meanwhile)
    await site.fire("Moves on", [moving])
    await site.is_served("Moves on", others)
    for alert in ("Moved", "Moves on"):
        await site.shows(alert, [moving], RETURN_WITHIN_S)
    await site.books_are_exact()


@pytest.mark.parametrize("fate", ["dies", "hangs"])
async def test_while_a_slot_is_away_only_its_tenants_wait_and_are_served_when_it_returns(
    site: Site, fate: str
) -> None:
    away = await _a_master_without_the_index(site)
    replica = await site.cluster.replica(away)
    waiting = await site.who_needs(away)
    others = [one for one in site.tenants if one not in waiting]
    assert waiting
    assert others
    await replica.kill()
    await _befall(away, fate)
    try:
        await site.fire(f"Away {fate}", waiting)
        until, number = time.monotonic() + AWAY_S, 0
        while time.monotonic() < until:
            await site.is_served(f"Meanwhile {number} {fate}", others)
            number += 1
        assert await site.is_ready()
        shown = [await site._is_shown(one, f"Away {fate}") for one in waiting]
        assert not any(shown)
        assert "redis_node_away" in {line["event"] for line in site.system.log_lines()}
    finally:
        await _undo(away, fate)
        await replica.start()
    await site.shows(f"Away {fate}", waiting, RETURN_WITHIN_S)
    await site.books_are_exact()


async def _befall(node: Node, fate: str) -> None:
    if fate == "dies":
        await node.kill()
    else:
        os.kill(_pid(node), signal.SIGSTOP)


async def _undo(node: Node, fate: str) -> None:
    if fate == "dies":
        await node.start()
    else:
        os.kill(_pid(node), signal.SIGCONT)


def _pid(node: Node) -> int:
    assert node.engine is not None
    return node.engine.process.pid
