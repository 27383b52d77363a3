"""Several key services as one: the first wraps, and each unwraps what it has wrapped, known by its form."""

from collections.abc import Mapping

from router.core.model.alert import TenantId
from router.core.seal.envelope import KeyId
from router.errors import KeyUnavailableError
from router.ports.sealing import Wrapping


class KeyServices:
    """Key services by the form of what they wrap, which stands before its first colon; the first of them wraps."""

    def __init__(self, by_form: Mapping[str, Wrapping]) -> None:
        self._by_form = by_form
        self._wrapping = next(iter(by_form.values()))

    async def wrap(self, tenant: TenantId, key: KeyId, secret: bytes) -> str:
        """As the first does.

        Raises:
            KeyUnavailableError: it does not answer, or refuses.
        """
        return await self._wrapping.wrap(tenant, key, secret)

    async def unwrap(self, tenant: TenantId, key: KeyId, wrapped: str) -> bytes:
        """As the one does that has wrapped it.

        Raises:
            KeyUnavailableError: that is not configured here, does not answer, or does not have the key.
            UndecipherableError: it was changed, or is another's.
        """
        form = wrapped.partition(":")[0]
        service = self._by_form.get(form)
        if service is None:
            raise KeyUnavailableError(
                f"a key of tenant {tenant!r} is wrapped by a key service that is not configured here", _BOTH
            )
        return await service.unwrap(tenant, key, wrapped)

    async def is_newest(self, tenant: TenantId, wrapped: str) -> bool:
        """Whether the first wraps like this today.

        Raises:
            KeyUnavailableError: it does not answer, or refuses.
        """
        return await self._wrapping.is_newest(tenant, wrapped)

    async def destroy(self, tenant: TenantId) -> None:
        """Destroy what each of them has of this tenant alone.

        Raises:
            KeyUnavailableError: one does not answer, or refuses.
        """
        for service in self._by_form.values():
            await service.destroy(tenant)


_BOTH = (
    "keep ALERT_ROUTER_SEALING__KEY, ALERT_ROUTER_TRANSIT__URL and ALERT_ROUTER_AWS_KMS__ID, as gateways and workers"
    " have them, until `alert-router sealing rewrap` is done"
)
