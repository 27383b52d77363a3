"""The generation of the index, an id and until when what is not in it may have been lost; and whose data is whole."""

from collections.abc import Collection
from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.announcing import announced
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.documents import UNPROVEN, is_unproven
from router.adapters.redis.holds import HoldRepository
from router.core.model.alert import TenantId
from router.core.model.instant import Instant, to_rfc3339
from router.ports.generation import Generation

_LEASE_MS: Final = 60_000


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

    async def hold_everybody(self) -> None:
        """Put sending on hold for everybody, as it was before the loss."""
        await HoldRepository(self._redis).hold()


class RedisProofs:
    """The epoch of a tenant shows whether its data is whole; it is announced as a change of the tenant."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def lease(self, owner: str) -> bool:
        """Whether this process is the one that puts data together, for the next minute."""
        _, holder = await self._redis.ask_all([
            COMMANDS.set(keys.RECOVERING, owner, nx=True, px=_LEASE_MS), COMMANDS.get(keys.RECOVERING)
        ])  # fmt: skip
        if holder == owner:
            await self._redis.ask(COMMANDS.pexpire(keys.RECOVERING, _LEASE_MS))
        return bool(holder == owner)

    async def release(self, owner: str) -> None:
        """This process has put together what there was."""
        if await self._redis.ask(COMMANDS.get(keys.RECOVERING)) == owner:
            await self._redis.ask(COMMANDS.delete(keys.RECOVERING))

    async def prove(self, tenants: Collection[TenantId]) -> None:
        """Their data is whole: from now on it is sent for them."""
        epochs = [keys.tenant_key(one, "epoch") for one in tenants]
        found = await self._redis.ask_all([COMMANDS.get(one) for one in epochs])
        pairs = [(key, text) for key, text in zip(epochs, found, strict=True) if is_unproven(text)]
        await self._redis.ask_all([COMMANDS.set(key, text.removeprefix(UNPROVEN), xx=True) for key, text in pairs])
        await self._redis.ask_all([announced(one) for one in tenants])


def read_generation(text: str | None) -> Generation | None:
    """As it is stored."""
    if not text:
        return None
    name, until = text.split()
    return Generation(name, Instant(int(until)))
