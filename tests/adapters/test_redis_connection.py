"""When Redis fails: said as UnavailableError, in bounded time, and never a command sent twice."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest
from alert_router_local.engines import start_redis
from alert_router_local.process import HOST, Engine, free_port

from router.adapters.redis import connection as module
from router.adapters.redis import server, standalone
from router.adapters.redis.books import RedisBooks, RedisConfigurationMarks
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection, due_ms, reached_ms
from router.adapters.redis.generation import RedisGenerations
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.limiter import SlackLimiter
from router.adapters.redis.outbox import RedisOutbox
from router.adapters.redis.schedule import RedisSchedule
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.adapters.redis.turns import RedisTurns
from router.adapters.redis.workspaces import WorkspaceRepository
from router.core.model.group import AlertGroup
from router.core.model.instant import SECOND, Instant, Span
from router.core.model.operation import Lane, Method
from router.core.slack.answer import HoldScope
from router.errors import UnavailableError
from router.ports.budget import BudgetRequest
from router.ports.generation import Generation
from router.ports.slack import Identity
from tests.adapters.builders import ACME, NOON, key_of, store, waiting, write
from tests.adapters.proxy import connected, proxied
from tests.conftest import url_of
from tests.waiting import eventually

Ask = Callable[[Connection], Awaitable[object]]

_CALL = BudgetRequest("r1", "T1-B1", Method.POST, "C1", (), Span(0), "d1")
_NID = key_of().group_id
_LANE = Lane("C1", Method.POST)

EVERY_CALL: Final[dict[str, Ask]] = {
    "ping": lambda c: c.ping(),
    "check": lambda c: c.check(),
    "now": lambda c: c.now(),
    "read": lambda c: c.read(),
    "load": lambda c: GroupStore(c).load(ACME, [_NID]),
    "load_parts": lambda c: GroupStore(c).load_parts([(ACME, key_of(), [])]),
    "find_parts": lambda c: GroupStore(c).find_parts([(ACME, _NID, [])]),
    "members": lambda c: GroupStore(c).members(ACME, [_NID]),
    "apply": lambda c: store(GroupStore(c), [write(AlertGroup(key_of()), waiting())]),
    "due": lambda c: RedisSchedule(c).due(ACME, NOON, 1),
    "next_due": lambda c: RedisSchedule(c).next_due([ACME]),
    "heads": lambda c: RedisSchedule(c).heads(ACME, [_LANE]),
    "try_lane_at": lambda c: RedisSchedule(c).try_lane_at(ACME, _LANE, NOON),
    "drop_from_lane": lambda c: RedisSchedule(c).drop_from_lane(ACME, _LANE, _NID),
    "drop_lane": lambda c: RedisSchedule(c).drop_from_lane(ACME, _LANE, None),
    "drop_due": lambda c: RedisSchedule(c).drop_due(ACME, _NID),
    "live": lambda c: RedisSchedule(c).live(ACME),
    "postpone": lambda c: RedisSchedule(c).postpone(ACME, _NID, _LANE, NOON),
    "routed": lambda c: RedisConfigurationMarks(c).routed([ACME]),
    "note_routed": lambda c: RedisConfigurationMarks(c).note_routed(ACME, 1),
    "books": lambda c: RedisBooks(c).read(ACME),
    "count": lambda c: RedisBooks(c).count(ACME, "dead_letters", 1),
    "take a turn": lambda c: RedisTurns(c).take(NOON),
    "offer turns": lambda c: RedisTurns(c).offer({ACME: NOON}),
    "take budget": lambda c: SlackLimiter(c).take([_CALL]),
    "release": lambda c: SlackLimiter(c).release(_CALL),
    "give_back": lambda c: SlackLimiter(c).give_back(_CALL),
    "hold": lambda c: SlackLimiter(c).hold(_CALL, HoldScope.METHOD, Span(SECOND)),
    "channel_id": lambda c: SlackLimiter(c).channel_id("T1-B1", "#alerts"),
    "last_channel_id": lambda c: SlackLimiter(c).last_channel_id("T1-B1", "#alerts"),
    "learn_channel_id": lambda c: SlackLimiter(c).learn_channel_id("T1-B1", "#alerts", "C1"),
    "forget_channel_id": lambda c: SlackLimiter(c).forget_channel_id("T1-B1", "#alerts"),
    "find workspace": lambda c: WorkspaceRepository(c).find("digest"),
    "remember workspace": lambda c: WorkspaceRepository(c).remember("digest", Identity("T1-B1")),
    "read outbox": lambda c: RedisOutbox(c).read(ACME),
    "remove from outbox": lambda c: RedisOutbox(c).remove(ACME, ["1-1"]),
    "publish": lambda c: TenantRepository(c).publish(ACME, "text"),
    "active": lambda c: TenantRepository(c).active(ACME),
    "changed_since": lambda c: TenantRepository(c).changed_since(0),
    "absence": lambda c: TenantRepository(c).absence(ACME),
    "add token": lambda c: TokenRepository(c).add(ACME, "digest", 2),
    "tenant_of": lambda c: TokenRepository(c).tenant_of("digest"),
    "all tokens": lambda c: TokenRepository(c).all(),
    "bring back tokens": lambda c: TokenRepository(c).bring_back({"digest": ACME}),
    "generation": lambda c: RedisGenerations(c).current(),
    "begin a generation": lambda c: RedisGenerations(c).begin(Generation("a", NOON)),
    "keep tenants": lambda c: RedisGenerations(c).keep([ACME], [ACME]),
}


@pytest.mark.parametrize("ask", EVERY_CALL.values(), ids=EVERY_CALL.keys())
async def test_a_redis_that_refuses_is_unavailable(ask: Ask) -> None:
    async with connected(f"redis://{HOST}:{free_port()}/0") as connection:
        async with asyncio.timeout(2):
            with pytest.raises(UnavailableError, match="Redis"):
                await ask(connection)


@pytest.mark.parametrize("ask", EVERY_CALL.values(), ids=EVERY_CALL.keys())
async def test_a_redis_that_hangs_up_is_unavailable(ask: Ask, valkey: Engine) -> None:
    async with proxied(valkey.port, drop_after=b"\r\n", always=True) as proxy, connected(proxy.url) as connection:
        async with asyncio.timeout(2):
            with pytest.raises(UnavailableError, match="Redis"):
                await ask(connection)


async def test_a_server_that_was_stopped_is_unavailable_and_one_that_is_back_answers() -> None:
    engine = await start_redis()
    async with connected(url_of(engine)) as connection:
        await connection.ping()
        await engine.stop()

        async with asyncio.timeout(2):
            with pytest.raises(UnavailableError):
                await connection.ping()


async def test_a_server_that_takes_no_writes_is_not_well_however_it_answers() -> None:
    engine = await start_redis()
    try:
        async with connected(url_of(engine)) as connection:
            await connection.check()
            await connection.ask(COMMANDS.config_set("maxmemory", "1"))

            await connection.ping()
            with pytest.raises(UnavailableError):
                await connection.check()
    finally:
        await engine.stop()


async def test_a_server_that_stopped_answering_is_unavailable_in_bounded_time(
    valkey: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standalone, "TIMEOUT_S", 0.2)
    async with proxied(valkey.port, stall=True) as proxy, connected(proxy.url) as connection:
        async with asyncio.timeout(2):
            with pytest.raises(UnavailableError):
                await connection.ping()


async def test_more_callers_than_connections_wait_and_then_are_shown(
    valkey: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standalone, "TIMEOUT_S", 0.2)
    monkeypatch.setattr(server, "CONNECTIONS", 1)
    async with proxied(valkey.port, stall=True) as proxy, connected(proxy.url) as connection:
        async with asyncio.timeout(5):
            answers = await asyncio.gather(*(connection.ping() for _ in range(5)), return_exceptions=True)
        assert {type(answer) for answer in answers} == {UnavailableError}


async def test_an_error_of_the_server_is_unavailable(redis: Connection, raw: Any) -> None:
    await raw.set("alert-router:{acme}:due", "not a sorted set")

    with pytest.raises(UnavailableError, match="WRONGTYPE"):
        await RedisSchedule(redis).due(ACME, NOON, 1)


async def test_a_write_whose_reply_is_lost_was_done_once_and_is_not_sent_again(valkey: Engine) -> None:
    """The default client of redis-py sends it up to eleven times."""
    async with connected(url_of(valkey)) as direct:
        await direct.ask(COMMANDS.flushall())
        async with proxied(valkey.port, drop_after=b"HINCRBY") as proxy, connected(proxy.url) as connection:
            with pytest.raises(UnavailableError):
                await RedisBooks(connection).count(ACME, "dead_letters", 1)

            assert proxy.seen(b"HINCRBY") == 1
            assert await RedisBooks(direct).read(ACME) == {"dead_letters": 1}


async def test_a_transition_whose_reply_is_lost_was_stored_once(valkey: Engine) -> None:
    async with connected(url_of(valkey)) as direct:
        await direct.ask(COMMANDS.flushall())
        await direct.ask(COMMANDS.set("alert-router:{acme}:epoch", "1"))
        await store(GroupStore(direct), [write(AlertGroup(key_of("B")), waiting("B"))])  # the server knows the script
        async with proxied(valkey.port, drop_after=b"EVALSHA") as proxy, connected(proxy.url) as connection:
            with pytest.raises(UnavailableError):
                await store(GroupStore(connection), [write(AlertGroup(key_of()), waiting())])

            assert proxy.seen(b"EVALSHA") == 1
            [stored] = await GroupStore(direct).load(ACME, [_NID])
            assert isinstance(stored, AlertGroup)
            assert stored.rev == 1


async def test_scripts_survive_a_server_that_forgot_them(redis: Connection, raw: Any) -> None:
    await raw.set("alert-router:{acme}:epoch", "1")
    store, turns = GroupStore(redis), RedisTurns(redis)
    await store.apply([write(AlertGroup(key_of("A")), waiting("A"))])
    await turns.take(NOON)

    await raw.script_flush()

    assert (await store.apply([write(AlertGroup(key_of("B")), waiting("B"))]))[0] == ["ok"]
    await raw.script_flush()
    assert await turns.take(NOON) == (None, 0)


async def test_now_is_the_servers_time(redis: Connection) -> None:
    seconds, micros = await redis.ask(COMMANDS.time())
    server = seconds * SECOND + micros

    assert abs(await redis.now() - server) < SECOND // 2


async def test_now_goes_on_without_asking_and_asks_again_after_a_while(
    valkey: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxied(valkey.port) as proxy, connected(proxy.url) as connection:
        first = await connection.now()
        second = await connection.now()
        assert second >= first
        assert proxy.seen(b"TIME\r\n") == 1

        monkeypatch.setattr(module, "_CLOCK_AGE_S", 0.0)
        assert abs(await connection.now() - second) < SECOND // 2
        assert proxy.seen(b"TIME\r\n") == 2


async def test_a_cancelled_command_does_not_answer_the_next_one(redis: Connection, raw: Any) -> None:
    await raw.set("alert-router:{:index}:sequence", "41")
    blocked = asyncio.create_task(redis.ask(COMMANDS.blpop("alert-router:nothing", 60)))
    await eventually(lambda: _blocked_clients(raw))
    blocked.cancel()
    await asyncio.gather(blocked, return_exceptions=True)

    answers = await asyncio.gather(*(redis.ask(COMMANDS.get("alert-router:{:index}:sequence")) for _ in range(5)))

    assert set(answers) == {"41"}


async def _blocked_clients(raw: Any) -> bool:
    return bool((await raw.info("clients"))["blocked_clients"])


@pytest.mark.parametrize(("micros", "ms"), [(0, "0"), (1, "1"), (1000, "1"), (1001, "2"), (1999, "2")])
def test_a_due_time_is_rounded_up(micros: int, ms: str) -> None:
    assert due_ms(Instant(micros)) == ms


@pytest.mark.parametrize(("micros", "ms"), [(0, "0"), (999, "0"), (1000, "1"), (1999, "1")])
def test_a_reached_time_is_rounded_down(micros: int, ms: str) -> None:
    assert reached_ms(Instant(micros)) == ms
