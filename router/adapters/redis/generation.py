"""The generation of the index: an id, and until when what is not in the index may have been lost."""

from collections.abc import Collection

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.core.model.alert import TenantId
from router.core.model.instant import Instant, to_rfc3339
from router.ports.generation import Generation


class RedisGenerations:
    """A string beside the index, lost with it."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def current(self) -> Generation | None:
        """The one that lives; None for a new Redis, and for one that has lost the index."""
        return read_generation(await self._redis.ask(COMMANDS.get(keys.GENERATION)))

    async def begin(self, generation: Generation) -> Generation:
        """Begin this one unless another one lives by now; the one that lives."""
        text = f"{generation.id} {generation.doubtful_until}"
        _, stored = await self._redis.ask_all([
            COMMANDS.set(keys.GENERATION, text, nx=True), COMMANDS.get(keys.GENERATION)
        ])  # fmt: skip
        return read_generation(stored) or generation

    async def keep(self, tenants: Collection[TenantId], suspended: Collection[TenantId]) -> None:
        """Note that these tenants are there, whatever of them was lost, and for whom nothing is to be sent.

        They are not announced: who has a configuration again is announced with it.
        """
        now = to_rfc3339(await self._redis.now())
        entries = [COMMANDS.zadd(keys.TENANTS, dict.fromkeys(tenants, 0), nx=True)] if tenants else []
        pauses = [COMMANDS.set(keys.tenant_key(one, "suspended"), now, nx=True) for one in suspended]
        await self._redis.ask_all([*pauses, *entries])


def read_generation(text: str | None) -> Generation | None:
    """As it is stored."""
    if not text:
        return None
    name, until = text.split()
    return Generation(name, Instant(int(until)))
