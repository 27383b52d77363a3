"""What a process knows of all tenants by what it keeps, without asking Redis."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Set

from router.core.model.alert import TenantId
from router.core.pool import SHARED, Pool
from router.observe.problems import TenantProblems
from router.roles.kept import KeptTenants
from router.roles.untrusted import UntrustedConfigurations


class KnownRules:
    """Who has rules, and how it stands with them."""

    def __init__(self, problems: TenantProblems | None = None) -> None:
        self._kept = KeptTenants()
        self._untrusted = UntrustedConfigurations(problems)
        self._missed: set[TenantId] = set()
        """Tenants for whom Redis has not answered yet."""
        self._also_forget: list[Callable[[TenantId], None]] = []
        self.sequence = 0
        """The number of the newest change that is taken in."""
        self._looked_at = time.monotonic()

    @property
    def looked_s_ago(self) -> float:
        """For how many seconds nobody has heard whether what is kept is the newest."""
        return time.monotonic() - self._looked_at

    def when_gone(self, forget: Callable[[TenantId], None]) -> None:
        """Call this for each tenant that was removed: whoever comes back under its id is another."""
        self._also_forget.append(forget)

    def _forget(self, tenant: TenantId) -> None:
        self._kept.drop(tenant)
        self._untrusted.forget(tenant)
        for forget in self._also_forget:
            forget(tenant)

    def _looked(self, newest: int) -> None:
        self.sequence, self._looked_at = newest, time.monotonic()

    def is_suspended(self, tenant: TenantId) -> bool:
        """Whether an operator wants nothing sent for the tenant."""
        return tenant in self._kept.suspended

    def is_silent(self, tenant: TenantId) -> bool:
        """Whether nothing is to be sent for the tenant: it is suspended, or not put together yet after a loss."""
        return tenant in self._kept.suspended or tenant in self._kept.unproven

    def is_unreachable(self, tenant: TenantId) -> bool:
        """Whether the tenant may have a configuration, which Redis has not answered for yet."""
        return tenant in self._missed and tenant not in self

    @property
    def watched(self) -> Collection[TenantId]:
        """Who may expect heartbeats, as of now and of later."""
        return self._kept.watched

    def unwatch(self, tenant: TenantId) -> None:
        """The tenant expects none after all."""
        self._kept.watched.discard(tenant)

    @property
    def suspended(self) -> Set[TenantId]:
        """The tenants that are suspended."""
        return self._kept.suspended

    @property
    def unproven(self) -> Set[TenantId]:
        """The tenants of whom Redis may have lost data that is not put together yet."""
        return self._kept.unproven

    def is_sealed(self, tenant: TenantId) -> bool:
        """Whether what is stored of the tenant is sealed with keys of its own, by its last good configuration."""
        return tenant in self._kept.sealed

    def hides(self, tenant: TenantId) -> bool:
        """Whether anybody is on the tenant's list of people whose data was erased."""
        kept = self._kept.get(tenant)
        return kept is not None and bool(kept.subjects)

    def sealed(self) -> list[TenantId]:
        """The tenants whose data is sealed."""
        return list(self._kept.sealed)

    def named_pool(self, tenant: TenantId) -> Pool:
        """The pool that the tenant's last good configuration names, whether there is such a one or not."""
        return self._kept.pools.get(tenant, SHARED)

    def by_named_pool(self) -> Counter[Pool]:
        """How many tenants name each pool; those that name none name the shared one."""
        named = Counter(self._kept.pools.values())
        named[SHARED] += len(self._kept) - named.total()
        return named

    def shard_size(self, tenant: TenantId) -> int | None:
        """How many partitions the tenant's last good configuration wants for it; None: any of all."""
        return self._kept.shard_sizes.get(tenant)

    def is_unreadable(self, tenant: TenantId) -> bool:
        """Whether the tenant has a configuration that this program cannot read, and no earlier one in memory."""
        return self._kept.get(tenant) is not None and tenant not in self

    def is_untrusted(self, tenant: TenantId) -> bool:
        """Whether the tenant has a configuration that is not to be trusted, and no earlier one in memory."""
        return tenant in self._untrusted and tenant not in self

    def rules_version(self, tenant: TenantId) -> int | None:
        """The version that the rules in force are of; None without any."""
        good = self._kept.good(tenant)
        return None if good is None else good.version

    def __contains__(self, tenant: TenantId) -> bool:
        """Whether the tenant has rules, by all that is known."""
        return tenant in self._kept

    def __iter__(self) -> Iterator[TenantId]:
        """All tenants known."""
        return iter(self._kept)
