"""Tenants that share a workspace take turns in what it allows: who has waited longer goes first, one call each.

The reference for the script that runs the same in Redis. Whoever is refused by a shared bucket is noted with the time
since which it waits, and when it will ask again; whoever does not ask again then has no turn any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from router.core.model.instant import SECOND, Instant, Span
from router.core.model.rules.limits import Rate

GRACE: Final = SECOND
"""For so long after it should have asked again a tenant keeps its turn."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Since when a tenant waits for a bucket, and when it asks again."""

    since: Instant
    back_at: Instant


def wait_for_turn(tenant: str, rate: Rate, arrival: Instant, waiting: Mapping[str, Waiting], now: Instant) -> Span:
    """How long until the bucket takes a call of this tenant, after one of each that has waited longer."""
    own = waiting.get(tenant)
    since = now if own is None else own.since
    others = (one for name, one in waiting.items() if name != tenant and one.back_at + GRACE >= now)
    before = sum(one.since < since for one in others)
    return Span(max(0, max(now, arrival) + rate.period * (before + 1 - rate.burst) - now))
