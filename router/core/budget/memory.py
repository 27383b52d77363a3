"""What is done when Redis is nearly full: who holds most of it is refused first, and everybody else goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from router.core.model.alert import TenantId

WATCH_AT: Final = 0.7
"""The part of Redis' memory limit from which on the largest tenants are known, and grow in small steps."""
GATE_AT: Final = 0.85
"""The part from which on gateways refuse the largest tenants, with 429; records of suspended ones are held."""
FOLD_AT: Final = 0.92
"""The part from which on workers take no new alerts of the largest tenants."""
SPENT_AT: Final = 1.05
"""The part from which nothing new is stored of anybody: until there, what is small goes on beyond the limit."""
KEEPS: Final = "noeviction"
"""The policy by which Redis evicts nothing."""
NEARLY_AS_LARGE: Final = 2
"""Who holds one of so many parts of what the largest tenant holds is one of the largest too."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that Redis uses, and the most that it may: 0 where it has no limit.

    `policy` is what it does at the limit (`maxmemory-policy`); `appends`, whether it writes an append-only file.
    """

    used: int
    limit: int = 0
    policy: str = KEEPS
    appends: bool = True

    @property
    def evicts(self) -> bool:
        """Whether Redis may forget at its limit what we have stored."""
        return self.policy != KEEPS

    @property
    def part_used(self) -> float:
        """Of the limit; 0 where there is none."""
        return self.used / self.limit if self.limit else 0.0

    def is_above(self, part: float) -> bool:
        """Whether it uses more than this part of its limit."""
        return bool(self.limit) and self.used > part * self.limit

    def left(self, part: float) -> int:
        """Bytes up to this part of the limit."""
        return int(part * self.limit) - self.used


def largest(sizes: Mapping[TenantId, int]) -> frozenset[TenantId]:
    """The tenant that holds most, and those that hold at least half as much."""
    most = max(sizes.values(), default=0)
    return frozenset(one for one, size in sizes.items() if most and size * NEARLY_AS_LARGE >= most)
