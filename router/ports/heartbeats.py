"""Heartbeats of tenants, and what tells whether they could have been observed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from router.core.decide.heartbeat import Beat
from router.core.model.alert import TenantId
from router.core.model.instant import Instant


class Heartbeats(Protocol):
    """When each heartbeat of a tenant arrived last, by its name."""

    async def note(self, seen: Mapping[TenantId, Mapping[str, Instant]]) -> None:
        """They arrived at these times; the latest counts."""

    async def expect(self, tenant: TenantId, names: Sequence[str], now: Instant) -> None:
        """Wait for these from now on, where they have not arrived yet."""

    async def of(self, tenant: TenantId) -> Mapping[str, Beat]:
        """All that arrived or are expected."""

    async def note_missing(self, tenant: TenantId, name: str, since: Instant, now: Instant) -> None:
        """It is notified as missing since then, and was observed so now."""

    async def note_back(self, tenant: TenantId, name: str) -> None:
        """It is not missing any more."""

    async def forget(self, tenant: TenantId, name: str) -> None:
        """It is not expected any more."""


class Taker(StrEnum):
    """Who takes what senders send."""

    GATEWAY = "gateway"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Open:
    """From when until when senders could reach somebody without a break."""

    since: Instant
    until: Instant


class Observing(Protocol):
    """What all processes together have observed."""

    async def note_read(self, until: Mapping[str, Instant]) -> None:
        """Of these partitions all was read that was appended until then."""

    async def read_until(self) -> Mapping[str, Instant]:
        """Until when each partition was read, by whichever worker."""

    async def note_held(self, held: Mapping[TenantId, Instant], now: Instant) -> None:
        """Records of these tenants were held then, read and not yet folded; what is older than `HELD_FOR` goes."""

    async def held(self, now: Instant) -> Collection[TenantId]:
        """The tenants of which records were held within `HELD_FOR`, by whichever worker."""

    async def note_open(self, taker: Taker, now: Instant) -> None:
        """Senders can reach us now."""

    async def open(self) -> Mapping[Taker, Open]:
        """How long that holds, of those of whom it is known."""

    async def lead(self, seconds: float) -> bool:
        """Whether this process is the one that looks at heartbeats for so long."""
