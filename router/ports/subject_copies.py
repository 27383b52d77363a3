"""The lists of people whose data was erased, as both Redis and the record have them: parts that nobody reads into.

As for all ports, every method may raise UnavailableError, and what is asked may be asked again.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from router.core.model.alert import TenantId
from router.core.model.instant import Instant

KEY = "key"
"""The part that is the key of the digests; each other one is a person, by its id."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a list as Redis has it, and until when it counts."""

    text: str
    until: Instant


Parts = Mapping[str, Part]


class LiveSubjects(Protocol):
    """The lists as Redis has them."""

    async def parts(self, tenant: TenantId) -> Parts:
        """A tenant's list; nothing where nobody is on it."""

    async def restore(self, tenant: TenantId, parts: Parts) -> None:
        """Store parts that are missing, and announce it."""

    async def now(self) -> Instant:
        """Redis' time."""


class RecordedSubjects(Protocol):
    """The lists as they are recorded."""

    async def tenants(self) -> Collection[TenantId]:
        """Of whom there is a list."""

    async def compare(self, tenant: TenantId, compared: Callable[[Parts], Awaitable[Parts]]) -> None:
        """Hand over a tenant's list, and have what comes back instead; nothing of it is projected meanwhile.

        Nothing is done for a tenant that is no more, or that another projector is at.
        """
