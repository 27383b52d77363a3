"""Storing transitions: under the configuration they were decided by, and with a turn for what they leave to do."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from unittest.mock import patch

import pytest
from structlog.testing import capture_logs

from router.core.match.reading import Reading
from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, NEVER, Instant
from router.core.model.rules.inhibit import InhibitRules
from router.core.model.transition import Transition
from router.core.mute.inhibition import Source, source_keys
from router.errors import UnavailableError
from router.ports.state import ApplyResult, NextDue, StoreTransition
from router.roles.transitions import Change
from tests.adapters.builders import ACME, BETA, NOON, a_content, after, an_alert_state, idle, key_of, queued, waiting
from tests.core import builders as core
from tests.roles.worker import Site, Worker, a_site, a_worker

OK, CONFLICT, RELOAD = ApplyResult.OK, ApplyResult.CONFLICT, ApplyResult.RELOAD


def change(worker: Worker, then: AlertGroup, before: AlertGroup | None = None) -> Change:
    return Change(worker.rules(), before or AlertGroup(then.key), Transition(then))


async def turn(worker: Worker) -> Instant | None:
    """When the tenant's turn is; None: never."""
    tenant, at = await worker.turns.take(NOON)
    return NOON if tenant == ACME else at or None


async def test_a_transition_is_stored_under_the_version_it_was_decided_by(site: Site, worker: Worker) -> None:
    newer = replace(worker.rules(), version=2)

    assert await worker.transitions.apply([change(worker, waiting())], NOON) == [OK]
    assert await worker.transitions.apply(
        [Change(newer, AlertGroup(key_of("B")), Transition(waiting("B")))], NOON
    ) == [RELOAD]


async def test_what_changes_nothing_is_not_stored_and_is_fine_in_its_own_position(site: Site, worker: Worker) -> None:
    stored = waiting("A")
    await worker.transitions.apply([change(worker, stored)], NOON)
    site.groups.faults.asked.clear()
    same, lost = replace(stored, rev=1), change(worker, waiting("A", alerts=2))

    answers = await worker.transitions.apply_and_offer(
        [change(worker, same, same), lost, change(worker, same, same), change(worker, waiting("B"))], NOON
    )

    assert answers == [OK, CONFLICT, OK, OK]
    assert site.group(key_of("A")).rev == 1
    assert await worker.transitions.apply_and_offer([change(worker, same, same)], NOON) == [OK]
    assert site.groups.faults.asked["apply"] == 1


async def test_where_a_due_time_may_be_wrong_what_changes_nothing_is_stored_too(site: Site, worker: Worker) -> None:
    stored = waiting("A", due=after(30))
    await worker.transitions.apply([change(worker, stored)], NOON)
    await site.schedule.postpone(ACME, key_of("A").group_id, None, NOON)
    same = replace(stored, rev=1)

    assert await worker.transitions.apply([change(worker, same, same)], NOON) == [OK]

    assert await site.schedule.next_due([ACME]) == [after(30)]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([queued(waiting("A"))], NOON),
        ([waiting("A", due=after(30))], after(30)),
        ([waiting("A", due=after(30)), waiting("B", due=after(20))], after(20)),
        ([waiting("A", due=after(20)), waiting("B", due=after(30))], after(20)),
        ([waiting("A", due=after(30)), queued(waiting("B"))], NOON),
        ([idle(waiting("A"), due=NEVER)], None),
        ([idle(waiting("A"), due=NEVER), waiting("B", due=after(9))], after(9)),
    ],
    ids=[
        "queued",
        "waits",
        "the earliest",
        "the earliest first",
        "queued beside waiting",
        "rests",
        "rests beside waiting",
    ],
)
async def test_a_turn_is_offered_for_when_the_first_group_is_looked_at(
    site: Site, worker: Worker, groups: Sequence[AlertGroup], expected: Instant | None
) -> None:
    await worker.transitions.apply_and_offer([change(worker, group) for group in groups], NOON)

    assert await turn(worker) == expected


async def test_what_was_refused_offers_no_turn(site: Site, worker: Worker) -> None:
    await worker.transitions.apply([change(worker, waiting())], NOON)

    assert await worker.transitions.apply_and_offer([change(worker, waiting())], NOON) == [CONFLICT]

    assert await turn(worker) is None


async def test_every_tenant_has_a_turn_of_its_own() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    theirs = Change(worker.rules(BETA), AlertGroup(key_of()), Transition(waiting()))

    await worker.transitions.apply_and_offer([change(worker, waiting()), theirs], NOON)

    assert {(await worker.turns.take(NOON))[0] for _ in range(2)} == {ACME, BETA}


async def test_what_came_of_a_call_is_stored_under_any_configuration_and_offers_a_turn(
    site: Site, worker: Worker
) -> None:
    newer = replace(worker.rules(), version=9)
    call = Change(newer, AlertGroup(key_of()), Transition(idle(waiting(), due=after(99))))

    assert await worker.transitions.settle(call, NOON) is OK
    assert await turn(worker) == after(99)

    assert await worker.transitions.settle(call, NOON) is CONFLICT


async def test_the_turn_that_a_settled_call_offers_is_of_the_time_after_it_was_stored(
    site: Site, worker: Worker
) -> None:
    """Asked beside it, the answer may come from before it, and what it leaves to do would wait for a sweep."""
    store = site.groups.apply

    async def slow(transitions: Sequence[StoreTransition]) -> tuple[list[ApplyResult], NextDue]:
        for _ in range(3):
            await asyncio.sleep(0)
        return await store(transitions)

    with patch.object(site.groups, "apply", slow):
        await worker.transitions.settle(change(worker, waiting(due=after(9))), NOON)

    assert await turn(worker) == after(9)


async def test_a_turn_that_cannot_be_offered_is_left_to_the_sweep(site: Site, worker: Worker) -> None:
    site.turns.faults.refuse("offer", times=2)
    later = [idle(waiting(name), due=after(99)) for name in "AB"]

    with capture_logs() as logs:
        assert await worker.transitions.apply_and_offer([change(worker, later[0])], NOON) == [OK]
        assert await worker.transitions.settle(change(worker, later[1]), NOON) is OK

    assert [one["event"] for one in logs] == ["turns_not_offered"] * 2


async def test_a_store_that_is_away_is_not_hidden(site: Site, worker: Worker) -> None:
    for _ in range(3):
        site.groups.faults.refuse("apply")
    for store in (worker.transitions.apply, worker.transitions.apply_and_offer):
        with pytest.raises(UnavailableError):
            await store([change(worker, waiting())], NOON)
    with pytest.raises(UnavailableError):
        await worker.transitions.settle(change(worker, waiting()), NOON)

    assert await turn(worker) is None


async def test_a_closed_group_is_kept_as_long_as_old_records_are_taken_or_it_may_reopen(worker: Worker) -> None:
    kept = list[StoreTransition]()
    worker.site.groups.apply = _remember(kept)  # type: ignore[method-assign]
    route = core.a_route(timing=core.a_timing(reopen_within=core.hours(48)))
    long = replace(core.a_tenant(route), version=1)

    await worker.transitions.settle(change(worker, waiting()), NOON)
    await worker.transitions.settle(Change(long, AlertGroup(key_of()), Transition(waiting())), NOON)

    assert [one.keep for one in kept] == [24 * HOUR, 48 * HOUR]


def _remember(kept: list[StoreTransition]):  # type: ignore[no-untyped-def]
    async def apply(transitions: Sequence[StoreTransition]) -> tuple[list[ApplyResult], NextDue]:
        kept.extend(transitions)
        return [CONFLICT] * len(transitions), {}

    return apply


RULES = InhibitRules((core.a_rule("alertname=S", "alertname=T"),))
SOURCE = replace(an_alert_state(), content=a_content(alertname="S"))
SOURCES = replace(waiting("A"), alerts={AlertId("A0"): SOURCE})
[KEY] = source_keys(RULES, Reading({"alertname": "S"}))


async def test_alerts_that_inhibit_others_are_stored_with_their_group(site: Site, worker: Worker) -> None:
    tenant = replace(worker.rules(), inhibit_rules=RULES)

    await worker.transitions.apply([Change(tenant, AlertGroup(key_of()), Transition(SOURCES))], NOON)

    stale = Instant(NOON + 12 * HOUR)
    assert await site.sources.latest(ACME, [KEY]) == {KEY: Source(AlertId("A0"), stale)}


async def test_who_awaits_a_source_gets_a_turn_at_once_when_it_ends(site: Site, worker: Worker) -> None:
    tenant, inhibiting = replace(worker.rules(), inhibit_rules=RULES), {KEY: Source(AlertId("A0"), after(99))}
    ended = replace(SOURCE, registers=SOURCE.registers.end_at(after(5)))
    fires = Change(tenant, AlertGroup(key_of()), Transition(SOURCES))
    ends = Change(
        tenant, replace(SOURCES, rev=1), Transition(idle(SOURCES, due=NEVER, alerts={AlertId("A0"): ended}))
    )
    held = Change(tenant, AlertGroup(key_of("B")), Transition(waiting("B", due=after(99))), sources=inhibiting)
    await worker.transitions.apply([fires, held], NOON)

    assert await worker.transitions.apply_and_offer([ends], after(5)) == [OK]

    assert await worker.turns.take(after(4)) == (None, after(5))
    assert await site.schedule.next_due([ACME]) == [after(5)]
