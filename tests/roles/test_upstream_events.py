"""Alertmanager's own events beside its webhooks: whatever order they come in, and whatever is lost of them."""

import asyncio
from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.model.alert import TenantId
from router.core.model.instant import MINUTE, SECOND, Instant, parse_rfc3339
from router.roles.ingest.event_topics import MAX_EVENT_BYTES, EventOutcome, EventTopic
from tests.adapters.builders import ACME
from tests.bounds import tries
from tests.examples import examples
from tests.roles.builders import a_document
from tests.roles.upstream import CLUSTER, DB_1, DB_2, Written, listening, recorded, shown
from tests.roles.worker import Worker, a_site, a_worker

QUICK: Final = a_document(route="  group_interval: 100ms")
ENDED: Final = "RESOLVED"
ENDED_UNSEEN: Final = {ENDED, "NOTHING"}
"""What ended before it was shown has never been."""
TRUTH: Final = {DB_1: ENDED, DB_2: "FIRING", CLUSTER: ENDED}
SILENCE_ENDS: Final = parse_rfc3339("2026-11-26T00:21:17.006Z")
BACK: Final = parse_rfc3339("2026-11-26T00:21:18.98Z")
"""The body that holds db-2 again."""
EVENTS: Final = [place for place, one in enumerate(recorded()) if one.is_event]
MUTES_DB_2: Final = [place for place, one in enumerate(recorded()) if one.mutes_db_2]


async def a_quick_worker(at: Instant) -> Worker:
    site = await a_site()
    site.clock.time = at
    await site.open(ACME, QUICK)
    return await a_worker(site)


async def take(worker: Worker, one: Written, topic: EventTopic | None = None) -> None:
    """One record, and the calls that it causes."""
    if one.is_event:
        await listening(worker, topic).take([one.record()])
    else:
        await worker.take(one.record())
    await worker.settle_down()


async def in_time(left_out: Sequence[int]) -> list[tuple[Instant, tuple[str, str] | None]]:
    """All but these, each at its time: how db-2 was shown after each; then the truth must be shown."""
    worker, seen = await a_quick_worker(recorded()[0].at), list[tuple[Instant, tuple[str, str] | None]]()
    for place, one in enumerate(recorded()):
        if place not in left_out:
            worker.site.clock.time = max(worker.site.clock.time, one.at)
            await take(worker, one)
            seen.append((one.at, shown(worker).get(DB_2)))
    await at_rest(worker)
    return seen


async def at_rest(worker: Worker) -> None:
    await worker.settle_down()
    states = {alert: state for alert, (state, _) in shown(worker).items()}
    assert {alert: ENDED if state in ENDED_UNSEEN else state for alert, state in states.items()} == TRUTH
    [disk] = [one for one in worker.site.store.tenants[ACME].groups.values() if one.firing]  # type: ignore[union-attr]
    assert (disk.pending, disk.unreported) == (0, 0)  # type: ignore[union-attr]
    books = await worker.site.books.read(ACME)
    suppressed = sum(count for name, count in books.items() if name.startswith("suppressed:"))
    assert books["changes"] == books["notified"] + books.get("superseded", 0) + suppressed


async def test_db_2_is_shown_as_silenced_by_ana_while_it_is() -> None:
    seen = await in_time([])
    first_mute = recorded()[MUTES_DB_2[0]].at
    assert {state for at, state in seen if first_mute <= at < BACK} == {("MUTED", "ana")}
    assert {state for at, state in seen if at >= BACK} == {("FIRING", "")}


FEW: Final = examples(25)
MANY: Final = examples(150)
any_order, any_lost = st.permutations(range(len(recorded()))), st.sets(st.sampled_from(EVENTS))


@FEW
@given(any_lost)
def test_whatever_events_are_lost_it_is_silenced_from_the_first_that_says_so(lost: set[int]) -> None:
    assert_silenced_from_the_first(lost)


@pytest.mark.long
@pytest.mark.night
@MANY
@given(any_lost)
def test_so_it_is_with_very_many_choices_of_what_is_lost(lost: set[int]) -> None:
    assert_silenced_from_the_first(lost)


def assert_silenced_from_the_first(lost: set[int]) -> None:
    seen = asyncio.run(in_time(sorted(lost)))
    heard = [recorded()[place].at for place in MUTES_DB_2 if place not in lost]
    states = {state for at, state in seen if heard and heard[0] <= at < BACK}
    assert states <= {("MUTED", "ana")}
    assert {state for at, state in seen if at >= BACK} == {("FIRING", "")}


async def in_any_order(places: Sequence[int]) -> None:
    worker = await a_quick_worker(Instant(recorded()[-1].at + SECOND))
    for place in places:
        await take(worker, recorded()[place])
    await at_rest(worker)


@FEW
@given(any_order, any_lost)
def test_in_any_interleaving_with_any_events_lost_slack_ends_in_the_truth(order: list[int], lost: set[int]) -> None:
    asyncio.run(in_any_order([place for place in order if place not in lost]))


@pytest.mark.long
@pytest.mark.night
@MANY
@given(any_order, any_lost)
def test_so_it_does_in_very_many_interleavings(order: list[int], lost: set[int]) -> None:
    asyncio.run(in_any_order([place for place in order if place not in lost]))


async def test_one_inhibited_is_shown_with_the_rule() -> None:
    worker, upto = await a_quick_worker(recorded()[0].at), parse_rfc3339("2026-11-26T00:21:17.5Z")
    for one in recorded():
        if one.at < upto:
            worker.site.clock.time = max(worker.site.clock.time, one.at)
            await take(worker, one)
    assert shown(worker)[DB_1] == ("MUTED", "cluster-down")


async def test_a_silence_that_was_ended_early_is_shown_so_and_then_as_not_reported() -> None:
    worker, mute = await a_quick_worker(recorded()[0].at), recorded()[MUTES_DB_2[0]]
    events = listening(worker)
    for one in recorded():
        if one.at < mute.at:
            worker.site.clock.time = max(worker.site.clock.time, one.at)
            await take(worker, one)
    worker.site.clock.time = mute.at
    await events.take([mute.record()])
    await worker.settle_down()

    created = next(one for one in recorded() if one.kind == "silenceCreated")
    ended = created.text.replace("silenceCreated", "silenceUpdated").replace("00:21:17.006Z", "00:21:11.500Z")
    worker.site.clock.time = Instant(mute.at + SECOND)
    await events.take([Written(worker.site.clock.time, "silenceUpdated", ended).record()])
    await worker.settle_down()
    assert shown(worker)[DB_2] == ("MUTED", "ana")
    worker.site.clock.advance(6 * MINUTE)
    await worker.settle_down()
    assert shown(worker)[DB_2][0] == "UNREPORTED"


async def outcomes(worker: Worker, *records: bytes, topic: EventTopic | None = None) -> dict[str, float]:
    at = worker.site.clock.time
    await listening(worker, topic).take([Written(at, "event", one.decode("latin-1")).record() for one in records])
    value = worker.metrics.registry.get_sample_value
    found = {one.value: value("alert_router_alertmanager_events_total", {"outcome": one}) for one in EventOutcome}
    return {name: count for name, count in found.items() if count}


MUTE: Final = recorded()[MUTES_DB_2[0]].text.encode()


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"", "unreadable"),
        (b"nonsense", "unreadable"),
        (b"[]", "unreadable"),
        (b'{"data": 1}', "unreadable"),
        (b'{"data": {"silenceMutedAlert": {}}}', "unreadable"),
        (b'{"data": {"silenceMutedAlert": {"silence": 1, "mutedAlert": 2}}}', "unreadable"),
        (MUTE.replace(b"12129278962751193284", b"x"), "unreadable"),
        (b'{"data": {}}', "ignored"),
        (b'{"data": {"somethingNew": {"a": 1}}}', "ignored"),
        (MUTE, "unknown"),
        (recorded()[0].text.encode(), "ignored"),
    ],
)
async def test_what_says_nothing_here_is_counted_and_passed(body: bytes, outcome: str) -> None:
    worker = await a_quick_worker(recorded()[-1].at)
    assert await outcomes(worker, body) == {outcome: 1}


@tries("event of Alertmanager")
async def test_a_larger_event_is_not_read(beyond: int) -> None:
    worker = await a_quick_worker(recorded()[-1].at)
    body = b'{"data": {}}'.ljust(MAX_EVENT_BYTES + beyond)
    assert await outcomes(worker, body) == {"unreadable" if beyond > 0 else "ignored": 1}


async def test_a_topic_of_several_tenants_is_shared_by_a_label_and_the_rest_is_dropped() -> None:
    worker = await a_quick_worker(recorded()[0].at)
    for one in recorded():
        if not one.is_event and one.at < SILENCE_ENDS:
            worker.site.clock.time = max(worker.site.clock.time, one.at)
            await take(worker, one)
    ours = EventTopic(label="cluster", tenants={"eu-1": TenantId(ACME)})
    others = EventTopic(label="cluster", tenants={"us-1": TenantId(ACME)})
    unknown = EventTopic(TenantId("nobody"))
    worker.site.clock.time = recorded()[-1].at
    assert await outcomes(worker, MUTE, topic=others) == {"foreign": 1}
    assert await outcomes(worker, MUTE, topic=unknown) == {"foreign": 2}
    assert await outcomes(worker, MUTE, topic=ours) == {"foreign": 2, "noted": 1}


async def test_a_redis_that_does_not_answer_holds_no_event_up() -> None:
    worker = await a_quick_worker(recorded()[0].at)
    for one in recorded():
        if not one.is_event and one.at < SILENCE_ENDS:
            worker.site.clock.time = max(worker.site.clock.time, one.at)
            await take(worker, one)
    worker.site.clock.time = recorded()[-1].at
    worker.site.groups.faults.refuse("firing_in")
    assert await outcomes(worker, MUTE) == {"not_stored": 1}
    assert await outcomes(worker, MUTE) == {"not_stored": 1, "noted": 1}
