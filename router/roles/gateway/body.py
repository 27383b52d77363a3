"""Bodies as they come in: each bounded in size and time, and all that are in hand together in bytes.

A body is in hand from its first byte until Kafka has it. A sender that stops within a body keeps its bytes for the
deadline at most, and no tenant may hold more than a share of what there is for all.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from router.core.model.alert import TenantId
from router.http.problems import Problem

TENANT_SHARE: Final = 4
"""A tenant's bodies in hand may have this part of the bytes that there are for all tenants: a fourth."""
_RETRY_AFTER_S: Final = 5


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Bytes of a body, seconds that it may take to arrive, bytes of all in hand, and how many a tenant may have."""

    max_body: int = 4 << 20
    deadline_s: float = 30.0
    in_hand: int = 256 << 20
    at_once: int = 512

    @property
    def of_a_tenant(self) -> int:
        """Bytes that one tenant's bodies may have; one body in any case."""
        return max(self.max_body, self.in_hand // TENANT_SHARE)


@dataclass(slots=True)
class Hand:
    """One body in hand."""

    _bodies: "Bodies"
    _tenant: TenantId
    size: int = 0

    async def read(self, chunks: AsyncIterator[bytes]) -> bytes:
        """The body.

        Raises:
            Problem: 413 when it is too large, 408 when it does not come, 503 when too much is in hand.
        """
        body = bytearray()
        deadline_s = self._bodies.limits.deadline_s
        try:
            async with asyncio.timeout(deadline_s):
                async for chunk in chunks:
                    body += chunk
                    self._check_size(len(body))
                    self._bodies.take(self._tenant, len(chunk))
                    self.size += len(chunk)
        except TimeoutError:
            raise Problem(
                408, "body-too-slow", f"a body may take {deadline_s:g} s to arrive; send it again"
            ) from None
        return bytes(body)

    def check_announced(self, announced: int) -> None:
        """Refuse what announces too many bytes, before any is read.

        Raises:
            Problem: 413 when it is too large.
        """
        self._check_size(announced)

    def _check_size(self, size: int) -> None:
        most = self._bodies.limits.max_body
        if size > most:
            raise Problem(413, "body-too-large", f"a body may have {most} bytes")


@dataclass(frozen=True, slots=True)
class Bodies:
    """All bodies that this process has in hand."""

    limits: BodyLimits = BodyLimits()
    _held: Counter[TenantId] = field(default_factory=Counter)
    _hands: Counter[TenantId] = field(default_factory=Counter)

    @contextmanager
    def hand(self, tenant: TenantId) -> Iterator[Hand]:
        """A body of the tenant, in hand during the block.

        Raises:
            Problem: 503 when the tenant has too many.
        """
        if self._hands[tenant] >= self.limits.at_once:
            raise Problem(503, "too-much-in-hand", "too many bodies of the tenant are on their way", _RETRY_AFTER_S)
        hand = Hand(self, tenant)
        self._hands[tenant] += 1
        try:
            yield hand
        finally:
            _take_from(self._hands, tenant, 1)
            _take_from(self._held, tenant, hand.size)

    @property
    def in_hand(self) -> int:
        """Bytes in hand."""
        return self._held.total()

    def take(self, tenant: TenantId, size: int) -> None:
        """Take so many more bytes in hand.

        Raises:
            Problem: 503 when there would be too many.
        """
        if self._held[tenant] + size > self.limits.of_a_tenant or self.in_hand + size > self.limits.in_hand:
            raise Problem(503, "too-much-in-hand", "too many bytes are being received; send it again", _RETRY_AFTER_S)
        self._held[tenant] += size


def _take_from(counted: Counter[TenantId], tenant: TenantId, count: int) -> None:
    counted[tenant] -= count
    if not counted[tenant]:
        del counted[tenant]
