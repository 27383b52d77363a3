"""What is noted of Redis' runs is found again, also as an older release notes it."""

import pytest
from alert_router_local.process import Engine as Process

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.runs import RedisRuns
from router.core.model.instant import SECOND, Instant
from router.ports.runs import Noted
from tests.adapters.builders import NOON
from tests.conftest import an_empty_redis
from tests.redis_at import redis_at


@pytest.mark.parametrize("noted", [Noted(), Noted(frozenset({"run-1", "run-2"}), NOON, Instant(NOON + SECOND))])
async def test_what_is_noted_is_found_again(valkey: Process, noted: Noted) -> None:
    async with an_empty_redis(valkey) as url:
        connection = redis_at(url)
        runs = RedisRuns(connection)

        await runs.note(noted)

        assert await runs.noted() == noted
        await connection.close()


async def test_what_an_older_release_has_noted_is_read_on(valkey: Process) -> None:
    async with an_empty_redis(valkey) as url:
        connection = redis_at(url)
        await connection.ask(COMMANDS.set(keys.RUNS, f"{NOON} run-1", ex=60))

        assert await RedisRuns(connection).noted() == Noted(frozenset({"run-1"}), NOON)
        await connection.close()
