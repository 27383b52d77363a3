"""What an operator signs of tenants: every version of their configurations that is kept, and their silences."""

from collections.abc import AsyncIterator
from contextlib import suppress

from router.adapters.redis import keys
from router.adapters.redis.announcing import announced
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.signatures import Signatures, replace_field
from router.adapters.redis.silences import UNREADABLE, parted, signed_silence, silences_key
from router.adapters.redis.versions import KEPT, READ, StoredVersion, read_version, reading, signed_key
from router.core.model.alert import TenantId
from router.ports.signing import Purpose, SignedRow


class SignedVersions:
    """All versions of all tenants that are kept; a row's place is the tenant and the number."""

    def __init__(self, connection: Connection, signatures: Signatures) -> None:
        self._redis = connection
        self._signatures = signatures

    async def signed_rows(self) -> AsyncIterator[SignedRow]:
        """Of every tenant the versions that are kept, newest first."""
        for tenant in await _tenants(self._redis):
            active = int(await self._redis.ask(COMMANDS.get(keys.tenant_key(tenant, "active"))) or 0)
            for number, version in await self._versions(tenant, range(active, max(0, active - KEPT), -1)):
                standing = version.standing(self._signatures, tenant, number)
                yield SignedRow(
                    f"version {number} of tenant {tenant!r}", (tenant, str(number)), version.text, standing
                )

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


class SignedSilences:
    """All silences of all tenants; a row's place is the tenant and the id."""

    def __init__(self, connection: Connection, signatures: Signatures) -> None:
        self._redis = connection
        self._signatures = signatures

    async def signed_rows(self) -> AsyncIterator[SignedRow]:
        """Of every tenant the silences that can be read, by their ids."""
        for tenant in await _tenants(self._redis):
            for id_, text in sorted((await self._redis.ask(COMMANDS.hgetall(silences_key(tenant)))).items()):
                with suppress(*UNREADABLE):
                    signature, body = parted(text)
                    standing = self._signatures.standing(signature, Purpose.SILENCE, tenant, id_, body)
                    yield SignedRow(f"silence {id_} of tenant {tenant!r}", (tenant, id_), text, standing)

    async def sign(self, row: SignedRow) -> bool:
        """Sign it as it is, and announce the tenant; False, and nothing done, if it was changed meanwhile."""
        tenant, (_, body) = TenantId(row.place[0]), parted(row.text)
        text = signed_silence(self._signatures, tenant, row.place[1], body)
        if not await replace_field(self._redis, silences_key(tenant), row, text):
            return False
        await self._redis.ask(announced(tenant))
        return True


async def _tenants(redis: Connection) -> list[TenantId]:
    return [TenantId(one) for one in sorted(await redis.ask(COMMANDS.zrange(keys.TENANTS, 0, -1)))]
