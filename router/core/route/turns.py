"""Observations in pieces that are routed in one go, with turns for other tenants in between."""

from collections.abc import Iterator
from typing import Final

from router.core.match.reading import pattern_work
from router.core.model.alert import Alert
from router.core.model.observation import Observations
from router.core.model.rules.tenant import Tenant

TURN_WORK: Final = 600_000
"""Instructions of patterns times bytes of values in one piece: about 5 ms at worst."""


def pieces(tenant: Tenant, seen: Observations, most: int) -> Iterator[Observations]:
    """At most `most` alerts each, and no more than what the tenant's patterns may cost in one turn; at least one."""
    part: list[Alert] = []
    work = 0
    for alert in seen.alerts:
        cost = pattern_work(alert.labels, tenant.pattern_sizes) if tenant.pattern_sizes else 0
        if part and (len(part) == most or work + cost > TURN_WORK):
            yield seen.only(part)
            part, work = [], 0
        part.append(alert)
        work += cost
    if part:
        yield seen.only(part)
