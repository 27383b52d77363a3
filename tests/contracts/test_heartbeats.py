"""When heartbeats arrived, and what all processes together have observed."""

from router.core.decide.heartbeat import HELD_FOR, Beat
from router.core.model.instant import MILLISECOND, SECOND, Instant
from router.core.pool import SHARED, Pool
from router.ports.heartbeats import Open, Taker
from tests.adapters.builders import ACME, BETA, NOON, after
from tests.contracts.engines import Engine, InMemory


async def test_the_latest_arrival_counts_whatever_the_order(engine: Engine) -> None:
    for at in (after(5), after(9), after(7)):
        await engine.heartbeats.note({ACME: {"{a}": at}})

    assert await engine.heartbeats.of(ACME) == {"{a}": Beat(after(9))}
    assert await engine.heartbeats.of(BETA) == {}
    await engine.heartbeats.note({})


async def test_what_is_expected_waits_from_then_on_and_what_has_arrived_stays(engine: Engine) -> None:
    await engine.heartbeats.note({ACME: {"{a}": NOON}})

    await engine.heartbeats.expect(ACME, ["{a}", "{b}"], after(5))
    await engine.heartbeats.expect(ACME, ["{b}"], after(9))

    assert await engine.heartbeats.of(ACME) == {"{a}": Beat(NOON), "{b}": Beat(after(5))}


async def test_one_is_missing_until_it_is_back_and_is_forgotten_whole(engine: Engine) -> None:
    await engine.heartbeats.expect(ACME, ["{a}", "{b}"], NOON)
    await engine.heartbeats.note_missing(ACME, "{a}", NOON, after(5))
    assert (await engine.heartbeats.of(ACME))["{a}"] == Beat(NOON, missing_since=NOON, observed_at=after(5))

    await engine.heartbeats.note_back(ACME, "{a}")
    assert (await engine.heartbeats.of(ACME))["{a}"] == Beat(NOON)

    await engine.heartbeats.note_missing(ACME, "{a}", NOON, after(5))
    await engine.heartbeats.forget(ACME, "{a}")
    await engine.heartbeats.expect(ACME, ["{a}"], after(7))
    assert await engine.heartbeats.of(ACME) == {"{a}": Beat(after(7)), "{b}": Beat(NOON)}


async def test_until_when_partitions_are_read_is_known_to_all(engine: Engine) -> None:
    await engine.observing.note_read({"in/0": NOON, "in/1": after(1)})
    await engine.observing.note_read({"in/1": after(2)})
    await engine.observing.note_read({})

    assert await engine.observing.read_until() == {"in/0": NOON, "in/1": after(2)}


async def test_whoever_is_open_without_a_break_is_so_since_the_beginning(engine: Engine) -> None:
    assert await engine.observing.open() == {}
    for at in (NOON, after(8), after(18)):
        await engine.observing.note_open(Taker.GATEWAY, at)
    await engine.observing.note_open(Taker.WORKER, after(18))
    assert await engine.observing.open() == {
        Taker.GATEWAY: Open(NOON, after(18)),
        Taker.WORKER: Open(after(18), after(18)),
    }

    late = Instant(after(28) + MILLISECOND)
    await engine.observing.note_open(Taker.GATEWAY, late)
    assert (await engine.observing.open())[Taker.GATEWAY] == Open(late, late)


async def test_one_process_leads_at_a_time(engine: Engine) -> None:
    assert await engine.observing.lead(0.3)
    assert not await engine.observing.lead(0.3)

    if isinstance(engine, InMemory):
        engine.clock.advance(SECOND)

    await engine.eventually(lambda: engine.observing.lead(0.3))


async def test_of_whom_records_are_held_is_known_to_all_for_a_while(engine: Engine) -> None:
    assert not await engine.observing.held(NOON)
    await engine.observing.note_held({ACME: after(9), BETA: NOON}, after(9))
    await engine.observing.note_held({ACME: after(5)}, after(9))
    await engine.observing.note_held({}, after(9))

    assert await engine.observing.held(Instant(NOON + HELD_FOR)) == {ACME, BETA}
    assert await engine.observing.held(Instant(after(9) + HELD_FOR)) == {ACME}
    assert not await engine.observing.held(Instant(after(10) + HELD_FOR))


async def test_one_process_of_each_pool_leads(engine: Engine) -> None:
    assert await engine.watching(SHARED).lead(60)
    assert await engine.watching(Pool("gold")).lead(60)
    assert not await engine.watching(Pool("gold")).lead(60)
