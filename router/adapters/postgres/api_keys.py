"""API keys in the record. Those of the installation stand under a tenant that there cannot be."""

from typing import Any, Final

from sqlalchemy import Row, func, select

from router.adapters.postgres.changing import Record
from router.adapters.postgres.rows import instant, when
from router.adapters.postgres.scope import scope, transaction
from router.adapters.postgres.tables import API_KEY
from router.core.model.alert import TenantId
from router.ports.audit import Action
from router.ports.identity import ApiKey, NewKey
from router.ports.record import Attempts

_EVERY: Final = TenantId("*")


class RecordedKeys:
    """All API keys."""

    def __init__(self, record: Record, attempts: Attempts) -> None:
        self._record = record
        self._attempts = attempts

    async def find(self, digest: str) -> ApiKey | None:
        """The key of this digest, unless it was revoked."""
        found = func.control.api_key_of(digest).table_valued(*API_KEY.columns, name="found")
        async with transaction(self._record.engine) as connection:
            row = (await connection.execute(select(found))).one_or_none()
        return None if row is None else _key(row)

    async def live(self, tenant: TenantId | None) -> list[ApiKey]:
        """The keys of a tenant, or of the installation, that are not revoked, oldest first."""
        whose = tenant or _EVERY
        live = select(API_KEY).where(API_KEY.c.tenant == whose, API_KEY.c.revoked_at.is_(None))
        async with scope(self._record.engine, whose) as connection:
            rows = await connection.execute(live.order_by(API_KEY.c.created_at, API_KEY.c.id))
            return [_key(row) for row in rows]

    async def add(self, key: NewKey) -> None:
        """Store a new key."""
        whose = key.tenant or _EVERY
        entry = self._attempts(Action.KEY_CREATE, whose, f"key/{key.id}")
        row: dict[str, Any] = {
            "digest": key.digest,
            "id": key.id,
            "tenant": whose,
            "name": key.name,
            "role": key.role,
            "networks": list(key.networks),
            "maker": key.maker,
            "maker_issuer": key.maker_issuer,
            "expires_at": when(key.expires_at),
        }
        async with self._record.changing(whose, entry) as change:
            await change.add_key(row)

    async def revoke(self, tenant: TenantId | None, id_: str) -> bool:
        """Revoke a key; False if there is none of this id."""
        whose = tenant or _EVERY
        async with self._record.changing(whose, self._attempts(Action.KEY_REVOKE, whose, f"key/{id_}")) as change:
            return await change.revoke_key(id_)


def _key(row: Row[Any]) -> ApiKey:
    tenant = None if row.tenant == _EVERY else TenantId(row.tenant)
    return ApiKey(
        id=row.id,
        tenant=tenant,
        name=row.name,
        role=row.role,
        networks=tuple(row.networks),
        maker=row.maker,
        maker_issuer=row.maker_issuer,
        expires_at=instant(row.expires_at),
        created_at=instant(row.created_at),
    )
