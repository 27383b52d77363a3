"""On a real cluster: each command goes where its key is, and fails alone."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from alert_router_local.process import Engine
from redis.crc import key_slot

from router.adapters.redis import keys, nodes
from router.adapters.redis.command import COMMANDS, Command
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.memory import RedisMemory
from router.adapters.redis.outbox import RedisOutbox
from router.adapters.redis.schedule import RedisSchedule
from router.adapters.redis.secrets import SecretRepository
from router.adapters.redis.server import Pipeline
from router.adapters.redis.tenants import TenantRepository
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, SECOND
from router.core.model.rules.names import SecretName
from router.errors import ConfigurationError, UnavailableError
from router.ports.secrets import SealedSecrets
from tests.adapters.builders import key_of, store, waiting, write
from tests.cluster import ThreeMasters, three_masters
from tests.conftest import url_of
from tests.waiting import eventually

TENANTS: Final = [TenantId(f"tenant-{number}") for number in range(12)]
"""At least two on each master."""

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ThreeMasters]:
    async with three_masters(tmp_path_factory.mktemp("three")) as found:
        yield found


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    connection = Connection(url, cluster=True)
    yield connection
    await connection.close()


@pytest.fixture
async def redis(cluster: ThreeMasters) -> AsyncIterator[Connection]:
    """A connection to an empty cluster."""
    await eventually(cluster.whole, within_s=30, every_s=0.1)
    for master in await cluster.masters():
        await master.ask("FLUSHALL", "SYNC")
    async with connected(cluster.url) as connection:
        yield connection


def _key(tenant: TenantId) -> str:
    return keys.tenant_key(tenant, "books")


async def _away(cluster: ThreeMasters, tenant: TenantId) -> list[TenantId]:
    """The tenants that are on the same master."""
    owner = await cluster.owner(tenant)
    return [one for one in TENANTS if await cluster.owner(one) is owner]


async def test_a_batch_over_all_masters_is_answered_in_its_order(redis: Connection) -> None:
    await redis.ask_all([COMMANDS.hset(_key(one), "name", one) for one in TENANTS])

    assert await redis.execute([COMMANDS.hget(_key(one), "name") for one in TENANTS]) == TENANTS


async def test_commands_at_one_key_are_carried_out_in_their_order(redis: Connection) -> None:
    commands = [COMMANDS.hincrby(_key(one), "count", 1) for _ in range(5) for one in TENANTS]

    assert await redis.execute(commands) == [number for number in range(1, 6) for _ in TENANTS]


async def test_an_error_of_one_command_is_its_own(redis: Connection) -> None:
    await redis.ask(COMMANDS.set(_key(TENANTS[0]), "not a hash"))

    wrong, right = await redis.execute([COMMANDS.hget(_key(TENANTS[0]), "a"), COMMANDS.hget(_key(TENANTS[1]), "a")])

    assert (type(wrong), right) == (UnavailableError, None)


async def test_scripts_over_all_masters_are_loaded_where_they_lack(redis: Connection) -> None:
    await redis.ask_all([COMMANDS.set(keys.tenant_key(one, "epoch"), "1") for one in TENANTS])
    writes = [write(AlertGroup(key_of()), waiting(), tenant=one) for one in TENANTS]

    assert set(await store(GroupStore(redis), writes)) == {"ok"}

    assert set(await store(GroupStore(redis), writes)) == {"conflict"}


async def test_keys_are_looked_for_on_every_master(redis: Connection) -> None:
    secrets, tenants = SecretRepository(redis), TenantRepository(redis)
    for one in TENANTS:
        await secrets.replace(one, SealedSecrets(), SealedSecrets({SecretName("slack"): "sealed"}))
        await tenants.publish(one, "text")

    assert await secrets.tenants() == sorted(TENANTS)

    await tenants.remove(TENANTS[0])
    assert await secrets.tenants() == sorted(TENANTS[1:])


async def test_memory_is_known_node_by_node(redis: Connection) -> None:
    memory = RedisMemory(redis)

    found = await memory.memory()

    assert len(found) == 3
    assert {memory.part_of(one) for one in TENANTS} == set(found)


async def test_a_slot_that_has_moved_is_followed(redis: Connection, cluster: ThreeMasters) -> None:
    tenant = TENANTS[0]
    await redis.ask(COMMANDS.hset(_key(tenant), "name", tenant))
    before = await cluster.owner(tenant)

    async def nothing() -> None: ...

    await cluster.move(tenant, nothing)

    assert await redis.execute([COMMANDS.hget(_key(one), "name") for one in TENANTS[:2]]) == [tenant, None]
    assert await TenantRepository(redis).publish(tenant, "text") == 1
    assert await cluster.owner(tenant) is not before


async def test_keys_of_a_slot_that_is_being_moved_are_found_on_either_side(
    redis: Connection, cluster: ThreeMasters
) -> None:
    tenant = TENANTS[1]
    places = [keys.tenant_key(tenant, "config", str(number)) for number in range(8)]
    await redis.ask_all([COMMANDS.set(place, place) for place in places])
    found: list[object] = []

    async def look() -> None:
        found.extend(await redis.execute([COMMANDS.get(place) for place in places]))
        found.append(await redis.ask(COMMANDS.get(_key(TENANTS[2]))))

    await cluster.move(tenant, look)

    assert found == [*places, None]


async def test_a_script_that_needs_keys_of_both_sides_waits_and_nobody_else_does(
    redis: Connection, cluster: ThreeMasters
) -> None:
    moving, other = TENANTS[1], TENANTS[2]
    await redis.ask_all([COMMANDS.set(keys.tenant_key(one, "epoch"), "1") for one in (moving, other)])
    await redis.ask_all([COMMANDS.set(keys.tenant_key(moving, "config", str(one)), "") for one in range(3)])
    script = GroupStore(redis)._apply
    found: list[object] = []

    async def store() -> None:
        places = [[keys.tenant_key(one, part) for part in ("epoch", "active")] for one in (moving, other)]
        plans = [script.on([*some, *(some * 4)[:7]], ['{"config":"1"}']) for some in places]
        found.extend(await redis.execute(plans))

    await cluster.move(moving, store)

    assert (type(found[0]), found[1]) == (UnavailableError, ["reload"])


async def test_while_a_master_is_dead_only_its_tenants_wait_until_its_replica_takes_over(
    redis: Connection, cluster: ThreeMasters
) -> None:
    tenant = TENANTS[0]
    await redis.ask_all([COMMANDS.hset(_key(one), "name", one) for one in TENANTS])
    await eventually(cluster.in_step, within_s=30, every_s=0.1)
    waiting_ones, dead = await _away(cluster, tenant), await cluster.owner(tenant)
    try:
        await dead.kill()

        answers = await redis.execute([COMMANDS.hget(_key(one), "name") for one in TENANTS])
        for one, answer in zip(TENANTS, answers, strict=True):
            assert (type(answer) is UnavailableError) if one in waiting_ones else (answer == one)

        async def all_answer() -> bool:
            return await redis.execute([COMMANDS.hget(_key(one), "name") for one in TENANTS]) == TENANTS

        await eventually(all_answer, within_s=20)
    finally:
        await dead.start()


async def test_a_node_that_hangs_is_waited_for_once_and_bulk_reads_answer_for_the_others(
    redis: Connection, cluster: ThreeMasters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It hangs for less than the time after which its replica would take over."""
    monkeypatch.setattr(nodes, "NODE_TIMEOUT_S", 0.2)
    async with connected(cluster.url) as connection:
        schedule, tenant = RedisSchedule(connection), TENANTS[0]
        await schedule.next_due(TENANTS)
        waiting_ones, hanging = await _away(cluster, tenant), await cluster.owner(tenant)
        assert hanging.engine is not None
        os.kill(hanging.engine.process.pid, signal.SIGSTOP)
        try:
            due = await schedule.next_due(TENANTS)
            began = time.monotonic()
            for _ in range(20):
                await schedule.next_due(TENANTS)
                with pytest.raises(UnavailableError, match="away"):
                    await RedisOutbox(connection).read(tenant)
            took = time.monotonic() - began
        finally:
            os.kill(hanging.engine.process.pid, signal.SIGCONT)
        assert due == [None if one in waiting_ones else NEVER for one in TENANTS]
        assert took < 0.2, "nobody waits for it again"

        async def answers() -> bool:
            return None not in await schedule.next_due(TENANTS)

        await eventually(answers, within_s=20)


async def test_the_time_is_known_while_the_node_with_the_index_is_away_and_ready_it_is_not(
    cluster: ThreeMasters,
) -> None:
    await eventually(cluster.whole, within_s=30, every_s=0.1)
    dead = await cluster.owner(":index")
    async with connected(cluster.url) as connection:
        await connection.ping()
        await dead.kill()
        try:
            with pytest.raises(UnavailableError):
                await connection.ping()
            assert abs(await connection.now() - time.time() * SECOND) < 5 * SECOND
            await eventually(lambda: _pings(connection), within_s=20)
        finally:
            await dead.start()


async def _pings(connection: Connection) -> bool:
    try:
        await connection.ping()
    except UnavailableError:
        return False
    return True


async def test_a_cluster_of_which_nobody_answers_is_unavailable_and_answers_when_it_is_back(tmp_path: Path) -> None:
    async with three_masters(tmp_path) as small, connected(small.nodes[0].url) as connection:
        await asyncio.gather(*(node.kill() for node in small.nodes))
        with pytest.raises(UnavailableError):
            await connection.ping()

        await asyncio.gather(*(node.start() for node in small.nodes))

        await eventually(lambda: _pings(connection), within_s=30)


async def test_a_node_of_a_cluster_is_refused_without_the_setting_and_a_single_server_with_it(
    cluster_valkey: Engine, valkey: Engine
) -> None:
    """A node that has all slots never answers that another one has a key."""
    alone, together = Connection(url_of(cluster_valkey)), Connection(url_of(valkey), cluster=True)
    try:
        with pytest.raises(ConfigurationError, match="set ALERT_ROUTER_REDIS__CLUSTER=true"):
            await alone.ping()
        with pytest.raises(ConfigurationError, match=r"ALERT_ROUTER_REDIS__CLUSTER: .*does not belong to a cluster"):
            await together.ping()
    finally:
        await alone.close()
        await together.close()


async def test_who_may_not_ask_for_the_kind_of_server_learns_it_from_the_first_key_of_another_one(
    cluster: ThreeMasters,
) -> None:
    places = [keys.tenant_key(one, "secrets") for one in TENANTS]
    for node in cluster.nodes:
        await node.ask("ACL", "SETUSER", "narrow", "on", ">word", "~*", "+@all", "-info")
    alone = Connection(cluster.nodes[0].url.replace("redis://", "redis://narrow:word@"))
    try:
        with pytest.raises(ConfigurationError, match="set ALERT_ROUTER_REDIS__CLUSTER=true"):
            await alone.execute([COMMANDS.exists(place) for place in places])

        async def watch(pipeline: Pipeline) -> None:
            for place in places:
                await pipeline.watch(place)

        with pytest.raises(ConfigurationError, match="set ALERT_ROUTER_REDIS__CLUSTER=true"):
            await alone.atomically(places[0], watch)
    finally:
        await alone.close()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/1", "unix:///tmp/redis.sock", "http://127.0.0.1:1"])
def test_an_address_that_no_cluster_has_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Connection(url, cluster=True)


def test_a_command_knows_its_key() -> None:
    assert COMMANDS.hget("a", "b") == Command(("HGET", "a", "b"), "a", {"keys": ["a"]})
    assert key_slot(b"alert-router:{acme}:g:1") == key_slot(b"acme")
