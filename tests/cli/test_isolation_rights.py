"""`alert-router isolation rights`: what is printed of the tenants that Redis holds."""

import json

from router.adapters.redis.connection import Connection
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.worker_rights import worker_user
from router.config import stored
from router.config.read import read_document
from router.core.model.alert import TenantId
from router.core.pool import SHARED, Pool
from tests.cli.running import run
from tests.config.samples import EXAMPLE

GOLD = Pool("gold")
POOLS = '["gold", "silver"]'


async def add(redis: Connection, tenant: str, pool: str) -> None:
    text = EXAMPLE.replace("tenant: acme", f"tenant: {tenant}").replace("platform:", f"platform:\n  pool: {pool}")
    await TenantRepository(redis).publish(TenantId(tenant), stored.dump(read_document(text, tenant), text))


async def test_the_tenants_of_a_pool_are_named_key_by_key(engine: str, redis: Connection) -> None:
    await add(redis, "initech", "gold")
    await add(redis, "globex", "silver")

    done = await run("isolation", "rights", "--pool", "gold", REDIS__URL=engine, KAFKA__POOLS=POOLS)

    assert done.out == worker_user("worker-gold", "${PASSWORD}", GOLD, [TenantId("initech")]) + "\n"
    assert "{initech}" in done.out
    assert "{acme}" not in done.out
    assert "{globex}" not in done.out


async def test_one_who_is_about_to_move_is_named_as_well(engine: str, redis: Connection) -> None:
    await add(redis, "initech", "gold")

    done = await run(
        "isolation", "rights", "--pool", "gold", "--besides", "acme", "--json", REDIS__URL=engine, KAFKA__POOLS=POOLS
    )

    found = json.loads(done.out)
    assert (found["pool"], found["tenants"]) == ("gold", ["acme", "initech"])
    assert found["kafka"] == "POOLS='gold=alert-router-worker-gold'"


async def test_the_shared_pool_has_who_names_none_and_who_names_one_that_is_not_there(
    engine: str, redis: Connection
) -> None:
    await add(redis, "initech", "gold")
    await add(redis, "globex", "bronze")

    done = await run("isolation", "rights", "--pool", "shared", REDIS__URL=engine, KAFKA__POOLS=POOLS)

    tenants = [TenantId("acme"), TenantId("globex")]
    assert done.out == worker_user("worker", "${PASSWORD}", SHARED, tenants) + "\n"


async def test_a_variable_of_acls_sh_is_printed_for_kafka(engine: str) -> None:
    settings = {"REDIS__URL": engine, "KAFKA__POOLS": POOLS}

    done = await run("isolation", "rights", "--pool", "silver", "--engine", "kafka", **settings)

    assert done.out == "POOLS='silver=alert-router-worker-silver'\n"


async def test_a_pool_that_is_not_there_is_refused_with_those_that_are(engine: str) -> None:
    done = await run("isolation", "rights", "--pool", "golden", REDIS__URL=engine, KAFKA__POOLS=POOLS)

    assert done.code == 2
    assert "there is no pool golden, by ALERT_ROUTER_KAFKA__POOLS; there are gold, shared, silver" in done.err
