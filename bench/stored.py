"""`python -m bench.stored`: bytes that one alert group takes in Redis, on the embedded Valkey.

Once with Redis' own thresholds, as a managed one may have, and once with those that the embedded engine is given.
"""

import asyncio
import sys
from collections.abc import Sequence
from typing import Final

from alert_router_local.engines import start_redis

from bench.groups import Life, lives
from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.core.model.group import AlertGroup
from router.core.model.instant import MINUTE
from router.core.model.transition import Transition
from router.ports.state import StoreTransition

GROUPS: Final = 2_000
_ALERTS: Final = (1, 5)
_DEFAULTS: Final = ("--hash-max-listpack-value", "64")


async def stored(alerts: int, *options: str) -> tuple[float, float, str]:
    """Bytes of the group's own hash, bytes of all that a group adds to Redis, and how the hash is kept."""
    known = lives(GROUPS, alerts)
    engine = await start_redis(*options)
    try:
        connection = Connection(f"redis://127.0.0.1:{engine.port}/0")
        try:
            return await _measured(connection, known)
        finally:
            await connection.close()
    finally:
        await engine.stop()


async def _measured(connection: Connection, known: Sequence[Life]) -> tuple[float, float, str]:
    tenant = known[0].tenant.tenant_id
    await connection.ask(COMMANDS.set(keys.tenant_key(tenant, "epoch"), "1"))
    store, sent = GroupStore(connection), [_stored(one) for one in known]
    await store.apply(sent[:1])
    before = await _used(connection)
    for start in range(1, len(sent), 100):
        await store.apply(sent[start : start + 100])
    after = await _used(connection)
    own = keys.group_key(tenant, known[1].shown.key.group_id)
    encoding, size = await connection.ask_all(
        [COMMANDS.object("ENCODING", own), COMMANDS.memory_usage(own, samples=0)]
    )
    return size, (after - before) / (len(known) - 1), str(encoding)


async def _used(connection: Connection) -> int:
    used: int = (await connection.ask(COMMANDS.info("memory")))["used_memory"]
    return used


def _stored(one: Life) -> StoreTransition:
    before = AlertGroup(one.folded.key)
    return StoreTransition(one.tenant.tenant_id, before, Transition(one.shown), one.seen.observed, MINUTE)


async def _main() -> None:
    sys.stdout.write(f"{'alerts':8}{'thresholds':12}{'hash':>8}{'in all':>8}  encoding\n")
    for alerts in _ALERTS:
        for name, options in (("default", _DEFAULTS), ("embedded", ())):
            own, whole, encoding = await stored(alerts, *options)
            sys.stdout.write(f"{alerts:<8}{name:12}{own:8.0f}{whole:8.0f}  {encoding}\n")


if __name__ == "__main__":
    asyncio.run(_main())
