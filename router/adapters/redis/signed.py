"""What an operator signs of tenants: every version of their configurations that is kept."""

from collections.abc import AsyncIterator

from router.adapters.redis import keys
from router.adapters.redis.announcing import announced
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.signatures import Signatures
from router.adapters.redis.versions import KEPT, READ, StoredVersion, read_version, reading, signed_key
from router.core.model.alert import TenantId
from router.ports.signing import SignedRow


class SignedVersions:
    """All versions of all tenants that are kept; a row's place is the tenant and the number."""

    def __init__(self, connection: Connection, signatures: Signatures) -> None:
        self._redis = connection
        self._signatures = signatures

    async def signed_rows(self) -> AsyncIterator[SignedRow]:
        """Of every tenant the versions that are kept, newest first."""
        for name in sorted(await self._redis.ask(COMMANDS.zrange(keys.TENANTS, 0, -1))):
            tenant = TenantId(name)
            active = int(await self._redis.ask(COMMANDS.get(keys.tenant_key(tenant, "active"))) or 0)
            for number, version in await self._versions(tenant, range(active, max(0, active - KEPT), -1)):
                standing = version.standing(self._signatures, tenant, number)
                yield SignedRow(f"version {number} of tenant {name!r}", (name, str(number)), version.text, standing)

    async def sign(self, row: SignedRow) -> bool:
        """Sign it as it is, and announce the tenant; False, and nothing done, if it was changed meanwhile."""
        tenant, number = TenantId(row.place[0]), int(row.place[1])
        found = await self._versions(tenant, [number])
        if [version.text for _, version in found] != [row.text]:
            return False
        signature = found[0][1].signed(self._signatures, tenant, number)
        await self._redis.ask(COMMANDS.hset(signed_key(tenant), str(number), signature))
        await self._redis.ask(announced(tenant))
        return True

    async def _versions(self, tenant: TenantId, numbers: range | list[int]) -> list[tuple[int, StoredVersion]]:
        answers = iter(await self._redis.ask_all([one for number in numbers for one in reading(tenant, number)]))
        found = [(number, read_version([next(answers) for _ in range(READ)])) for number in numbers]
        return [(number, version) for number, version in found if version is not None]
