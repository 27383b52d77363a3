"""The contract of dead letters for commands: Kafka here and the control API answer the same."""

from contextlib import AbstractAsyncContextManager

import pytest
from pydantic import SecretStr

from router.app.offered import open_dead_letters, open_vouched_letters
from router.control.letters.dead_letters import Filter
from router.control.letters.redrive import Outcome, Redriven
from router.control.offered import DeadLetters
from router.core.model.instant import NEVER
from router.errors import ConfigurationError, OperationError
from router.settings import RedisSettings, Settings
from tests.api.letters import ACME, GLOBEX, Desk
from tests.api.offering import BY_API, HERE
from tests.cli.running import fed, refused


async def letters(way: str, desk: Desk, redis_url: str) -> AbstractAsyncContextManager[DeadLetters]:
    if way == BY_API:
        key = SecretStr(await desk.api.key("operator"))
        return open_dead_letters(Settings(server=desk.api.url, token=key))
    return open_dead_letters(Settings(redis=RedisSettings(url=SecretStr(redis_url)), kafka=desk.kafka))


@pytest.mark.long
@pytest.mark.parametrize("way", [HERE, BY_API])
async def test_letters_are_listed_shown_and_redriven(way: str, desk: Desk, emptied: str) -> None:
    first, second = [await desk.aside(ACME, offset) for offset in range(2)]
    third = await desk.aside(GLOBEX, 2, "too_deep")
    done = list[Redriven]()

    async with await letters(way, desk, emptied) as asked:
        now = await asked.now()
        of_acme, some = await asked.newest(Filter(ACME), 5), await asked.newest(Filter(), 1)
        deep = await asked.newest(Filter(reason="too_deep", until=now), 5)
        shown, redriven_at = await asked.shown(Filter(ids=frozenset({first})))
        await asked.redrive(Filter(ACME), 1, done.append)
        await asked.redrive(Filter(reason="too_deep"), 5, done.append)
        await asked.redrive(Filter(ids=frozenset({first})), 1, done.append)
        with pytest.raises(OperationError, match="there is no dead letter absent"):
            await asked.redrive(Filter(ids=frozenset({second, "absent"})), 5, done.append)
        for absent in (Filter(ids=frozenset({"absent"})), Filter(ACME, ids=frozenset({third}))):
            with pytest.raises(OperationError, match="there is no dead letter"):
                await asked.shown(absent)

    assert [(one.id, at) for one, at in of_acme.letters] == [(second, NEVER), (first, NEVER)]
    assert ([one.id for one, _ in some.letters], some.besides) == ([third], 2)
    assert [(one.id, one.tenant, one.origin.offset) for one, _ in deep.letters] == [(third, GLOBEX, 2)]
    assert (shown.letter.id, shown.letter.is_whole, shown.size, redriven_at) == (first, True, 1, NEVER)
    assert [(one.id, one.outcome) for one in done] == [
        (first, Outcome.REDRIVEN), (third, Outcome.REDRIVEN), (first, Outcome.ALREADY), (second, Outcome.REDRIVEN)
    ]  # fmt: skip


@pytest.mark.long
async def test_commands_print_the_same_of_a_server(desk: Desk) -> None:
    own = await desk.aside(ACME, 0)
    ours = {"SERVER": desk.api.url, "TOKEN": await desk.api.key("responder", "acme")}

    async def asked(*typed: str) -> str:
        done = await fed(b"", "dead-letter", *typed, "--tenant", "acme", **ours)
        assert done.code == 0, done
        return done.out

    assert (await asked("list")).split("\t")[0] == own
    assert f"id:            {own}" in await asked("show", own)
    assert await asked("redrive", own) == f"{own} redriven\n"
    refused(await fed(b"", "dead-letter", "list", **ours), 1, "denied")
    refused(await fed(b"", "dead-letter", "show", own, "--raw", **ours), 2, "--raw")
    refused(await fed(b"", "dead-letter", "redrive", own, "--sign", **ours), 2, "--sign")


async def test_whoever_vouches_for_letters_asks_no_server() -> None:
    with pytest.raises(ConfigurationError, match="--sign"):
        open_vouched_letters(Settings(server="https://control.example.com"))
