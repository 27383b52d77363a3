"""A pool's workers log in to Redis as themselves and reach alerts of their own tenants alone, on the real engine."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Final

import aiohttp
import pytest
from alert_router_local.process import HOST, free_port
from redis.exceptions import NoPermissionError, ResponseError
from slack_emulator import Emulator

from bench.processes import role
from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.redis.connection import Connection
from router.adapters.redis.turns import RedisTurns
from router.adapters.redis.worker_rights import ANY, COMMANDS, OWN, READ, worker_user
from router.control.kinds.registry import KINDS
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.core.pool import SHARED, Pool
from router.ports.pools import Pools
from tests import users
from tests.adapters.builders import NOON
from tests.chaos.processes import Valkey
from tests.deploy.pooled import SOON_S, Pooled, is_ready
from tests.deploy.test_redis_users import SERVER, commands, logged_in
from tests.e2e.webhooks import firing, resolved
from tests.waiting import eventually

GOLD: Final = Pool("gold")
OF_GOLD: Final = (TenantId("acme"), TenantId("initech"))
LOGIN: Final = worker_user("worker-gold", "worker-gold", GOLD, OF_GOLD)

REFUSED: Final = """
    HGETALL alert-router:{globex}:g:0123 | HSET alert-router:{globex}:g:0123 head text
    DEL alert-router:{globex}:g:0123
    GET alert-router:{globex}:g:0123 | COPY alert-router:{globex}:g:0123 alert-router:{acme}:g:0123
    COPY alert-router:{acme}:g:0123 alert-router:{globex}:g:0123
    ZRANGE alert-router:{globex}:due 0 -1 | ZADD alert-router:{globex}:due 0 group
    ZRANGE alert-router:{globex}:lane:C1:post 0 -1 | HGETALL alert-router:{globex}:where:oncall
    XRANGE alert-router:{globex}:outbox - + | XADD alert-router:{globex}:outbox * field text
    HGETALL alert-router:{globex}:secrets | HGETALL alert-router:{globex}:keys
    HSET alert-router:{globex}:keys 1 text
    HGETALL alert-router:{globex}:metrics:page
    SET alert-router:{globex}:quota:alerts 1 | DEL alert-router:{globex}:epoch | SET alert-router:{globex}:epoch 2
    SET alert-router:{globex}:suspended text
    HGETALL alert-router:{globex-acme}:g:0123 | HGETALL alert-router:{acme}x:g:0123 | HGETALL alert-router:{}:g:0123
    ZRANGE alert-router:{:index}:turns 0 -1 | ZREM alert-router:{:index}:turns globex
    ZRANGE alert-router:{:index}:turns:silver 0 -1 | ZREM alert-router:{:index}:turns:silver globex
    SET alert-router:{:index}:watcher 1 | SET alert-router:{:index}:watcher:silver 1
    HGETALL alert-router:{:index}:tokens | HSET alert-router:{:index}:tokens digest acme
    SET alert-router:{acme}:active 7 | SET alert-router:{acme}:config:1 text
    HSET alert-router:{acme}:silences id text
    HSET alert-router:{acme}:secrets slack text | HSET alert-router:{acme}:signed 1 text
"""
"""What the login of gold's workers may not do: what is of tenants of others, and what no worker may."""

ALLOWED: Final = """
    HGETALL alert-router:{acme}:g:0123 | HGETALL alert-router:{initech}:secrets | SET alert-router:{acme}:epoch 1
    GET alert-router:{globex}:quota:alerts | GET alert-router:{globex}:active
    GET alert-router:{globex}:config:1 | HGETALL alert-router:{globex}:silences
    ZADD alert-router:{:index}:turns LT 1 globex | ZADD alert-router:{:index}:turns:silver LT 1 globex
    ZRANGE alert-router:{:index}:turns:gold 0 -1 | SET alert-router:{:index}:watcher:gold 1
    SET alert-router:{acme}:quota:alerts 1
"""
"""What it may: also what docs/isolation.md says of it."""


@pytest.fixture(scope="module")
async def valkey(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Valkey]:
    engine = Valkey(tmp_path_factory.mktemp("pools") / "valkey", logins=(LOGIN,))
    await engine.start()
    yield engine
    await engine.kill()


def test_the_shared_pools_line_is_that_of_the_file() -> None:
    lines = users.ACL.read_text(encoding="utf-8").splitlines()

    assert worker_user("worker", "${WORKER_PASSWORD}") in lines


def test_every_part_of_a_tenant_that_is_named_is_a_stored_kind_and_patterns_reach_no_other() -> None:
    parts = {one.removesuffix(":*") for one in (*OWN, *READ)}

    assert parts <= {kind.name for kind in KINDS}
    assert [word for word in LOGIN.split() if ANY in word and not word.startswith("%R~")] == []
    assert not set(COMMANDS) & {"keys", "eval", "flushall", "acl", "config"}


async def test_what_is_of_tenants_of_others_is_refused(valkey: Valkey) -> None:
    async with logged_in(valkey, "worker-gold") as client:
        for words in commands(SERVER + REFUSED):
            with pytest.raises(NoPermissionError):
                await client.execute_command(*words)


async def test_what_is_of_its_own_is_allowed_and_what_all_workers_read(valkey: Valkey) -> None:
    async with logged_in(valkey, "worker-gold") as client:
        for words in commands(ALLOWED):
            await client.execute_command(*words)


async def test_a_script_reaches_no_more_than_who_calls_it(valkey: Valkey) -> None:
    async with logged_in(valkey, "worker-gold") as client:
        digest = await client.execute_command("SCRIPT", "LOAD", "return redis.call('HGETALL', ARGV[1])")

        with pytest.raises(ResponseError, match=r"(?i)acl|permission"):
            await client.execute_command("EVALSHA", digest, 1, "alert-router:{acme}:due", "alert-router:{globex}:g:1")


async def test_turns_are_offered_everywhere_and_taken_from_ones_own(valkey: Valkey) -> None:
    connection = Connection(users.url("worker-gold", f"{HOST}:{valkey.port}"))
    gold = RedisTurns(connection, Pools(GOLD, lambda tenant: GOLD if tenant in OF_GOLD else SHARED))
    await gold.offer({TenantId("acme"): NOON, TenantId("globex"): NOON})

    assert await gold.take(NOON) == (TenantId("acme"), NEVER)
    assert (await gold.take(NOON))[0] is None
    await connection.close()


@pytest.mark.long
@pytest.mark.night
@pytest.mark.timeout(400)
async def test_the_workers_of_a_pool_do_their_work_and_are_forbidden_nothing(
    valkey: Valkey, kafka: KafkaConnection, slack: Emulator, unique: str, tmp_path: Path
) -> None:
    pooled = Pooled(valkey, kafka, slack, tmp_path, unique)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        await pooled.add("acme", pool="gold")
        await pooled.add("globex")
        ports = [free_port() for _ in range(3)]
        roles = {
            "gateway": {"GATEWAY__PORT": str(pooled.gateway), "GATEWAY__OPERATIONS_PORT": str(ports[0])},
            "worker": {"WORKER__PORT": str(ports[1])},
            "worker-gold": {"WORKER__PORT": str(ports[2]), "WORKER__POOL": "gold"},
        }
        for login, own in roles.items():
            settings = {**pooled.settings(login), **own}
            await stack.enter_async_context(role(tmp_path / f"{login}.log", settings, login.partition("-")[0]))
        for port in ports:
            await eventually(partial(is_ready, http, port), within_s=120, every_s=0.2)

        for tenant in ("acme", "globex"):
            await pooled.post(http, tenant, firing(f"Of-{tenant}"))
            await eventually(partial(pooled.shows, f"Of-{tenant}"), within_s=SOON_S)
            await pooled.post(http, tenant, resolved(f"Of-{tenant}"))
            await eventually(partial(pooled.shows, "RESOLVED", f"Of-{tenant}"), within_s=SOON_S)
        for port in ports:
            async with http.get(f"http://{HOST}:{port}/metrics") as answer:
                assert answer.status == 200

    forbidden = [
        line for login in roles for line in (tmp_path / f"{login}.log").read_text(encoding="utf-8").splitlines()
        if "forbid" in line or "No permissions" in line or '"level": "error"' in line
    ]  # fmt: skip
    assert forbidden == []
