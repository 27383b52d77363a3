"""Who is put on a tenant's list is in no stored alert group soon, whoever put them there; and then workers rest."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Final

import pytest

from router.core.match.subject import subject_digest
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, Instant
from router.errors import UnavailableError
from router.ports.subjects import ErasedSubject
from router.roles.hiding import Hiding
from router.roles.pools import OwnTenants
from tests.adapters.builders import ACME, BETA
from tests.roles.builders import a_document, a_record, an_alert
from tests.roles.worker import Site, Worker, a_site, a_worker

EVE: Final = "eve@example.com"
KEY: Final = b"k" * 32
PERSONAL: Final = "personal: {labels: [user]}\n"


@dataclass
class Everything:
    """The groups that a site stores; how often all of them were read."""

    site: Site
    read: int = 0
    as_they_were: list[AlertGroup] = field(default_factory=list)
    """What is read in their place, so that nothing of it can be stored again."""

    async def everything(self, tenant: TenantId) -> AsyncIterator[AlertGroup]:
        self.read += 1
        stored = [one for one in self.site.store.tenants[tenant].groups.values() if isinstance(one, AlertGroup)]
        for one in self.as_they_were or stored:
            yield one

    async def unread(self, tenant: TenantId) -> int:
        return 0


class Watching:
    """One worker's look at who is on the lists of a site."""

    def __init__(self, worker: Worker) -> None:
        site = worker.site
        self.worker, self.groups = worker, Everything(site)
        own = OwnTenants(worker.tenants, worker.pools)
        self.hiding = Hiding(own, site.subjects, self.groups, worker.transitions, site.clock)

    async def looks(self, seconds: int) -> None:
        """Once a second, with the lists as they are then."""
        for _ in range(seconds):
            await self.worker.tenants.load()
            await self.hiding.look()
            self.worker.site.pass_time(1)


@pytest.fixture
async def site() -> Site:
    site = await a_site(ACME, BETA)
    for tenant in (ACME, BETA):
        await site.tenants.publish(tenant, a_document(tenant, receivers=PERSONAL))
    return site


@pytest.fixture
async def watching(site: Site) -> Watching:
    worker = await a_worker(site)
    for tenant in (ACME, BETA):
        await worker.take(a_record(an_alert("A", user=EVE), an_alert("B", user="bob"), tenant=tenant))
    return Watching(worker)


async def listed(site: Site, tenant: TenantId = ACME, ended: bool = False) -> ErasedSubject:
    now = site.clock.time
    key = await site.subjects.begin(tenant, KEY)
    one = ErasedSubject("0000000e", subject_digest(key, EVE), Instant(now + HOUR), now)
    one = replace(one, ended_at=now) if ended else one
    await site.subjects.keep(tenant, one)
    return one


def texts(site: Site, tenant: TenantId = ACME) -> str:
    return repr(site.store.tenants[tenant].groups)


async def test_a_person_on_the_list_is_in_no_stored_group_and_others_stay(site: Site, watching: Watching) -> None:
    assert EVE in texts(site)
    subject = await listed(site)

    await watching.looks(1)

    assert EVE not in texts(site)
    assert (subject.mark in texts(site), "bob" in texts(site), EVE in texts(site, BETA)) == (True, True, True)


async def test_the_message_is_edited_by_the_next_turn(site: Site, watching: Watching) -> None:
    await watching.worker.settle_down()
    before = len(site.slack.calls)
    await listed(site)

    await watching.looks(1)
    await watching.worker.settle_down()

    assert len(site.slack.calls) == before + 1
    assert EVE not in repr(site.slack.calls[-1])


async def test_once_nothing_is_found_a_worker_reads_no_more_until_the_list_changes(
    site: Site, watching: Watching
) -> None:
    await watching.looks(3)
    assert watching.groups.read == 0
    await listed(site)
    watching.hiding.note(ACME)

    await watching.looks(10)
    read = watching.groups.read
    watching.hiding.note(ACME)
    await watching.looks(10)

    assert 1 < read == watching.groups.read
    site.pass_time(1)
    await listed(site)
    watching.hiding.note(ACME)
    await watching.looks(10)
    assert watching.groups.read > read


async def test_what_was_folded_by_a_list_without_the_person_is_found_as_well(site: Site, watching: Watching) -> None:
    late = await a_worker(site)
    await listed(site)
    await watching.looks(1)

    await late.take(a_record(an_alert("C", user=EVE)))
    assert EVE in texts(site)
    await watching.looks(4)

    assert EVE not in texts(site)


async def test_an_erasure_that_is_over_and_a_tenant_without_rules_are_left_alone(
    site: Site, watching: Watching
) -> None:
    await listed(site, ended=True)
    await watching.looks(5)
    assert watching.groups.read == 0
    watching.hiding.note(TenantId("absent"))
    await watching.looks(1)


async def test_while_redis_is_away_it_is_only_late(site: Site, watching: Watching) -> None:
    await listed(site)
    await watching.worker.tenants.load()
    site.subjects.faults.refuse("of")
    with pytest.raises(UnavailableError):
        await watching.hiding.look()

    await watching.looks(1)

    assert EVE not in texts(site)


async def test_what_can_never_be_stored_is_tried_ever_more_rarely_until_the_list_changes(
    site: Site, watching: Watching
) -> None:
    watching.groups.as_they_were = [one async for one in watching.groups.everything(ACME)]
    watching.groups.read = 0
    await listed(site)

    await watching.looks(8)
    soon = watching.groups.read
    await watching.looks(300)
    rarely = watching.groups.read - soon
    watching.hiding.note(ACME)
    await watching.looks(2)

    assert (soon, watching.groups.read - soon - rarely) == (8, 2)
    assert 5 < rarely < 15
