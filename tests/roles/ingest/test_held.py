"""Held records: they wait for their own tenant alone, return as what they were, and end."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Final

import pytest
from structlog.testing import capture_logs

from router.core.model.alert import TenantId
from router.core.model.instant import HOUR
from router.errors import UnavailableError
from router.observe.problems import TenantProblem
from router.ports.kafka import Record
from router.roles.ingest import held as holding
from router.roles.ingest import hold as holds
from router.roles.ingest.folding import RUN
from router.roles.ingest.hold import (
    HOLD,
    LOST_S,
    PASS_ON,
    PASSED_ON,
    SICK_S,
    HeldReason,
    Sick,
    held_until,
    passes,
    restored,
)
from tests.adapters.builders import ACME, BETA, NOON, after
from tests.bounds import tries
from tests.roles.builders import DEAD, a_body, a_document, a_record, an_alert, id_of, key_of
from tests.roles.worker import Site, Worker, a_site, a_worker

HOLD_S: Final = HOLD / 1_000_000


async def hold(worker: Worker, *records: Record, tenant: TenantId = ACME) -> None:
    """These come while the tenant's data is gone."""
    worker.site.store.lose(tenant)
    await worker.take(*records)
    assert [reason for reason, _ in worker.site.held[-len(records) :]] == ["data_lost"] * len(records)


async def look(worker: Worker) -> None:
    """A pass, when the time of what is held has come."""
    worker.site.pass_time(HOLD_S)
    await worker.held.look()


async def heal(site: Site, tenant: TenantId = ACME) -> None:
    """Its configuration is applied again."""
    await site.tenants.publish(tenant, a_document(tenant))


async def test_a_held_record_is_restored_as_what_it_was(worker: Worker) -> None:
    record = replace(
        a_record(
            value=b"\xff", offset=7, headers=[("tenant", b"acme"), ("x", b"1"), ("x", b"2"), ("held_until", b"9")]
        ),
        timestamp=after(-100),
    )
    await worker.holding.hold(record, ACME, HeldReason.DATA_LOST)

    [held] = worker.held_log.held

    assert held_until(held) == worker.site.clock.time + HOLD
    observed = ("observed_at", b"2026-11-26T11:58:20.000000Z")
    assert restored(held) == replace(record, headers=(*record.headers[:3], observed))


@pytest.mark.parametrize("name", ["origin_topic", "origin_partition", "origin_offset", "origin_timestamp"])
async def test_what_nobody_of_ours_has_put_there_is_taken_as_it_is(worker: Worker, name: str) -> None:
    await worker.holding.hold(a_record(an_alert()), ACME, HeldReason.DATA_LOST)
    [held] = worker.held_log.held
    odd = replace(held, headers=tuple((one, b"\xff" if one == name else value) for one, value in held.headers))
    odd = replace(odd, headers=tuple(one for one in odd.headers if one[0] != name or name != "origin_topic"))

    assert restored(odd) == odd


async def test_once_the_tenant_is_well_its_records_are_folded_with_their_own_time(site: Site, worker: Worker) -> None:
    await hold(worker, a_record(an_alert("A"), received=after(-30)), a_record(an_alert("B"), offset=1))
    await heal(site)
    site.pass_time(600)

    await look(worker)

    assert site.group().alerts[id_of("A")].registers.seen_firing == after(-30)
    assert site.group().alerts[id_of("B")].registers.seen_firing == NOON
    assert (await site.books.read(ACME))["accepted"] == 2
    assert worker.held_log.committed == 2
    assert worker.news.is_set()


async def test_while_it_is_sick_they_stay_where_they_are_and_nothing_is_written(site: Site, worker: Worker) -> None:
    await hold(worker, a_record(an_alert("A")), a_record(an_alert("B"), offset=1))
    for _ in range(3):
        await look(worker)

    assert len(site.records.records) == 2
    assert worker.held_log.committed == 0
    assert worker.metrics.problems.lasting(TenantProblem.RECORDS_HELD) == {ACME: "data_lost"}

    await heal(site)
    await look(worker)
    assert (site.group().firing, worker.held_log.committed) == (2, 2)
    assert worker.metrics.problems.lasting(TenantProblem.RECORDS_HELD) == {}


async def test_before_its_time_a_record_is_not_tried(site: Site, worker: Worker) -> None:
    await hold(worker, a_record(an_alert()))
    await heal(site)

    await worker.held.look()
    assert not site.store.tenants[ACME].groups

    await look(worker)
    assert site.group().firing == 1


async def test_what_has_ended_behind_a_record_that_waits_is_not_folded_again() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    await hold(worker, a_record(an_alert()))
    await hold(worker, a_record(an_alert(), tenant="beta", offset=1), tenant=BETA)
    await heal(site, BETA)

    for _ in range(3):
        await look(worker)
    assert (await site.books.read(BETA))["accepted"] == 1
    assert worker.held_log.committed == 0

    await heal(site)
    await look(worker)
    assert (site.group().firing, worker.held_log.committed) == (1, 2)


async def test_after_a_rebalance_nothing_is_remembered_and_nothing_lost(site: Site, worker: Worker) -> None:
    await hold(worker, a_record(an_alert("A")), a_record(an_alert("B"), offset=1))
    await look(worker)
    worker.held_log.generation += 1
    await heal(site)

    await look(worker)

    assert (site.group().firing, worker.held_log.committed) == (2, 2)


async def test_a_record_of_an_unreadable_group_is_passed_on_to_whoever_may_read_it(
    site: Site, worker: Worker
) -> None:
    await worker.take(a_record(an_alert("A"), group="g"))
    before = site.group()
    site.store.garble(ACME, key_of("g").group_id)
    record = replace(a_record(an_alert("B"), group="g", offset=1), key=b"2/key")
    await worker.take(record)
    [first] = worker.held_log.held

    await worker.held.look()
    site.pass_time(PASS_ON / 1_000_000)
    await worker.held.look()

    assert worker.held_log.committed == 2, "others have it, or will"
    passed = worker.held_log.held
    assert [passes(one) for one in passed] == [0, 1, 2]
    assert len({one.key for one in passed}) == 3, "so that it comes to other partitions"
    assert {restored(one) for one in passed} == {restored(first)}
    assert restored(first).key == record.key

    site.store.tenants[ACME].groups[key_of("g").group_id] = before
    await look(worker)
    assert set(site.group().alerts) == {id_of("A"), id_of("B")}


@tries("times that a record of an unreadable group is passed on")
async def test_so_often_a_record_is_passed_on(site: Site, worker: Worker, beyond: int) -> None:
    await worker.take(a_record(an_alert("A"), group="g"))
    site.store.garble(ACME, key_of("g").group_id)
    await worker.take(a_record(an_alert("B"), group="g", offset=1))

    for _ in range(PASSED_ON + beyond):
        await look(worker)

    assert len(worker.held_log.held) == 1 + PASSED_ON + min(0, beyond)


async def test_what_is_passed_on_is_tried_again_soon(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert("A"), group="g"))
    site.store.garble(ACME, key_of("g").group_id)
    await worker.take(a_record(an_alert("B"), group="g", offset=1))
    await worker.held.look()
    await worker.held.look()

    assert await worker.held.pause_s() == PASS_ON / 1_000_000


async def test_only_what_is_held_of_an_unreadable_group_waits(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert("A"), group="g"))
    before = site.group()
    site.store.garble(ACME, key_of("g").group_id)
    await worker.take(a_record(an_alert("B"), group="g", offset=1), a_record(an_alert("C"), group="h", offset=2))
    assert site.held == [("group_unreadable", a_body(an_alert("B"), group="g"))]
    await look(worker)

    site.store.tenants[ACME].groups[key_of("g").group_id] = before
    await look(worker)

    assert set(site.group().alerts) == {id_of("A"), id_of("B")}


async def test_a_tenant_that_is_well_again_is_no_longer_held(site: Site, worker: Worker) -> None:
    await hold(worker, a_record(an_alert("A")))
    await heal(site)
    await look(worker)

    await worker.take(a_record(an_alert("B"), offset=1))

    assert (len(site.held), site.group().firing) == (1, 2)


async def test_of_a_busy_tenant_the_next_records_are_held_too_until_its_own_are_done(
    site: Site, worker: Worker
) -> None:
    worker.holding.patience_s = 0
    one_step = [an_alert(f"A{number}") for number in range(RUN)]
    await worker.take(a_record(*one_step), a_record(an_alert("A"), offset=1))
    worker.holding.patience_s = 60
    await worker.take(a_record(an_alert("B"), offset=2))
    assert [reason for reason, _ in site.held] == ["busy"] * 2, "two would work on the same groups at once"

    await worker.held.look()
    await worker.take(a_record(an_alert("C"), offset=3))

    assert (site.group().firing, len(site.held), site.dead) == (RUN + 3, 2, [])
    assert worker.metrics.problems._raised == {}


async def test_a_pass_is_cut_so_that_what_is_sick_is_tried_again(
    site: Site, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hold(worker, *(a_record(an_alert(f"A{number}"), offset=number) for number in range(3)))
    await heal(site)
    site.pass_time(HOLD_S)
    monkeypatch.setattr(holding, "PASS_S", 0)

    await worker.held.look()
    assert (worker.held_log.committed, worker.held._is_cut) == (0, True)

    monkeypatch.undo()
    await worker.held.look()
    assert (site.group().firing, worker.held_log.committed, worker.held._is_cut) == (3, 3, False)


@tries("records of a tenant that are held")
async def test_one_record_too_many_is_dead_lettered(
    site: Site, worker: Worker, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    monkeypatch.setattr(holding, "HELD", 3)
    await hold(worker, *(a_record(an_alert(f"A{number}"), offset=number) for number in range(3 + beyond)))
    await look(worker)

    assert site.dead == [("held_too_many", a_body(an_alert("A3")))] * max(0, beyond)
    for letter in [one for one in site.records.records if one.topic == DEAD]:
        assert (letter.headers["origin_topic"], letter.headers["origin_offset"]) == (b"alerts.inbound", b"3")

    await heal(site)
    await look(worker)
    assert (site.group().firing, len(site.dead)) == (min(3, 3 + beyond), max(0, beyond))


@tries("time that a held record waits before it is tried again")
async def test_a_held_record_waits_a_while(site: Site, worker: Worker, beyond: int) -> None:
    await hold(worker, a_record(an_alert()))
    await heal(site)

    site.clock.advance(HOLD + beyond)
    await worker.held.look()

    assert len(site.store.tenants[ACME].groups) == (0 if beyond < 0 else 1)


@tries("time for which records of a sick or busy tenant are held without another try")
async def test_a_sick_tenant_is_tried_again_after_a_while(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    now = [100.0]
    monkeypatch.setattr(holds, "time", SimpleNamespace(monotonic=lambda: now[0]))
    worker.holding.note(ACME, HeldReason.UNAVAILABLE)

    now[0] += SICK_S + beyond

    assert worker.holding.sickness(ACME) is (HeldReason.UNAVAILABLE if beyond <= 0 else None)


@tries("time for which records of a tenant without data are held without another try")
async def test_a_tenant_whose_data_is_back_is_soon_found_well(
    site: Site, worker: Worker, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    now = [100.0]
    monkeypatch.setattr(holds, "time", SimpleNamespace(monotonic=lambda: now[0]))
    await hold(worker, a_record(an_alert("A")))
    await heal(site)

    now[0] += LOST_S + beyond
    await worker.take(a_record(an_alert("B"), offset=1))

    assert len(site.held) == (2 if beyond <= 0 else 1), "the one that was held is folded when its time has come"


async def test_what_is_older_than_alerts_are_remembered_is_dead_lettered(site: Site, worker: Worker) -> None:
    await hold(worker, a_record(an_alert()))
    site.pass_time(24 * HOUR / 1_000_000 + 1)

    await look(worker)

    assert [reason for reason, _ in site.dead] == ["too_old"]
    assert worker.held_log.committed == 1


async def test_of_a_tenant_that_was_removed_they_are_dead_lettered() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    await hold(worker, a_record(an_alert()))
    await site.tenants.remove(ACME)
    await worker.tenants.forget_if_gone(ACME)

    await look(worker)

    assert [reason for reason, _ in site.dead] == ["unknown_tenant"]


@tries("records remembered as ended behind one that is held")
async def test_so_many_records_are_remembered_as_ended(
    site: Site, worker: Worker, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    monkeypatch.setattr(holding, "REMEMBERED", 3)
    monkeypatch.setattr(holds, "PASSED_ON", 0)
    await worker.take(a_record(an_alert("A"), group="g"))
    site.store.garble(ACME, key_of("g").group_id)
    await worker.take(a_record(an_alert("B"), group="g", offset=1))
    for number in range(3 + beyond):
        record = a_record(an_alert(f"C{number}"), group="h", offset=2 + number)
        await worker.holding.hold(record, ACME, HeldReason.BUSY)
    held = len(site.held)

    for _ in range(2):
        await look(worker)

    assert len(site.held) - held == max(0, beyond)


async def test_a_record_before_very_many_that_have_ended_is_appended_again(
    site: Site, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "REMEMBERED", 3)
    monkeypatch.setattr(holds, "PASSED_ON", 0)
    await worker.take(a_record(an_alert("A"), group="g"))
    before = site.group()
    site.store.garble(ACME, key_of("g").group_id)
    await worker.take(a_record(an_alert("B"), group="g", offset=1))
    for number in range(5):
        record = a_record(an_alert(f"C{number}"), group="h", offset=2 + number)
        await worker.holding.hold(record, ACME, HeldReason.BUSY)

    for _ in range(2):
        await look(worker)
    assert worker.held_log.committed == 6, "only the one appended again is left"

    site.store.tenants[ACME].groups[key_of("g").group_id] = before
    await look(worker)
    assert (site.group().firing, worker.held_log.committed) == (2, 7)


async def test_a_pass_that_meets_an_outage_loses_nothing(site: Site, worker: Worker) -> None:
    await hold(worker, *(a_record(an_alert(f"A{number}"), offset=number) for number in range(5)))
    await heal(site)
    site.pass_time(HOLD_S)
    worker.held_log.batch = 2
    site.store.faults.away = True
    with pytest.raises(UnavailableError):
        await worker.held.look()
    site.store.faults.away = False
    worker.held_log.faults.refuse("read")
    with pytest.raises(UnavailableError):
        await worker.held.look()
    assert worker.held_log.committed == 0

    await worker.held.look()

    assert (site.group().firing, worker.held_log.committed) == (5, 5)


async def test_it_is_logged_whose_record_is_held_and_why(worker: Worker) -> None:
    with capture_logs() as logs:
        await worker.holding.hold(a_record(an_alert(), offset=5), ACME, HeldReason.UNAVAILABLE)

    assert [(one["event"], one["tenant"], one["reason"], one["offset"]) for one in logs] == [
        ("record_held", ACME, "unavailable", 5)
    ]


def test_a_sickness_is_forgotten_by_and_by() -> None:
    sick = Sick()
    sick.note(ACME, HeldReason.DATA_LOST)

    assert sick.since(ACME, 0) is HeldReason.DATA_LOST
    assert sick.since(ACME, float("inf")) is None
    assert SICK_S > HOLD_S, "who reads the held topic renews it in time"

    sick.note(ACME, None)
    assert sick.since(ACME, 0) is None


async def test_a_pass_that_fails_in_one_tenants_part_ends_nothing_of_another() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    await hold(worker, a_record(an_alert()))
    await hold(worker, a_record(an_alert("B"), tenant="beta", offset=1), tenant=BETA)
    await heal(site, BETA)
    site.pass_time(HOLD_S)
    site.groups.faults.just_before("load_parts", lambda: setattr(site.store.faults, "away", True))
    with pytest.raises(UnavailableError):
        await worker.held.look()
    site.store.faults.away = False

    await look(worker)
    await heal(site)
    await look(worker)

    assert (site.group().firing, site.group(tenant=BETA).firing) == (1, 1)
    assert worker.held_log.committed == 2
