"""Tenants' rules in memory: loaded before work is taken, kept while the store is away or a document unreadable."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from router.core.match.matcher import parse_matchers
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Instant
from router.core.model.rules.silence import Silence
from router.errors import UnavailableError
from router.roles.tenants import ActiveTenants
from tests.adapters.builders import ACME, BETA
from tests.fakes.silences import FakeSilences
from tests.roles.builders import CHANNEL, OTHER_CHANNEL, a_document
from tests.roles.worker import Site, a_site
from tests.waiting import eventually

FUTURE = '{"v": 99}'
NEWER = a_document(channel=OTHER_CHANNEL)


@pytest.fixture
async def site() -> Site:
    return await a_site(ACME, BETA)


@pytest.fixture
async def tenants(site: Site) -> ActiveTenants:
    """All configurations, loaded."""
    active = ActiveTenants(site.tenants)
    await active.load()
    for tenant in (ACME, BETA):
        await active.find(tenant)
    return active


def channel(tenants: ActiveTenants, tenant: TenantId = ACME) -> str:
    rules = tenants.get(tenant)
    assert rules is not None
    return next(iter(rules.receivers.values())).channel


def version(tenants: ActiveTenants, tenant: TenantId = ACME) -> int:
    rules = tenants.get(tenant)
    assert rules is not None
    return rules.version


async def test_everything_is_loaded_once(site: Site, tenants: ActiveTenants) -> None:
    assert tenants.loaded
    assert sorted(tenants) == [ACME, BETA]
    site.tenants.faults.asked.clear()

    await tenants.load()

    assert dict(site.tenants.faults.asked) == {"changed_since": 1, "held_since": 1}


async def test_before_anything_is_loaded_nothing_is_known(site: Site) -> None:
    active = ActiveTenants(site.tenants)

    assert (active.loaded, list(active), active.get(ACME)) == (False, [], None)


async def test_a_load_that_failed_is_done_again_from_where_it_was(site: Site) -> None:
    active = ActiveTenants(site.tenants)
    site.tenants.faults.refuse("active", times=2)
    with pytest.raises(UnavailableError):
        await active.load()
    assert not active.loaded

    await active.load()

    assert (active.loaded, sorted(active)) == (True, [ACME, BETA])


async def test_a_tenant_whose_part_of_the_store_is_away_keeps_nobody_from_being_loaded(site: Site) -> None:
    active = ActiveTenants(site.tenants)
    site.tenants.faults.refuse("active")

    await active.load()

    assert (active.loaded, sorted(active), active.is_unreachable(ACME)) == (True, [BETA], True)
    await active.load()
    assert (sorted(active), active.is_unreachable(ACME)) == ([ACME, BETA], False)


async def test_a_new_version_takes_the_place_of_the_old_one(site: Site, tenants: ActiveTenants) -> None:
    await site.tenants.publish(ACME, NEWER)
    assert channel(tenants) == CHANNEL

    await tenants.load()

    assert (version(tenants), channel(tenants), channel(tenants, BETA)) == (2, OTHER_CHANNEL, CHANNEL)


async def test_an_equal_document_is_not_compiled_again(site: Site, tenants: ActiveTenants) -> None:
    rules = tenants.get(ACME)

    assert await tenants.refresh(ACME) is rules


async def test_who_is_not_known_is_asked_for(site: Site, tenants: ActiveTenants) -> None:
    late = TenantId("late")
    assert await tenants.find(late) is None
    await site.tenants.publish(late, a_document("late"))

    found = await tenants.find(late)

    assert found is not None
    assert tenants.get(late) is found


async def test_who_is_known_is_found_while_the_store_is_away(site: Site, tenants: ActiveTenants) -> None:
    site.store.faults.away = True

    assert await tenants.find(ACME) is tenants.get(ACME)
    with pytest.raises(UnavailableError):
        await tenants.find(TenantId("late"))


async def test_a_document_that_cannot_be_read_keeps_the_last_good_one_under_its_number(
    site: Site, tenants: ActiveTenants
) -> None:
    await site.tenants.publish(ACME, FUTURE)
    with capture_logs() as logs:
        await tenants.load()

    assert [(one["event"], one["version"]) for one in logs] == [("configuration_unreadable", 2)]
    assert (version(tenants), channel(tenants)) == (2, CHANNEL)
    assert not tenants.is_unreadable(ACME)

    await site.tenants.publish(ACME, NEWER)
    await tenants.load()
    assert (version(tenants), channel(tenants)) == (3, OTHER_CHANNEL)


async def test_a_tenant_that_never_had_a_readable_document_is_unreadable_and_not_served(site: Site) -> None:
    await site.tenants.publish(ACME, FUTURE)
    active = ActiveTenants(site.tenants)

    await active.load()

    assert active.is_unreadable(ACME)
    assert not active.is_unreadable(TenantId("nobody"))
    assert (list(active), await active.find(ACME)) == ([BETA], None)


async def test_a_tenant_that_was_removed_is_forgotten(site: Site, tenants: ActiveTenants) -> None:
    await site.tenants.remove(ACME)

    assert await tenants.forget_if_gone(ACME)
    assert list(tenants) == [BETA]
    assert await tenants.find(ACME) is None


async def test_who_keeps_something_of_a_tenant_learns_that_it_was_removed(site: Site, tenants: ActiveTenants) -> None:
    gone = list[TenantId]()
    tenants.when_gone(gone.append)
    await site.tenants.remove(ACME)
    await tenants.load()

    assert gone == [ACME]


async def test_a_tenant_that_is_there_is_not_forgotten(tenants: ActiveTenants) -> None:
    gone = list[TenantId]()
    tenants.when_gone(gone.append)

    assert not await tenants.forget_if_gone(ACME)
    assert sorted(tenants) == [ACME, BETA]
    assert gone == []


async def test_when_everything_is_gone_nobody_is_forgotten(site: Site, tenants: ActiveTenants) -> None:
    site.store.wipe()

    assert not await tenants.forget_if_gone(ACME)
    await tenants.load()
    assert sorted(tenants) == [ACME, BETA]


async def test_a_suspended_tenant_keeps_its_rules(site: Site, tenants: ActiveTenants) -> None:
    rules = tenants.get(ACME)
    await site.tenants.suspend(ACME)
    await tenants.load()

    assert (tenants.is_suspended(ACME), tenants.is_suspended(BETA), len(tenants.suspended)) == (True, False, 1)
    assert tenants.get(ACME) is rules

    await site.tenants.resume(ACME)
    await tenants.load()
    assert (tenants.is_suspended(ACME), len(tenants.suspended)) == (False, 0)
    assert tenants.get(ACME) is rules


async def test_a_new_configuration_resumes_nobody(site: Site, tenants: ActiveTenants) -> None:
    await site.tenants.suspend(ACME)
    await site.tenants.publish(ACME, NEWER)

    await tenants.load()

    assert (tenants.is_suspended(ACME), version(tenants)) == (True, 2)


async def test_suspending_and_resuming_are_each_logged_once(site: Site, tenants: ActiveTenants) -> None:
    with capture_logs() as logs:
        for change in (site.tenants.suspend, site.tenants.suspend, site.tenants.resume):
            await change(ACME)
            await tenants.load()

    assert [one["event"] for one in logs] == ["tenant_suspended", "tenant_resumed"]


class Watching:
    """Tenants that are kept fresh, and whose changes were announced."""

    def __init__(self, site: Site, tenants: ActiveTenants) -> None:
        self.site = site
        self.tenants = tenants
        self.announced: list[tuple[TenantId, int, bool]] = []
        self.errors: list[Exception] = []

    async def note(self, tenant: TenantId) -> None:
        if self.errors:
            raise self.errors.pop()
        self.announced.append((tenant, version(self.tenants, tenant), self.tenants.is_suspended(tenant)))

    async def look(self) -> list[tuple[TenantId, int, bool]]:
        """What has been announced after two more looks at the store."""
        asked = self.site.tenants.faults.asked
        wanted = asked["changed_since"] + 2
        await eventually(lambda: asked["changed_since"] >= wanted, every_s=0)
        return self.announced


@pytest.fixture
async def watching(site: Site, tenants: ActiveTenants) -> AsyncIterator[Watching]:
    watching = Watching(site, tenants)
    task = asyncio.create_task(tenants.watch(watching.note))
    await watching.look()
    yield watching
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_what_was_known_at_the_start_is_not_announced(watching: Watching) -> None:
    assert await watching.look() == []


async def test_changes_have_one_follower_since_each_would_reach_only_one(watching: Watching) -> None:
    with pytest.raises(RuntimeError, match="followed already"):
        await watching.tenants.watch(watching.note)


async def test_every_change_is_announced_once_and_after_it_is_in_force(site: Site, watching: Watching) -> None:
    await site.tenants.publish(ACME, NEWER)
    assert await watching.look() == [(ACME, 2, False)]

    await site.tenants.suspend(ACME)
    await watching.look()
    await site.tenants.suspend(ACME)
    assert await watching.look() == [(ACME, 2, False), (ACME, 2, True)]

    await site.tenants.resume(ACME)
    assert (await watching.look())[2:] == [(ACME, 2, False)]


async def test_a_new_tenant_is_announced(site: Site, watching: Watching) -> None:
    late = TenantId("late")
    await site.tenants.publish(late, a_document("late"))

    assert await watching.look() == [(late, 1, False)]


async def test_the_store_being_away_changes_nothing_and_what_changed_meanwhile_is_announced(
    site: Site, watching: Watching
) -> None:
    site.store.faults.away = True
    await site.tenants.publish(ACME, NEWER)
    assert await watching.look() == []

    site.store.faults.away = False
    assert await watching.look() == [(ACME, 2, False)]


async def test_a_change_that_cannot_be_acted_on_keeps_no_other_tenants_back(site: Site, watching: Watching) -> None:
    watching.errors.append(UnavailableError("Redis: away"))
    await site.tenants.publish(ACME, NEWER)
    await site.tenants.publish(BETA, a_document("beta", channel=OTHER_CHANNEL))

    assert (BETA, 2, False) in await watching.look()


async def test_a_change_that_could_not_be_acted_on_is_announced_again(site: Site, watching: Watching) -> None:
    watching.errors.append(UnavailableError("Redis: away"))
    await site.tenants.publish(ACME, NEWER)

    await watching.look()

    assert await watching.look() == [(ACME, 2, False)]


def a_silence(site: Site, name: str = "s1") -> Silence:
    now = site.store.clock.time
    return Silence(name, (parse_matchers("a=b"),), now, Instant(now + HOUR), "ana", "why")


def silences(tenants: ActiveTenants, tenant: TenantId = ACME) -> list[str]:
    rules = tenants.get(tenant)
    assert rules is not None
    return [one.silence_id for one in rules.silences.all]


async def test_a_silence_holds_at_the_next_look_and_compiles_nothing(site: Site, watching: Watching) -> None:
    tenants = watching.tenants
    before, other = tenants.get(ACME), tenants.get(BETA)
    assert before is not None

    await FakeSilences(site.store).store(ACME, [a_silence(site)], [])
    assert await watching.look() == [(ACME, 1, False)]

    after = tenants.get(ACME)
    assert after is not None
    assert (silences(tenants), silences(tenants, BETA)) == (["s1"], [])
    assert after.route is before.route
    assert tenants.get(BETA) is other

    await FakeSilences(site.store).store(ACME, [], ["s1"])
    assert await watching.look() == [(ACME, 1, False)] * 2
    assert silences(tenants) == []


async def test_what_is_announced_again_with_the_same_silences_is_no_change(site: Site, watching: Watching) -> None:
    await FakeSilences(site.store).store(ACME, [a_silence(site)], [])
    await watching.look()

    await FakeSilences(site.store).store(ACME, [], [])

    assert await watching.look() == [(ACME, 1, False)]


async def test_silences_are_there_from_the_start_and_stay_under_a_new_version(site: Site) -> None:
    await FakeSilences(site.store).store(ACME, [a_silence(site)], [])
    active = ActiveTenants(site.tenants)
    await active.load()
    await active.find(ACME)
    assert silences(active) == ["s1"]

    await site.tenants.publish(ACME, NEWER)
    await active.load()
    assert (version(active), silences(active)) == (2, ["s1"])

    await site.tenants.publish(ACME, FUTURE)
    await FakeSilences(site.store).store(ACME, [a_silence(site, "s2")], [])
    await active.load()
    assert (version(active), silences(active)) == (3, ["s1", "s2"])
