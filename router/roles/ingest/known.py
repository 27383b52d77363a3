"""Bodies that have been folded, and how their groups stood: the same bytes again would change nothing.

A body is noted when it is folded for the first time, and known from its second time on: what the first one did is
what others would have to find out about. An entry holds for a minute at most, in which its groups' observations are
as new as they need to be, and only while nothing has changed any of its groups.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.instant import MINUTE, Instant, Span
from router.core.model.key import GroupId
from router.ports.marks import Standing

MAX_BODIES: Final = 20_000
"""Bodies that are remembered; beyond, the oldest of the tenant that brings more is forgotten."""
MAX_GROUPS: Final = 8
"""Alert groups of a body that is remembered."""
LIFE: Final = Span(MINUTE)
"""How long an entry holds, by the time of the worker and by the time of the observations."""

Place = tuple[str, int, bytes | None]
"""Topic, partition and key of a record."""


@dataclass(frozen=True, slots=True)
class Known:
    """A body that was folded: where it came from, when, into which groups, how they stood, and its alerts in them."""

    place: Place
    observed: Instant
    folded_at: Instant
    groups: tuple[GroupId, ...]
    alerts: int
    standing: tuple[str, int, tuple[str, ...]]

    def holds(self, standing: Standing) -> bool:
        """Whether nothing has changed since."""
        return self.standing == standing_of(standing, self.groups)

    def covers(self, place: Place, observed: Instant, now: Instant) -> bool:
        """Whether it holds for a record from there, observed then."""
        return self.place == place and abs(observed - self.observed) < LIFE and 0 <= now - self.folded_at < LIFE


def standing_of(standing: Standing, groups: Sequence[GroupId]) -> tuple[str, int, tuple[str, ...]]:
    """What must not change of how a tenant stands."""
    return standing.epoch, standing.version, tuple(standing.mark(one) for one in groups)


class KnownBodies:
    """The bodies of all tenants by their digests; None stands for one that was noted and is not known yet."""

    def __init__(self, most: int = MAX_BODIES) -> None:
        self._most = most
        self._bodies: dict[TenantId, dict[bytes, Known | None]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def has(self, tenant: TenantId) -> bool:
        """Whether any body of the tenant was noted."""
        return tenant in self._bodies

    def is_noted(self, tenant: TenantId, digest: bytes) -> bool:
        """Whether the body was folded before."""
        return digest in self._bodies.get(tenant, ())

    def find(self, tenant: TenantId, digest: bytes) -> Known | None:
        """What is known of a body."""
        return self._bodies.get(tenant, {}).get(digest)

    def note(self, tenant: TenantId, digest: bytes, known: Known | None) -> None:
        """Remember a body, as the newest."""
        bodies = self._bodies.setdefault(tenant, {})
        if digest in bodies:
            del bodies[digest]
            self._count -= 1
        elif self._count >= self._most:
            self._drop_one(tenant)
        self._bodies.setdefault(tenant, bodies)[digest] = known
        self._count += 1

    def forget(self, tenant: TenantId) -> None:
        """Nothing is known of this tenant."""
        self._count -= len(self._bodies.pop(tenant, ()))

    def clear(self) -> None:
        """Nothing is known."""
        self._bodies.clear()
        self._count = 0

    def _drop_one(self, tenant: TenantId) -> None:
        """The oldest of this tenant, or of another one that has any."""
        owner = tenant if self._bodies[tenant] else next(one for one, bodies in self._bodies.items() if bodies)
        bodies = self._bodies[owner]
        del bodies[next(iter(bodies))]
        self._count -= 1
        if not bodies:
            del self._bodies[owner]
