"""API keys and the access document, written by whoever holds the password of the record."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from router.app.clocks import wall_clock
from router.app.storing import login, needing_control
from router.control.access.principal import Identity, Principal, PrincipalKind
from router.control.access_documents import AccessControl
from router.control.keys import KeyControl, KeyRequest
from router.core.model.alert import TenantId
from router.ports.identity import ApiKey
from router.settings import Settings


@dataclass(frozen=True, slots=True)
class KeysHere:
    """See `ApiKeys`; their maker is whoever runs this command."""

    control: KeyControl

    async def create(self, request: KeyRequest) -> tuple[str, ApiKey]:
        """A new key, which cannot be shown again."""
        return await self.control.create(request, Principal(Identity("", login()), PrincipalKind.USER), None)

    async def live(self, tenant: TenantId | None) -> list[ApiKey]:
        """The keys that are not revoked, oldest first."""
        return await self.control.keys.live(tenant)

    async def revoke(self, tenant: TenantId | None, id_: str) -> bool:
        """Revoke a key; False if there is none of this id."""
        return await self.control.keys.revoke(tenant, id_)


@asynccontextmanager
async def open_keys(settings: Settings) -> AsyncIterator[KeysHere]:
    """API keys as commands make them here.

    Raises:
        ConfigurationError: the record is not configured, or what it needs is not installed.
    """
    with needing_control():
        from router.app.control_api import recorded_keys
    async with recorded_keys(settings) as keys:
        yield KeysHere(KeyControl(keys, wall_clock))


@asynccontextmanager
async def open_access(settings: Settings) -> AsyncIterator[AccessControl]:
    """The stored access document; raises as `open_keys`."""
    with needing_control():
        from router.app.control_api import recorded_access
    async with recorded_access(settings) as access:
        yield access
