"""What a move of a tenant between pools waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from router.core.model.alert import TenantId
from router.core.pool import Pool


@dataclass(frozen=True, slots=True)
class Place:
    """An inbound topic, and the group that reads it."""

    topic: str
    group: str


class Places(Protocol):
    """How far groups have read topics."""

    async def ends(self, place: Place) -> Mapping[int, int]:
        """The offset behind the last record of each partition that has any.

        Raises:
            UnavailableError: Kafka does not answer.
        """

    async def read(self, place: Place) -> Mapping[int, int]:
        """The offset up to which the group has read each partition; raises likewise."""


class InForce(Protocol):
    """What gateways and workers know of tenants."""

    async def pool(self, tenant: TenantId) -> Pool:
        """The pool that a tenant's file names which they have, or have in a moment."""
