"""Which tenants are busy, as all workers together see it, and how full their budgets are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from router.core.budget.uses import Quota, Use, of_bucket
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.core.model.rules.limits import InboundRates

RANKED: Final = 1_000
"""Tenants whose alerts a worker counts at a time for the ranking: the busiest; the others would not be named."""


@dataclass(frozen=True, slots=True)
class Place:
    """A tenant, and the workspace that it is notified in; "" where nobody knows that here."""

    tenant: TenantId
    workspace: str = ""


@dataclass(frozen=True, slots=True)
class Levels:
    """When a tenant was heard from last, and the theoretical arrival times of its buckets; NEVER: untouched."""

    heard: Instant = NEVER
    requests: Instant = NEVER
    kibibytes: Instant = NEVER
    alerts: Instant = NEVER
    notifications: Instant = NEVER
    posts: Instant = NEVER
    edits: Instant = NEVER


def posted(inbound: InboundRates, levels: Levels, now: Instant) -> list[Use]:
    """What senders have used up of what they may post at once."""
    return [
        of_bucket(Quota.REQUESTS, inbound.requests, levels.requests, now),
        of_bucket(Quota.KIBIBYTES, inbound.kibibytes, levels.kibibytes, now),
        of_bucket(Quota.SENT_ALERTS, inbound.alerts, levels.alerts, now),
    ]


class Activity(Protocol):
    """What tenants do, by the hour."""

    async def note(self, accepted: Mapping[TenantId, int], now: Instant) -> None:
        """So many alerts of each were accepted by now, besides those that were noted before."""

    async def busiest(self, now: Instant, count: int) -> Sequence[TenantId]:
        """So many tenants, those of whom most was accepted in this hour and the one before first."""

    async def levels(self, places: Sequence[Place]) -> Sequence[Levels]:
        """How it stands with each; what Redis does not answer for is untouched."""
