"""A storm of new problems in one channel of one tenant: it begins, goes on and ends."""

from collections.abc import Sequence

from router.core.model.group import AlertGroup
from router.core.model.instant import SECOND
from tests.adapters.builders import ACME
from tests.roles.builders import a_record, an_alert
from tests.roles.worker import Site, Worker

GROUPS = tuple(f"g{number}" for number in range(40))


async def storm(worker: Worker, groups: Sequence[str] = GROUPS, **labels: str) -> None:
    """An alert begins to fire in each of these groups, at once."""
    now = worker.site.clock.time
    alerts = [an_alert(starts=now, host=one, **labels) for one in groups]
    await worker.take(*(a_record(alert, group=one, received=now) for alert, one in zip(alerts, groups, strict=True)))


async def end(worker: Worker, groups: Sequence[str] = GROUPS) -> None:
    now = worker.site.clock.time
    alerts = [an_alert("A", "resolved", starts=now, host=one) for one in groups]
    await worker.take(*(a_record(alert, group=one, received=now) for alert, one in zip(alerts, groups, strict=True)))


async def go_on(worker: Worker, seconds: float) -> None:
    """Turns at their times, for so long."""
    site, until = worker.site, worker.site.clock.time + round(seconds * SECOND)
    while site.clock.time < until:
        next_at = await worker.serve()
        await balanced(site)
        site.clock.advance(min(max(next_at - site.clock.time, SECOND // 20), until - site.clock.time))


async def balanced(site: Site) -> dict[str, int]:
    """The books, which balance at every reading."""
    books = await site.books.read(ACME)
    suppressed = sum(count for name, count in books.items() if name.startswith("suppressed:"))
    outcomes = sum(books.get(name, 0) for name in ("notified", "superseded", "pending"))
    assert books.get("changes", 0) == outcomes + suppressed, books
    return books


def digest_of(site: Site) -> AlertGroup:
    [digest] = [one for one in groups_of(site) if one.digest is not None]
    return digest


def groups_of(site: Site) -> list[AlertGroup]:
    return [one for one in site.store.tenants[ACME].groups.values() if isinstance(one, AlertGroup)]


def members(site: Site) -> list[AlertGroup]:
    return [one for one in groups_of(site) if one.shown_by is not None]
