"""How tenants stand, and what is counted for several of them in one step."""

from collections.abc import Mapping, Sequence

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.core.model.alert import TenantId
from router.errors import UnavailableError
from router.ports.marks import Standing


class RedisGroupMarks:
    """The marks of all tenants' groups; the script `apply` sets them."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def standings(self, tenants: Sequence[TenantId]) -> list[Standing | None]:
        """How each tenant stands; None for one without data, or for whom Redis does not answer."""
        asked = [COMMANDS.mget(keys.tenant_keys(tenant, "epoch", "active", "marks")) for tenant in tenants]
        return [_standing(one) for one in await self._redis.answered(asked)]

    async def count_duplicates(self, alerts: Mapping[TenantId, int]) -> set[TenantId]:
        """Add to the books of each tenant; the tenants for whom it may not have been done."""
        asked = [
            (tenant, COMMANDS.hincrby(keys.tenant_key(tenant, "books"), counter, by))
            for tenant, by in alerts.items()
            for counter in ("accepted", "duplicates")
        ]
        try:
            answers = await self._redis.execute([command for _, command in asked])
        except UnavailableError:
            return set(alerts)
        pairs = zip(asked, answers, strict=True)
        return {tenant for (tenant, _), answer in pairs if isinstance(answer, UnavailableError)}


def _standing(answer: Sequence[str | None] | UnavailableError) -> Standing | None:
    if isinstance(answer, UnavailableError):
        return None
    epoch, version, marks = answer
    return None if epoch is None else Standing(epoch, int(version or 0), marks or "")
