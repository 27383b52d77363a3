"""The public keys of a tenant, for its senders: by its token, within its quota of requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from router.core.budget.quota import Charge, Resource
from router.core.model.alert import TenantId
from router.core.seal.offered import write_offer
from router.core.seal.sent import PublicKeys
from router.errors import KeyUnavailableError, UndecipherableError
from router.http.problems import Problem
from router.http.sender_key import KeyRequest, Routes, sender_key_routes
from router.roles.gateway.accept import Admission, check_sender
from router.roles.gateway.authenticate import Authentication

_RETRY_AFTER_S: Final = 5
_log = structlog.get_logger("router.gateway")


class OfferedKeys(Protocol):
    """What tenants' senders seal with."""

    async def public_keys(self, tenant: TenantId) -> PublicKeys:
        """What the tenant's senders seal with now.

        Raises:
            KeyUnavailableError: there is none, or it cannot be had now.
            UndecipherableError: it was changed.
        """

    async def earlier_keys(self, tenant: TenantId, most: int) -> Sequence[PublicKeys]:
        """What they sealed with before that, newest first, as far as it still opens; at most so many.

        Raises:
            KeyUnavailableError: they cannot be had now.
            UndecipherableError: one was changed.
        """


@dataclass(frozen=True, slots=True)
class SenderKey:
    """Gives out public keys; whoever may send for a tenant may have them."""

    authentication: Authentication
    admission: Admission
    offered: OfferedKeys

    def routes(self) -> Routes:
        """The routes to mount."""
        return sender_key_routes(self.read)

    async def read(self, request: KeyRequest) -> bytes:
        """The document of one tenant's public keys.

        Raises:
            Problem: why it is refused; 404 for a tenant without keys of its own.
        """
        tenant = request.tenant
        await check_sender(self.authentication, self.admission, request)
        rates = await self.admission.rates(tenant)
        await self.admission.charge(tenant, [Charge(Resource.REQUESTS, rates.requests, 1)])
        if not self.admission.tenants.is_sealed(tenant):
            detail = "the tenant has no keys of its own: `keys: own` below `platform` in its file gives it some"
            raise Problem(404, "no-sender-key", detail)
        try:
            keys = await self.offered.public_keys(tenant)
            return write_offer(keys, await self.offered.earlier_keys(tenant, request.earlier))
        except (KeyUnavailableError, UndecipherableError) as error:
            _log.warning("key_unavailable", tenant=tenant, error=str(error))
            detail = "the tenant's key cannot be had now; ask again"
            raise Problem(503, "key-unavailable", detail, _RETRY_AFTER_S) from None
