"""Which tenants a sweep looks at: those that were served lately, and of the others a slice at a time.

What a process leaves undone when it dies, it leaves with a tenant that it served just then. So these are looked at in
every sweep, whichever worker served them. All others are looked at within two minutes, beyond 24,000 of them a
thousand in each sweep: what a sweep costs follows what is active. The first sweep of a process looks at all.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

from router.core.model.alert import TenantId
from router.ports.pools import ONE_POOL, Pools
from router.roles.tenants import ActiveTenants

FEW: Final = 100
"""So many tenants are looked at in every sweep even if nothing goes on there."""
MOST: Final = 1_000
_SWEEPS: Final = 24
"""In so many sweeps all tenants are looked at, unless a slice would have more than `MOST`."""
LATELY: Final = 6
"""For so many sweeps a tenant that was served counts as active."""


class Rounds:
    """The rounds of one process over all tenants of its pool."""

    def __init__(self, tenants: ActiveTenants, pools: Pools = ONE_POOL) -> None:
        self._tenants = tenants
        self._pools = pools
        self._used: set[TenantId] = set()
        self._lately = deque[set[TenantId]](maxlen=LATELY)
        self._left: list[TenantId] = []
        self._slice: list[TenantId] = []
        self._is_first = True

    def next(self, taken: Iterable[TenantId]) -> list[TenantId]:
        """Whom to look at now; `taken` are those whose turns any worker took lately. The same until it is `done`."""
        self._used |= self._tenants.uses.all()
        active = {one for some in (*self._lately, self._used, taken) for one in some if self._is_ours(one)}
        if not self._slice:
            self._slice = self._cut()
        return list(dict.fromkeys([*sorted(active), *self._slice]))

    async def served(self) -> list[TenantId]:
        """Wait until this process serves tenants whom it did not serve just before, and give them."""
        return await self._tenants.uses.fresh()

    def done(self) -> None:
        """All of these were looked at."""
        self._lately.append(self._used)
        self._used, self._slice, self._is_first = set(), [], False

    def _cut(self) -> list[TenantId]:
        known = [one for one in self._tenants if self._pools.has(one)]
        if self._is_first:
            return known
        if not self._left:
            self._left = known
        count = min(max(FEW, -(-len(known) // _SWEEPS)), MOST)
        some, self._left = self._left[:count], self._left[count:]
        return [one for one in some if self._is_ours(one)]

    def _is_ours(self, tenant: TenantId) -> bool:
        return tenant in self._tenants and self._pools.has(tenant)
