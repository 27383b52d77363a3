"""What Redis prints of how it keeps what is stored, read from real servers."""

from pathlib import Path

import pytest
from alert_router_local.engines import start_redis

from router.adapters.redis.connection import Connection
from router.adapters.redis.memory import RedisMemory


@pytest.mark.parametrize(
    ("arguments", "limit", "evicts", "appends"),
    [
        pytest.param(("--appendonly", "yes", "--maxmemory", "64mb"), 64 << 20, False, True, id="as it should be"),
        pytest.param(("--maxmemory-policy", "allkeys-lru"), 0, True, False, id="a cache"),
    ],
)
async def test_what_a_server_does_with_what_is_stored_is_known(
    arguments: tuple[str, ...], limit: int, evicts: bool, appends: bool, tmp_path: Path
) -> None:
    engine = await start_redis(*arguments, "--dir", str(tmp_path))
    connection = Connection(f"redis://127.0.0.1:{engine.port}/0")
    try:
        [found] = (await RedisMemory(connection).memory()).values()
    finally:
        await connection.close()
        await engine.stop()

    assert (found.limit, found.evicts, found.appends) == (limit, evicts, appends)
    assert found.used > 0
