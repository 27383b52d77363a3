"""Each promise is tried three times: in memory, on Valkey alone, and on Valkey in cluster mode."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from alert_router_local.process import Engine as Process
from redis.asyncio import Redis

from tests.adapters.builders import ACME
from tests.conftest import an_empty_redis
from tests.contracts.engines import Engine, InMemory, OnRedis
from tests.contracts.shelf import Shelf
from tests.redis_at import redis_at


@pytest.fixture(params=["memory", "standalone", "cluster"])
async def engine(request: pytest.FixtureRequest, valkey: Process, cluster_valkey: Process) -> AsyncIterator[Engine]:
    """One engine, empty."""
    if request.param == "memory":
        yield InMemory()
        return
    async with an_empty_redis(valkey if request.param == "standalone" else cluster_valkey) as url:
        connection = redis_at(url)
        raw: Any
        async with Redis.from_url(url, decode_responses=True) as raw:
            yield OnRedis(connection, raw)
        await connection.close()


@pytest.fixture
async def shelf(engine: Engine) -> Shelf:
    """The groups of a tenant whose version 3 is active."""
    await engine.activate(ACME, 3)
    return Shelf(engine)
