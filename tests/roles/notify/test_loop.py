"""The notifier's round and the sweep: nobody's trouble is anybody else's, and nothing is left behind."""

import asyncio
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, SECOND, Instant
from router.core.model.phase import Queued
from router.core.model.rules.tenant import Tenant
from router.roles.notify import loop
from tests.adapters.builders import ACME, BETA, NOON
from tests.roles.builders import ELSEWHERE, OTHER_CHANNEL, a_document, a_record, an_alert, key_of
from tests.roles.worker import Site, Worker, a_site, a_worker
from tests.waiting import eventually


async def take_turns(worker: Worker, times: int = 1) -> list[str]:
    """Take turns, one after the other; the events that were logged."""
    with capture_logs() as logs:
        for _ in range(times):
            await worker.take_turn()
        await worker.in_flight.drain()
    return [one["event"] for one in logs if one["event"] != "notification_sent"]


@pytest.fixture
async def two() -> Worker:
    """A worker of two tenants, each with a group to notify; acme's turn is the first."""
    site = await a_site(ACME)
    await site.open(BETA, a_document("beta", channel=OTHER_CHANNEL))
    worker = await a_worker(site)
    await worker.sweep._sweep()
    site.store.turns.clear()
    await worker.take(a_record(an_alert()))
    site.pass_time(1)
    await worker.take(a_record(an_alert(), tenant="beta", received=site.clock.time))
    site.pass_time(1)
    return worker


async def test_whose_turn_it_is_is_served_and_comes_back_with_its_next_work(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))

    await take_turns(worker)

    assert site.group().message is not None
    tenant, next_at = await worker.turns.take(site.clock.time)
    assert (tenant, next_at > site.clock.time) == (None, True), "no turn for which there is no work"


async def test_tenants_take_turns(two: Worker) -> None:
    await take_turns(two, 2)

    assert two.site.group().message is not None
    assert two.site.group(tenant=BETA).message is not None


async def test_who_has_no_more_work_is_out_of_the_round(site: Site, worker: Worker) -> None:
    await site.turns.offer({ACME: NOON})

    await take_turns(worker)

    assert site.store.turns == {}


async def test_a_suspended_tenant_is_left_alone_until_it_is_resumed(two: Worker) -> None:
    site = two.site
    await site.tenants.suspend(ACME)
    await two.tenants.load()

    await take_turns(two, 4)

    assert site.group().rev == 1
    assert site.group(tenant=BETA).message is not None
    assert ACME not in site.store.turns

    await site.tenants.resume(ACME)
    await two.tenants.load()
    await two.reconfiguration.configuration_changed(ACME)
    await take_turns(two, 4)
    assert site.group().message is not None


async def test_while_everybody_is_on_hold_turns_stay_where_they_are(two: Worker) -> None:
    site = two.site
    await site.holds.hold()
    await two.tenants.load()

    assert await take_turns(two) == []

    assert set(site.store.turns) | set(two.turns._ready) == {ACME, BETA}
    assert site.slack.calls == []

    await site.holds.release()
    await two.tenants.load()
    await take_turns(two, 4)
    assert site.group().message is not None
    assert site.group(tenant=BETA).message is not None


async def test_a_tenant_that_nobody_knows_is_dropped(site: Site, worker: Worker) -> None:
    await site.turns.offer({TenantId("nobody"): NOON})

    assert await take_turns(worker) == []

    assert site.store.turns == {}


async def test_a_tenant_that_was_just_applied_is_served(site: Site, worker: Worker) -> None:
    other = await a_worker(site)
    await site.open(BETA)
    await other.tenants.load()
    await other.take(a_record(an_alert(), tenant="beta"))

    await take_turns(worker)

    assert isinstance(site.group(tenant=BETA).phase, Queued)


async def test_an_engine_that_is_away_is_waited_for(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    site.store.faults.away = True
    assert await take_turns(worker, 3) == ["notifier_waits"]

    site.store.faults.away = False
    await take_turns(worker, 2)
    assert site.group().message is not None

    site.store.faults.away = True
    assert await take_turns(worker, 2) == ["notifier_waits"]


async def test_an_error_of_ours_in_one_tenant_does_not_stop_the_others(two: Worker) -> None:
    two.site.schedule.faults.fail("due", ZeroDivisionError())

    assert await take_turns(two, 2) == ["turn_failed"]

    assert two.site.group(tenant=BETA).message is not None


async def test_a_tenant_whose_data_is_gone_holds_up_no_other_tenant(two: Worker) -> None:
    two.site.store.tenants[ACME].epoch = False
    two.news.set()

    assert await take_turns(two, 2) == ["tenant_data_lost"]

    assert two.site.group(tenant=BETA).message is not None
    assert ACME not in two.site.store.turns, "the sweep brings it back"


async def test_with_nothing_to_do_it_waits_for_news(
    site: Site, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "_LONGEST_SLEEP_S", 3600)
    waiting = asyncio.create_task(worker.take_turn())
    await eventually(lambda: site.turns.faults.asked["take"] == 1, every_s=0)
    assert not waiting.done()

    worker.news.set()
    await waiting


@pytest.mark.parametrize(
    ("next_at", "longest", "expected"),
    [(NEVER, 1.0, 1.0), (Instant(NOON + SECOND // 4), 1.0, 0.25), (NOON, 1.0, 0.001), (Instant(NOON * 2), 1.0, 1.0)],
    ids=["no work", "work soon", "work now", "work in years"],
)
async def test_it_sleeps_until_the_next_work_and_never_long(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, next_at: Instant, longest: float, expected: float
) -> None:
    monkeypatch.setattr(loop, "_LONGEST_SLEEP_S", longest)
    slept = list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(worker.notifier, "_sleep", sleep)

    await worker.notifier._sleep_until(next_at)

    assert slept == [expected]


async def test_it_runs_until_it_is_stopped_and_ends_after_the_turn_in_hand(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    site.slack.faults.just_before("send", worker.notifier.stop)

    await asyncio.wait_for(worker.notifier.run(), 10)
    await worker.in_flight.drain()

    assert site.slack.only.text == "A firing"


async def sweep(worker: Worker) -> None:
    await worker.sweep._sweep()


async def test_the_sweep_brings_back_who_has_work(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    site.store.turns.clear()

    await sweep(worker)

    assert (await worker.turns.take(site.clock.time))[0] == ACME


async def test_the_sweep_leaves_suspended_tenants_out_and_relays_their_events(two: Worker) -> None:
    site = two.site
    await two.show()
    await sweep(two)
    await site.tenants.suspend(ACME)
    await two.tenants.load()
    site.store.turns.clear()

    await sweep(two)
    await two.relay.flush()

    assert set(site.store.turns) == {BETA}
    assert len(site.records.records) == 1


async def test_the_sweep_finishes_what_a_dead_worker_began(site: Site, worker: Worker) -> None:
    await worker.show()
    await site.tenants.publish(ACME, ELSEWHERE)
    await worker.tenants.load()

    await sweep(worker)

    assert site.group(key_of(receiver="elsewhere", path=("{}", '{alertname=~".+"}'))).firing == 1


async def test_the_sweep_passes_over_who_is_on_a_node_that_is_away() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    for tenant in (ACME, BETA):
        await worker.take(a_record(an_alert(), tenant=tenant))
    site.store.turns.clear()
    site.store.unanswered.add(ACME)

    await sweep(worker)

    assert set(site.store.turns) == {BETA}


async def test_what_one_worker_dies_with_another_one_finds_among_what_was_served_lately(site: Site) -> None:
    dies, lives = await a_worker(site), await a_worker(site)
    await sweep(lives)
    sweeping = asyncio.create_task(dies.sweep.run())
    await dies.take(a_record(an_alert()))
    await eventually(lambda: ACME in site.store.served, every_s=0)
    sweeping.cancel()
    with suppress(asyncio.CancelledError):
        await sweeping
    site.store.turns.clear()
    lives.sweep._rounds._left = [BETA]  # so it is not the slice that has the tenant

    await sweep(lives)

    assert ACME in site.store.turns


async def test_a_site_without_tenants_is_swept_too() -> None:
    await sweep(Worker(Site()))


async def test_the_sweep_goes_on_after_an_outage_until_it_is_cancelled(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    site.store.turns.clear()
    site.schedule.faults.refuse("next_due", times=2)
    running = asyncio.create_task(worker.sweep.run())

    await eventually(lambda: ACME in site.store.turns, every_s=0)

    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def begin_turns(worker: Worker, times: int) -> None:
    """Begin turns, and leave them in hand."""
    for _ in range(times):
        await worker.notifier._begin_turn_or_wait()


def held(site: Site, method: str) -> asyncio.Event:
    """The next call of this method to the schedule is answered when this is set."""
    answered = asyncio.Event()
    site.schedule.faults.just_before(method, answered.wait)
    return answered


async def test_a_tenant_whose_engine_does_not_answer_keeps_no_other_one_waiting(two: Worker) -> None:
    answered = held(two.site, "due")

    await begin_turns(two, 2)
    await eventually(lambda: two.site.group(tenant=BETA).message, every_s=0)

    assert two.site.group().message is None
    answered.set()
    await two.notifier.finish_turns()
    await two.in_flight.drain()
    assert two.site.group().message is not None


async def test_a_turn_that_comes_while_its_tenant_is_served_is_not_lost(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    answered = held(site, "due")
    await begin_turns(worker, 1)
    await eventually(lambda: site.schedule.faults.asked["due"], every_s=0)
    await site.turns.offer({ACME: NOON})
    await begin_turns(worker, 1)
    assert site.schedule.faults.asked["due"] == 1, "not twice at once"

    answered.set()
    await worker.notifier.finish_turns()
    await worker.in_flight.drain()

    assert (await worker.turns.take(site.clock.time))[0] == ACME


async def test_so_many_tenants_have_their_turn_at_once_and_no_more(site: Site, worker: Worker) -> None:
    names = [TenantId(f"t{number}") for number in range(loop.TURNS_AT_ONCE + 1)]
    for name in names:
        await site.open(name)
    await worker.tenants.load()
    await site.turns.offer(dict.fromkeys(names, NOON))
    held_up = [held(site, "due") for _ in names]
    await begin_turns(worker, loop.TURNS_AT_ONCE)
    one_more = asyncio.create_task(begin_turns(worker, 1))
    await eventually(lambda: site.schedule.faults.asked["due"] == loop.TURNS_AT_ONCE, every_s=0)
    assert not one_more.done()

    held_up[0].set()
    await one_more

    for one in held_up:
        one.set()
    await worker.notifier.finish_turns()
    assert site.schedule.faults.asked["due"] == len(names)


async def test_tenants_whose_rules_are_being_compiled_take_nobodys_turn(site: Site, worker: Worker) -> None:
    names = [TenantId(f"t{number}") for number in range(loop.TURNS_AT_ONCE)]
    for name in names:
        await site.open(name)
    await worker.tenants.load()
    compiled, find = asyncio.Event(), worker.tenants.find

    async def found(tenant: TenantId) -> Tenant | None:
        if tenant in names:
            await compiled.wait()
        return await find(tenant)

    worker.tenants.find = found  # type: ignore[method-assign]
    await worker.take(a_record(an_alert()))
    await site.turns.offer(dict.fromkeys(names, Instant(NOON - SECOND)))

    await begin_turns(worker, len(names) + 1)
    await eventually(lambda: site.group().message, every_s=0)

    assert site.schedule.faults.asked["due"] == 1, "acme's alone"
    compiled.set()
    await worker.notifier.finish_turns()


async def test_a_tenant_whose_engine_is_away_is_named_and_served_later(two: Worker) -> None:
    two.site.schedule.faults.refuse("due")
    with capture_logs() as logs:
        await begin_turns(two, 2)
        await two.notifier.finish_turns()
        await two.in_flight.drain()

    waits = [one for one in logs if one["event"] == "notifier_waits"]
    assert [(one["tenant"], one["times"]) for one in waits] == [(ACME, 1)]
    assert two.site.group(tenant=BETA).message is not None

    two.site.pass_time(1)
    await take_turns(two, 3)
    assert two.site.group().message is not None


async def test_stopping_in_the_middle_of_a_turn_ends_it(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    held(site, "due")
    running = asyncio.create_task(worker.notifier.run())
    await eventually(lambda: site.schedule.faults.asked["due"], every_s=0)

    running.cancel()
    with suppress(asyncio.CancelledError):
        await running

    await eventually(lambda: not worker.notifier._in_hand, every_s=0)
