"""What tenants' rules are to those who keep them, and to a gateway that asks for them."""

from collections.abc import Iterator
from typing import Protocol, Self

from router.core.model.alert import TenantId
from router.core.model.rules.limits import InboundRates
from router.core.model.rules.metric import CustomMetrics
from router.core.pool import Pool


class Versioned(Protocol):
    """What a document is compiled to: immutable, with the number of the version in force."""

    @property
    def version(self) -> int:
        """The number that transitions are checked against."""

    def under(self: Self, version: int) -> Self:
        """The same, in force as another version."""


class Limited(Protocol):
    """What a gateway needs of a tenant's rules."""

    @property
    def inbound(self) -> InboundRates:
        """How fast a tenant's senders may post."""

    @property
    def certificates(self) -> frozenset[str]:
        """The names of client certificates that stand for a token."""

    @property
    def metrics(self) -> CustomMetrics:
        """What the tenant counts of its alerts."""


class KnownTenants(Protocol):
    """What a gateway asks the tenants in memory for."""

    async def known(self, tenant: TenantId) -> Limited | None:
        """A tenant's rules; None for one without a configuration."""

    def is_unreachable(self, tenant: TenantId) -> bool:
        """Whether the tenant may have a configuration, which Redis has not answered for yet."""

    def is_sealed(self, tenant: TenantId) -> bool:
        """Whether what is stored of the tenant is sealed with keys of its own."""

    def named_pool(self, tenant: TenantId) -> Pool:
        """The pool that the tenant's last good configuration names, whether there is such a one or not."""

    def shard_size(self, tenant: TenantId) -> int | None:
        """How many partitions the tenant's last good configuration wants for it; None: any of all."""

    def is_untrusted(self, tenant: TenantId) -> bool:
        """Whether the tenant has a configuration that is not to be trusted, and no earlier one in memory."""

    async def is_lost(self, tenant: TenantId) -> bool:
        """Whether a tenant without rules may have had some that Redis has lost."""

    async def is_erased(self, tenant: TenantId) -> bool:
        """Whether the tenant was erased, or is being: there will be no rules for it any more."""

    def __iter__(self) -> Iterator[TenantId]:
        """All tenants known."""
