"""What operators are to be shown is counted once for all processes, and each message is one process's at a time."""

import pytest

from router.adapters.redis.operators import MAX_TROUBLES
from router.core.model.group import MessageRef
from router.core.model.instant import SECOND, Span
from router.core.operators.notice import Notice, Phase, Reply
from router.core.operators.troubles import Kind, Tally, others, trouble
from router.ports.operators import Noted
from tests.adapters.builders import NOON, after
from tests.bounds import tries
from tests.contracts.engines import Engine

NOT_JSON = trouble(Kind.DEAD_LETTERS, "acme", "not_json")
TOO_OLD = trouble(Kind.DEAD_LETTERS, "beta", "too_old")
DEAD = trouble(Kind.TOKENS, "acme", "token_dead")
LEASE = Span(30 * SECOND)


async def tallies(engine: Engine, kind: Kind) -> list[Tally]:
    """All of a kind, by tenant."""
    return sorted((await engine.troubles.all())[kind], key=lambda one: one.trouble.tenant)


async def test_what_happens_is_counted_over_all_processes(engine: Engine) -> None:
    await engine.troubles.note(Noted({NOT_JSON: 2, TOO_OLD: 1}), NOON)
    await engine.troubles.note(Noted({NOT_JSON: 3}), after(5))

    assert await tallies(engine, Kind.DEAD_LETTERS) == [Tally(NOT_JSON, 5, after(5)), Tally(TOO_OLD, 1, NOON)]
    assert await tallies(engine, Kind.TOKENS) == []


async def test_what_lasts_counts_once_until_any_process_has_noted_its_end(engine: Engine) -> None:
    await engine.troubles.note(Noted(begun=[DEAD]), NOON)
    await engine.troubles.note(Noted(begun=[DEAD]), after(5))
    assert await tallies(engine, Kind.TOKENS) == [Tally(DEAD, 1, after(5))]

    await engine.troubles.note(Noted(ended=[DEAD]), after(6))
    assert await tallies(engine, Kind.TOKENS) == []


async def test_what_was_met_again_meanwhile_is_not_forgotten(engine: Engine) -> None:
    await engine.troubles.note(Noted({NOT_JSON: 2, TOO_OLD: 1}), NOON)
    await engine.troubles.note(Noted({TOO_OLD: 1}), after(5))

    await engine.troubles.forget(Kind.DEAD_LETTERS, [NOT_JSON], after(3))

    assert await tallies(engine, Kind.DEAD_LETTERS) == [Tally(TOO_OLD, 2, after(5))]
    await engine.troubles.note(Noted({NOT_JSON: 1}), after(6))
    assert (await tallies(engine, Kind.DEAD_LETTERS))[0] == Tally(NOT_JSON, 1, after(6))


@tries("reasons of tenants that one message to the operators counts apart")
async def test_beyond_the_bound_they_are_counted_together(engine: Engine, beyond: int) -> None:
    many = {trouble(Kind.BODIES, f"t{number}", "not_json"): 1 for number in range(MAX_TROUBLES + beyond)}
    await engine.troubles.note(Noted(many), NOON)

    await engine.troubles.note(Noted({trouble(Kind.BODIES, "late", "not_json"): 7, NOT_JSON: 1}), after(1))

    found = {one.trouble: one.count for one in await tallies(engine, Kind.BODIES)}
    apart = beyond < 0
    assert (others(Kind.BODIES) in found, found.get(trouble(Kind.BODIES, "late", "not_json"))) == (
        not apart,
        7 if apart else None,
    )
    assert sum(found.values()) == len(many) + 7
    assert await tallies(engine, Kind.DEAD_LETTERS) == [Tally(NOT_JSON, 1, after(1))]


@pytest.mark.parametrize(
    "notice",
    [
        Notice(),
        Notice(Phase.POSTING, began=NOON, changed_at=NOON, not_before=after(30), delivery_id="d1"),
        Notice(
            Phase.OVER,
            MessageRef("C1", "1.5"),
            NOON,
            after(9),
            shown="abc",
            owed=Reply.OVER,
            announced=3,
            announced_at=NOON,
        ),
    ],
)
async def test_a_message_is_kept_whole(engine: Engine, notice: Notice) -> None:
    assert await engine.operator_messages.claim(Kind.TOKENS, "one", LEASE)

    assert await engine.operator_messages.keep(Kind.TOKENS, "one", notice)

    assert await engine.operator_messages.all() == {Kind.TOKENS: notice}


async def test_one_process_at_a_time_works_at_a_message(engine: Engine) -> None:
    messages, shown = engine.operator_messages, Notice(Phase.SHOWN, MessageRef("C1", "1.5"))
    assert await messages.claim(Kind.TOKENS, "one", LEASE)
    assert not await messages.claim(Kind.TOKENS, "two", LEASE)
    assert await messages.claim(Kind.BODIES, "two", LEASE)

    assert not await messages.keep(Kind.TOKENS, "two", shown)
    await messages.release(Kind.TOKENS, "two")
    assert not await messages.claim(Kind.TOKENS, "two", LEASE)
    assert await messages.all() == {}

    await messages.release(Kind.TOKENS, "one")
    assert await messages.claim(Kind.TOKENS, "two", LEASE)


async def test_a_claim_lapses_and_then_nothing_is_kept_by_it(engine: Engine) -> None:
    messages = engine.operator_messages
    assert await messages.claim(Kind.TOKENS, "killed", Span(SECOND // 20))

    async def taken_over() -> bool:
        return await messages.claim(Kind.TOKENS, "next", LEASE)

    await engine.eventually(taken_over)
    assert not await messages.keep(Kind.TOKENS, "killed", Notice())
