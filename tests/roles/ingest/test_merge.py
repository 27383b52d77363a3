"""Merging: read again after a lost race, route again after a new configuration, and many alerts in few steps."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest

from router.core.model.alert import AlertId, TenantId
from router.core.model.observation import Observations
from router.core.route.tree import assign
from router.errors import RebuildError, UnavailableError
from router.roles.ingest.merge import CHUNK, Merged, Work
from tests.adapters.builders import ACME, BETA, after
from tests.core import builders as core
from tests.roles.builders import a_document, a_record, an_alert, key_of
from tests.roles.worker import Site, Worker, a_site, a_worker


def seen(*names: str, when: float = 0, group: str = "g") -> Observations:
    """One body of firing alerts."""
    alerts = [core.an_alert(name, starts=after(0)) for name in names]
    return core.observed(*alerts, when=after(when), sender_group=group, group_labels={"group": group})


def work_of(worker: Worker, *bodies: Observations, tenant: TenantId = ACME) -> list[Work]:
    """What is to be merged for these bodies, as ingest assigns it."""
    work: dict[object, Work] = {}
    for body in bodies:
        for part in assign(worker.rules(tenant), body):
            one = work.setdefault(part.key, Work(worker.rules(tenant), part.key, part.timing))
            one.add(part.seen)
    return list(work.values())


async def merge(worker: Worker, work: Sequence[Work]) -> Merged:
    return await worker.merging.merge(work)


def many(count: int) -> list[str]:
    return [f"A{number}" for number in range(count)]


async def test_what_is_merged_is_stored_counted_and_offered_a_turn(site: Site, worker: Worker) -> None:
    assert await merge(worker, work_of(worker, seen("A", "B"))) == Merged()

    assert set(site.group().alerts) == {"A", "B"}
    assert await site.books.read(ACME) == {"changes": 2, "pending": 2, "accepted": 2}
    assert (await worker.turns.take(site.clock.time))[0] == ACME
    assert (worker.metrics.alerts._value.get(), worker.metrics.changes._value.get()) == (2, 2)


async def test_what_a_body_ends_that_it_left_out_is_at_hand(site: Site, worker: Worker) -> None:
    await merge(worker, work_of(worker, seen("A", "B", *many(300))))
    ended = core.observed(core.a_resolve("A", ends=after(9)), when=after(10), group_labels={"group": "g"})

    await merge(worker, work_of(worker, replace(ended, all_ended=True, ends=tuple(site.group().alerts))))

    assert site.group().firing == 0
    assert {alert.firing for alert in site.group().alerts.values()} == {False}
    assert (await site.books.read(ACME))["accepted"] == 303


async def test_who_lost_a_race_reads_again_and_both_are_stored(site: Site, worker: Worker) -> None:
    other = await a_worker(site)
    site.groups.faults.just_before("apply", lambda: merge(other, work_of(other, seen("B"))))

    await merge(worker, work_of(worker, seen("A")))

    assert set(site.group().alerts) == {"A", "B"}
    assert (site.group().rev, site.group().pending) == (2, 2)
    assert (await site.books.read(ACME))["changes"] == 2


async def test_a_race_lost_again_and_again_is_won_in_the_end(site: Site, worker: Worker) -> None:
    other = await a_worker(site)
    for name in many(5):
        site.groups.faults.just_before("apply", partial(merge, other, work_of(other, seen(name))))

    await merge(worker, work_of(worker, seen("A")))

    assert set(site.group().alerts) == {"A", *many(5)}


async def test_a_conflict_of_one_group_stores_its_neighbours_once(site: Site, worker: Worker) -> None:
    other = await a_worker(site)
    site.groups.faults.just_before("apply", lambda: merge(other, work_of(other, seen("B", group="g"))))

    await merge(worker, work_of(worker, seen("A", group="g"), seen("A", group="h")))

    assert site.group(key_of("h")).rev == 1
    assert site.group(key_of("g")).rev == 2


async def test_a_new_configuration_is_read_and_its_tenant_is_given_back_to_be_routed_again(
    site: Site, worker: Worker
) -> None:
    work = work_of(worker, seen("A"))
    await site.tenants.publish(ACME, a_document(channel="C0999999"))

    merged = await merge(worker, work)

    assert merged.outdated == {ACME}
    assert worker.rules().version == 2
    assert not site.store.tenants[ACME].groups


async def test_one_tenants_new_configuration_holds_up_no_other_tenant() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    work = [*work_of(worker, seen("A")), *work_of(worker, seen("A"), tenant=BETA)]
    await site.tenants.publish(ACME, a_document(channel="C0999999"))

    merged = await merge(worker, work)

    assert merged.outdated == {ACME}
    assert site.group(tenant=BETA).pending == 1


async def test_groups_of_many_tenants_take_one_read_and_one_write() -> None:
    tenants = [TenantId(f"t{number}") for number in range(5)]
    site = await a_site(*tenants)
    worker = await a_worker(site)

    await merge(
        worker,
        [
            one
            for tenant in tenants
            for one in work_of(worker, seen("A", group="g"), seen("A", group="h"), tenant=tenant)
        ],
    )

    assert (site.groups.faults.asked["load_parts"], site.groups.faults.asked["apply"]) == (1, 1)
    assert {tenant: len(site.store.tenants[tenant].groups) for tenant in tenants} == dict.fromkeys(tenants, 2)
    assert site.turns.faults.asked["offer"] == 0, "their turns are this worker's own"


@pytest.mark.parametrize(("alerts", "steps"), [(1, 1), (CHUNK, 1), (CHUNK + 1, 2), (2 * CHUNK + 50, 3)])
async def test_a_large_body_is_stored_in_portions(site: Site, worker: Worker, alerts: int, steps: int) -> None:
    await merge(worker, work_of(worker, seen(*many(alerts))))

    assert site.group().rev == steps
    assert (len(site.group().alerts), site.group().firing) == (alerts, alerts)


async def test_many_small_bodies_of_a_group_are_one_step(site: Site, worker: Worker) -> None:
    bodies = [seen("A", "B", when=number) for number in range(50)]

    await merge(worker, work_of(worker, *bodies))

    assert site.group().rev == 1
    assert site.group().alerts[AlertId("A")].registers.seen_firing == after(49)
    assert await site.books.read(ACME) == {"changes": 2, "pending": 2, "accepted": 100, "duplicates": 98}


def test_what_was_not_stored_comes_first_again_in_its_order(worker: Worker) -> None:
    [work] = work_of(worker, *(seen("A", when=number) for number in range(4)))
    batch = work.next_batch()
    assert (len(batch), list(work.seen)) == (4, [])

    work.put_back(batch[:3])

    assert [one.observed for one in work.next_batch()] == [after(number) for number in range(3)]


async def test_a_body_that_does_not_fit_into_the_step_waits_for_the_next(site: Site, worker: Worker) -> None:
    await merge(worker, work_of(worker, seen(*many(150)), seen("B", *many(100))))

    assert site.group().rev == 2
    assert len(site.group().alerts) == 151


async def test_a_step_whose_reply_was_lost_may_be_made_again(site: Site, worker: Worker) -> None:
    site.groups.faults.lose_reply("apply")
    with pytest.raises(UnavailableError):
        await merge(worker, work_of(worker, seen("A", "B")))

    await merge(worker, work_of(worker, seen("A", "B")))

    assert site.group().pending == 2
    assert await site.books.read(ACME) == {"changes": 2, "pending": 2, "accepted": 4, "duplicates": 2}


async def test_a_group_that_nobody_can_read_is_named_and_its_neighbours_are_stored(
    site: Site, worker: Worker
) -> None:
    await worker.take(a_record(an_alert(), group="g"))
    site.store.garble(ACME, key_of("g").group_id)

    merged = await merge(worker, work_of(worker, seen("A", group="g"), seen("A", group="h")))

    assert merged.unreadable == {(ACME, key_of("g"))}
    assert site.group(key_of("h")).pending == 1


async def test_without_its_data_a_tenant_that_was_not_removed_stops(site: Site, worker: Worker) -> None:
    site.store.lose(ACME)

    with pytest.raises(RebuildError, match="acme"):
        await merge(worker, work_of(worker, seen("A")))


async def test_a_tenant_that_was_removed_is_given_back_and_forgotten() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    work = work_of(worker, seen("A"))
    await site.tenants.remove(ACME)

    merged = await merge(worker, work)

    assert merged.outdated == {ACME}
    assert worker.tenants.get(ACME) is None


async def test_an_engine_that_is_away_ends_the_merge(site: Site, worker: Worker) -> None:
    site.groups.faults.refuse("load_parts")
    with pytest.raises(UnavailableError):
        await merge(worker, work_of(worker, seen("A")))

    site.clock.faults.refuse("now")
    with pytest.raises(UnavailableError):
        await merge(worker, work_of(worker, seen("A")))

    assert not site.store.tenants[ACME].groups


async def test_a_new_group_is_routed_by_the_configuration_that_made_it(site: Site, worker: Worker) -> None:
    """Otherwise it would count as outdated, and all its alerts be routed again, when it is first looked at."""
    await merge(worker, work_of(worker, seen("A")))

    assert site.group().config_version == worker.rules().version
