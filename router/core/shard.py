"""A tenant's shard: the few partitions of a topic that its records go to, by rendezvous hashing.

Every partition has a score of its own for each tenant, and the highest ones are the tenant's. So whoever works it out
finds the same, and a partition that is added takes at most one place of each shard.
"""

import functools
import hashlib
from dataclasses import dataclass
from typing import Final

from router.core.model.alert import TenantId

_KEPT: Final = 16_384
"""Rankings that are remembered, of tenants and numbers of partitions."""


@dataclass(frozen=True, slots=True)
class Shard:
    """The partitions of a tenant: `size` of a topic's, or all where it has not more."""

    tenant: TenantId
    size: int

    def of(self, partitions: int) -> tuple[int, ...]:
        """Those of a topic with so many, the highest score first."""
        return ranked(self.tenant, partitions)[: self.size]


@functools.lru_cache(maxsize=_KEPT)
def ranked(tenant: TenantId, partitions: int) -> tuple[int, ...]:
    """The partitions 0 to `partitions` - 1 by their scores for a tenant, the highest first."""
    return tuple(sorted(range(partitions), key=lambda one: (-_score(tenant, one), one)))


def _score(tenant: TenantId, partition: int) -> int:
    """Gateways of all versions must agree on it: it is what it was in the first one."""
    return int.from_bytes(hashlib.blake2b(f"{tenant}/{partition}".encode(), digest_size=8).digest())
