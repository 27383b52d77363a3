"""Which pool a tenant is in, and which one a process is of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from router.core.model.alert import TenantId
from router.core.pool import SHARED, Pool

PoolOf = Callable[[TenantId], Pool]
"""The pool of a tenant, by its current file."""


def in_shared(_: TenantId) -> Pool:
    """Everybody's pool where there is one alone."""
    return SHARED


@dataclass(frozen=True, slots=True)
class Pools:
    """The pool that this process is of, and those of all tenants."""

    here: Pool = SHARED
    of: PoolOf = in_shared

    def has(self, tenant: TenantId) -> bool:
        """Whether the tenant is in the pool of this process."""
        return self.of(tenant) == self.here


ONE_POOL: Final = Pools()
"""Where all tenants share one."""
