"""What fires of a tenant, by the index that transitions keep, and who compares it with what Alertmanager lists."""

from collections.abc import Mapping, Sequence
from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.sealed import ANY_NAMES, SealedTexts
from router.core.model.alert import AlertId, TenantId
from router.core.model.instant import MILLISECOND, Span
from router.core.model.key import GroupId
from router.core.model.rules.names import ReceiverName
from router.core.seal.names import is_name
from router.ports.comparison import Occasion
from router.ports.sealing import Vault

_SCAN_BATCH: Final = 1000


class RedisComparisons:
    """The comparisons of all tenants."""

    def __init__(self, connection: Connection, vault: Vault | None = None) -> None:
        self._redis = connection
        self._vault = vault

    async def lead(self, tenant: TenantId, occasion: Occasion, span: Span) -> bool:
        """Whether this process compares for the tenant now; for so long nobody else does on that occasion."""
        key = keys.tenant_key(tenant, "comparing", occasion)
        return bool(await self._redis.ask(COMMANDS.set(key, "1", px=span // MILLISECOND, nx=True)))

    async def firing(
        self, tenant: TenantId, receivers: Sequence[ReceiverName]
    ) -> Mapping[GroupId, Sequence[AlertId]]:
        """The groups of these receivers in which alerts fire, read a thousand alerts at a time."""
        found: dict[GroupId, set[AlertId]] = {}
        for receiver in receivers:
            cursor = -1
            while cursor:
                scan = COMMANDS.hscan(keys.where_key(tenant, receiver), max(cursor, 0), count=_SCAN_BATCH)
                cursor, some = await self._redis.ask(scan)
                for alert, groups in (await self._read(tenant, some)).items():
                    for group in groups.split():
                        found.setdefault(GroupId(group), set()).add(alert)
        return {group: sorted(alerts) for group, alerts in found.items()}

    async def _read(self, tenant: TenantId, some: Mapping[str, str]) -> Mapping[AlertId, str]:
        """The same by the alerts' ids."""
        if self._vault is None or not any(map(is_name, some)):
            return {AlertId(one): groups for one, groups in some.items()}
        texts = SealedTexts(await self._vault.keys(tenant))
        return {alert: some[one] for one, alert in texts.readable(some.keys() - {ANY_NAMES}).items()}
