"""An alert that moves to another group at a cap stays known, whatever dies between leaving and arriving."""

from contextlib import suppress
from itertools import count

import pytest

from router.config import stored
from router.config.read import read_document
from router.errors import UnavailableError
from tests.adapters.builders import ACME, after
from tests.fakes.faults import Fault
from tests.roles.builders import CHANNEL, OTHER_CHANNEL, a_resolve, an_alert
from tests.roles.ingest.test_caps import LIMITED, a_limited
from tests.roles.ingest.test_regroup import BY_CLUSTER, BY_NAME, A, a_sent, key
from tests.roles.worker import Site, Worker, a_worker

BESIDE = {"alertname": "Beside"}
MOVED = a_sent(an_alert(), by=BY_CLUSTER, minute=1)


async def a_full(limits: str) -> tuple[Site, Worker]:
    """The only alert that there is room for fires in the group by its name."""
    site, worker = await a_limited(limits)
    site.pass_time(300)
    await worker.take(a_sent(an_alert(), by=BY_NAME))
    return site, worker


async def dies_at(site: Site, request: int) -> None:
    """A worker that takes the record is gone from its n-th request on."""
    worker, asked = await a_worker(site), count(1)
    site.store.faults.strike = lambda _: Fault.REFUSED if next(asked) >= request else None
    with suppress(UnavailableError):
        await worker.take(MOVED)
    site.store.faults.strike = None


async def others_come(site: Site) -> None:
    """Another worker is sent a new alert, which takes any place that has become free."""
    await (await a_worker(site)).take(a_sent(an_alert("Beside"), by=BESIDE, minute=2))


def refused(site: Site) -> set[bytes]:
    return {
        name for _, body in site.dead for name in (b"A", b"Beside") if b'"alertname": "%s"' % name in (body or b"")
    }


@pytest.mark.parametrize("limits", ["{active_alerts: 1}", "{active_groups: 1}"])
@pytest.mark.parametrize("request_number", range(1, 20))
async def test_it_is_taken_when_its_record_comes_again(limits: str, request_number: int) -> None:
    site, _ = await a_full(limits)

    await dies_at(site, request_number)
    await others_come(site)
    await (await a_worker(site)).take(MOVED)

    assert site.group(key(BY_CLUSTER)).firing == 1
    assert not site.group(key(BY_NAME)).alerts[A].shown_firing
    assert refused(site) <= {b"Beside"}


async def test_what_is_noted_where_it_comes_is_shown_nowhere_and_counts_for_nothing() -> None:
    site, _ = await a_full("{active_alerts: 1}")
    noted = count()
    for request in range(1, 20):
        await dies_at(site, request)
        new = site.store.tenants[ACME].groups.get(key(BY_CLUSTER).group_id)
        if new is not None and not site.group(key(BY_CLUSTER)).firing:
            next(noted)
            group = site.group(key(BY_CLUSTER))
            assert (group.closed, group.pending, group.contents) == (True, 0, 0)
            assert not group.alerts[A].in_message
    assert next(noted) > 0


async def test_the_note_is_no_ticket_for_what_comes_later() -> None:
    """It has moved and ended, and its place is taken: it is as new as any other."""
    site, worker = await a_full("{active_alerts: 1}")
    await worker.take(MOVED)
    await worker.take(a_sent(a_resolve(ended=after(90)), by=BY_CLUSTER, minute=2))
    await others_come(site)

    await worker.take(a_sent(an_alert(starts=after(180)), by=BY_CLUSTER, minute=3))

    assert site.group(key(BY_CLUSTER)).firing == 0
    assert refused(site) == {b"A"}


async def test_a_note_that_nothing_has_followed_yet_stays_while_its_record_may_come_again() -> None:
    """The group where it is expected shows others, and comes to rest meanwhile."""
    site, worker = await a_limited("{active_alerts: 2}")
    site.pass_time(300)
    await worker.take(a_sent(an_alert(), by=BY_NAME), a_sent(an_alert("B"), by=BY_CLUSTER, minute=0.5))
    for request in range(1, 20):
        await dies_at(site, request)
        if not site.group(key(BY_NAME)).alerts[A].shown_firing:
            break
    await others_come(site)
    await worker.settle_down()

    await (await a_worker(site)).take(MOVED)

    assert site.group(key(BY_CLUSTER)).alerts[A].shown_firing
    assert refused(site) == set()


async def test_it_stays_known_where_the_configuration_changes_before_it_arrives() -> None:
    site, worker = await a_full("{active_alerts: 1}")
    text = LIMITED.replace("LIMITS", "{active_alerts: 1}").replace(CHANNEL, OTHER_CHANNEL)

    async def change() -> None:
        await site.tenants.publish(ACME, stored.dump(read_document(text, "acme"), text))
        await others_come(site)

    for deed in (lambda: None, lambda: None, change):  # it is noted, it has left, and now
        site.groups.faults.just_before("apply", deed)
    await worker.take(MOVED)

    assert worker.rules().version > 2
    assert site.group(key(BY_CLUSTER)).firing == 1
    assert site.group(key(BESIDE)).firing == 1
    assert refused(site) == set()
