"""What is read of one tenant, within its scope; each statement has its own condition all the same."""

from typing import Final

from sqlalchemy import BigInteger, DateTime, Integer, Text, column, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from router.adapters.postgres.rows import MANIFEST, instant, token_of, version_of
from router.adapters.postgres.tables import ACTIVE, CONFIGURATION, SECRET, TOKEN
from router.core.cell import CellName
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from router.ports.record import RecordedToken, RecordedVersion, Standing, TenantState
from router.ports.secrets import SealedSecrets

_STANDING: Final = func.control.standing().table_valued(
    column("tenant", Text),
    column("state", Text),
    column("version", Integer),
    column("generation", BigInteger),
    column("projected", BigInteger),
    column("projected_at", DateTime(timezone=True)),
    column("cell", Text),
    name="standing",
)


async def active_version(connection: AsyncConnection, tenant: TenantId) -> RecordedVersion | None:
    """The active version; None where there is none."""
    both = CONFIGURATION.join(
        ACTIVE, (ACTIVE.c.tenant == CONFIGURATION.c.tenant) & (ACTIVE.c.version == CONFIGURATION.c.version)
    )
    row = (
        await connection.execute(select(CONFIGURATION).select_from(both).where(ACTIVE.c.tenant == tenant))
    ).one_or_none()
    return None if row is None else version_of(row)


async def all_versions(connection: AsyncConnection, tenant: TenantId) -> list[RecordedVersion]:
    """Every version, newest first."""
    of_tenant = select(CONFIGURATION).where(CONFIGURATION.c.tenant == tenant)
    rows = await connection.execute(of_tenant.order_by(CONFIGURATION.c.version.desc()))
    return [version_of(row) for row in rows]


async def live_tokens(connection: AsyncConnection, tenant: TenantId) -> list[RecordedToken]:
    """The tokens that are not revoked, oldest first."""
    live = select(TOKEN).where(TOKEN.c.tenant == tenant, TOKEN.c.revoked_at.is_(None))
    rows = await connection.execute(live.order_by(TOKEN.c.created_at, TOKEN.c.digest))
    return [token_of(row) for row in rows]


async def sealed_texts(connection: AsyncConnection, tenant: TenantId) -> SealedSecrets:
    """The tenant's secrets, in the order of their names, and their manifest."""
    found = await sealed_fields(connection, tenant)
    texts = {SecretName(name): found[name] for name in sorted(found) if name != MANIFEST}
    return SealedSecrets(texts, found.get(MANIFEST, ""))


async def sealed_fields(connection: AsyncConnection, tenant: TenantId) -> dict[str, str]:
    """The same by name, as they are stored, the manifest among them."""
    rows = await connection.execute(select(SECRET.c.name, SECRET.c.sealed).where(SECRET.c.tenant == tenant))
    return {row.name: row.sealed for row in rows}


async def tenant_of_token(connection: AsyncConnection, digest: str) -> TenantId | None:
    """Whose token it is, before any tenant is known."""
    asked = select(func.control.tenant_of_token(digest))
    found = (await connection.execute(asked)).scalar_one()
    return None if found is None else TenantId(found)


async def standing(connection: AsyncConnection) -> list[Standing]:
    """How all tenants stand, in the order of their names."""
    rows = await connection.execute(select(_STANDING).order_by(_STANDING.c.tenant))
    return [
        Standing(
            TenantId(row.tenant),
            TenantState(row.state),
            row.version,
            row.generation,
            row.projected,
            instant(row.projected_at),
            CellName(row.cell or ""),
        )
        for row in rows
    ]
