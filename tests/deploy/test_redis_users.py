"""Each role logs in to Redis as itself and may do no more than it must: `deploy/redis/users.acl`, on the real engine.

That gateways and workers work with these rights is shown by the chaos runs, in which every role has them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from alert_router_local.process import HOST
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, ResponseError
from structlog.testing import capture_logs

from router.adapters.redis.activity import RedisActivity
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.keys import tenant_key
from router.adapters.redis.quota import RedisQuota
from router.adapters.redis.schedule import RedisSchedule
from router.adapters.redis.subjects import SubjectRepository
from router.adapters.redis.surroundings import RedisSurroundings
from router.core.budget.quota import Charge, Resource
from router.core.context.episodes import EndedEpisode, Episode
from router.core.context.listing import Listing, ListingChange, SharedKey
from router.core.context.surroundings import Found, Wanted
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, SECOND, Instant, Span
from router.core.model.rules.limits import Rate
from router.core.model.rules.names import SecretName
from router.errors import UnavailableError
from router.ports.activity import Place
from router.ports.secrets import SealedSecrets
from router.ports.subjects import ErasedSubject, SubjectList
from tests import users
from tests.adapters.builders import ACME, BETA, KEEP, NOON, POSTS, after, key_of, waiting, write
from tests.adapters.postgres.recording import recording
from tests.chaos.processes import Valkey
from tests.cli.test_output import walked
from tests.record_at import RecordAt

GROUP: Final = "alert-router:{acme}:g:0123"

SERVER: Final = f"""
    FLUSHALL | FLUSHDB | KEYS * | RANDOMKEY | SWAPDB 0 1 | SELECT 1 | SAVE | SHUTDOWN | REPLICAOF NO ONE | MONITOR
    CONFIG GET * | CONFIG SET maxmemory 1 | ACL LIST | ACL SETUSER me on nopass ~* +@all
    CLIENT LIST | CLIENT KILL ID 1
    EVAL redis.call("FLUSHALL") 0 | FUNCTION LIST | SCRIPT FLUSH | PUBLISH channel text | MIGRATE other 1 key 0 1
    DUMP {GROUP} | RESTORE {GROUP} 0 text | RENAME {GROUP} alert-router:{{acme}}:active
    GET another:key | SET another:key 1
"""
"""What nobody of ours may do."""

REFUSED: Final = {
    "gateway": """
        SCAN 0
        SET alert-router:{acme}:config:1 text | DEL alert-router:{acme}:config:1 | SET alert-router:{acme}:active 7
        SET alert-router:{acme}:suspended text | HSET alert-router:{acme}:silences id text
        HGETALL alert-router:{acme}:secrets | HGET alert-router:{acme}:secrets slack
        HSET alert-router:{acme}:secrets slack text
        HSET alert-router:{:index}:tokens digest acme | HDEL alert-router:{:index}:tokens digest
        DEL alert-router:{:index}:tokens | SET alert-router:{:index}:tokens text
        ZREM alert-router:{:index}:tokens-revoked digest
        HGETALL alert-router:{acme}:g:0123 | HSET alert-router:{acme}:g:0123 head text
        XADD alert-router:{acme}:outbox * field text | ZADD alert-router:{acme}:due 0 group
        HGETALL alert-router:{:index}:workspaces | GET alert-router:{ws:T1}:hold:post
        SET alert-router:{:index}:hold text | ZADD alert-router:{:index}:tenants 1 acme
        SET alert-router:{:index}:generation text | HSET alert-router:{:index}:operators:C1 kind text
    """,
    "worker": """
        SET alert-router:{acme}:config:1 text | DEL alert-router:{acme}:config:1
        SET alert-router:{acme}:active 7 | DEL alert-router:{acme}:active | SETRANGE alert-router:{acme}:active 0 7
        COPY alert-router:{acme}:g:0123 alert-router:{acme}:active
        HSET alert-router:{acme}:silences id text | HDEL alert-router:{acme}:silences id
        HSET alert-router:{acme}:secrets slack text | HDEL alert-router:{acme}:secrets slack
        HSET alert-router:{acme}:provenance 1 text | HSET alert-router:{acme}:applied 1 text
        HGETALL alert-router:{:index}:tokens | HSET alert-router:{:index}:tokens digest acme
        HSETNX alert-router:{:index}:tokens digest acme | HDEL alert-router:{:index}:tokens digest
        ZREM alert-router:{:index}:tokens-revoked digest | SET alert-router:{:index}:hold text
        DEL alert-router:{acme}:quota:alerts | EXPIRE alert-router:{acme}:quota:alerts 1
    """,
    "operator": "",
    "projector": """
        HGETALL alert-router:{acme}:g:0123 | HSET alert-router:{acme}:g:0123 head text
        GET alert-router:{acme}:g:0123 | HGETALL alert-router:{acme}:books
        XRANGE alert-router:{acme}:outbox - + | XDEL alert-router:{acme}:outbox 0-1
        HGETALL alert-router:{acme}:silences | HSET alert-router:{acme}:silences id text
        SET alert-router:{acme}:suspended text | SET alert-router:{:index}:hold text | DEL alert-router:{:index}:hold
        ZADD alert-router:{acme}:due 0 group | HGETALL alert-router:{:index}:workspaces
        ZADD alert-router:{:index}:turns 1 acme | GET alert-router:{ws:T1}:hold:post
        ZREM alert-router:{:index}:tokens-revoked digest | SET alert-router:{acme}:quota:alerts 1
        HSET alert-router:{:index}:token-uses digest 1 | SET alert-router:{:index}:generation text
    """,
    "control": """
        SET alert-router:{acme}:config:1 text | DEL alert-router:{acme}:config:1 | SET alert-router:{acme}:active 7
        HSET alert-router:{acme}:provenance 1 text | HSET alert-router:{acme}:signed 1 text
        SET alert-router:{acme}:suspended text | SET alert-router:{acme}:held text | SET alert-router:{acme}:epoch 1
        SET alert-router:{acme}:silences text | DEL alert-router:{acme}:silences
        SET alert-router:{acme}:subjects text | DEL alert-router:{acme}:subjects
        HDEL alert-router:{acme}:subjects id | HGETALL alert-router:{acme}:keys
        HGETALL alert-router:{acme}:secrets | HGET alert-router:{acme}:secrets slack
        HSET alert-router:{acme}:secrets slack text | HDEL alert-router:{acme}:secrets slack
        HSET alert-router:{:index}:tokens digest acme | HDEL alert-router:{:index}:tokens digest
        HSET alert-router:{:index}:token-uses digest 1 | ZREM alert-router:{:index}:tokens-revoked digest
        HSET alert-router:{acme}:g:0123 head text | DEL alert-router:{acme}:g:0123 | UNLINK alert-router:{acme}:g:0123
        HGETALL alert-router:{acme}:books | XRANGE alert-router:{acme}:outbox - +
        XADD alert-router:{acme}:outbox * field text | ZADD alert-router:{acme}:due 0 group
        ZADD alert-router:{:index}:turns 1 acme | ZREM alert-router:{:index}:tenants acme
        ZADD alert-router:{:index}:sequence 1 acme | SET alert-router:{:index}:tenants text
        SET alert-router:{:index}:managed text | SET alert-router:{:index}:hold text
        SET alert-router:{acme}:quota:alerts 1 | SET alert-router:{:index}:generation text
        HGETALL alert-router:{:index}:workspaces | GET alert-router:{ws:T1}:hold:post
    """,
}
"""What each role may not do besides: what others of ours do, and what an intruder would try."""


def commands(text: str) -> list[list[str]]:
    return [one.split() for line in text.splitlines() for one in line.split(" | ") if one.strip()]


@pytest.fixture(scope="module")
async def valkey(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Valkey]:
    engine = Valkey(tmp_path_factory.mktemp("users") / "valkey")
    await engine.start()
    yield engine
    await engine.kill()


@asynccontextmanager
async def logged_in(valkey: Valkey, role: str, password: str | None = None) -> AsyncIterator[Any]:
    known, never = role if password is None else password, Retry(NoBackoff(), 0)
    client: Any = Redis(host=HOST, port=valkey.port, username=role, password=known, retry=never)
    async with client:
        yield client


@pytest.mark.parametrize("role", users.ROLES)
async def test_what_a_role_need_not_do_it_may_not_do(valkey: Valkey, role: str) -> None:
    async with logged_in(valkey, role) as client:
        for words in commands(SERVER + REFUSED[role]):
            with pytest.raises(NoPermissionError):
                await client.execute_command(*words)


@pytest.mark.parametrize("role", users.ROLES)
async def test_nobody_gets_in_with_another_password(valkey: Valkey, role: str) -> None:
    async with logged_in(valkey, role, "another") as client:
        with pytest.raises(AuthenticationError):
            await client.ping()


async def test_a_script_may_do_no_more_than_who_calls_it(valkey: Valkey) -> None:
    async with logged_in(valkey, "worker") as client:
        digest = await client.execute_command("SCRIPT", "LOAD", "return redis.call('SET', KEYS[1], '7')")

        with pytest.raises(ResponseError, match=r"(?i)acl|permission"):
            await client.execute_command("EVALSHA", digest, 1, "alert-router:{acme}:active")


async def test_a_worker_may_keep_and_find_what_is_shown_beside_alerts(valkey: Valkey) -> None:
    connection = Connection(users.url("worker", f"{HOST}:{valkey.port}"))
    await connection.ask(COMMANDS.set(tenant_key(ACME, "epoch"), "1"))
    one = Episode(NOON, after(60))
    listing = ListingChange(Listing("A", 0, 1), (SharedKey("aa"),), after(3600))
    ended = EndedEpisode(one, Span(0), KEEP)
    step = replace(write(AlertGroup(key_of()), waiting()), listing=listing, ended=ended)

    await GroupStore(connection).apply([step])
    wanted = Wanted(key_of().group_id, history=True), Wanted(key_of("B").group_id, (SharedKey("aa"),))
    found = await RedisSurroundings(connection).find(ACME, wanted, NOON)
    await connection.close()

    assert found == [Found({}, (one,)), Found({SharedKey("aa"): [Listing("A", 0, 1)]})]


async def test_a_worker_may_rank_tenants_and_measure_lanes_and_budgets(valkey: Valkey) -> None:
    connection = Connection(users.url("worker", f"{HOST}:{valkey.port}"))
    activity = RedisActivity(connection)
    await activity.note({ACME: 2, BETA: 3}, NOON)

    busiest = await activity.busiest(NOON, 2)
    levels = await activity.levels([Place(BETA, "T1")])
    depths = await RedisSchedule(connection).depths([(ACME, POSTS)])
    await connection.close()

    assert (busiest, [one.heard for one in levels], depths) == ([BETA, ACME], [NOON], [0])


async def test_a_worker_may_charge_what_a_sender_did_not_state(valkey: Valkey) -> None:
    connection = Connection(users.url("worker", f"{HOST}:{valkey.port}"))
    quota, rate = RedisQuota(connection), Rate(Span(SECOND), 1)
    charge = [Charge(Resource.ALERTS, rate, 1)]

    assert await quota.take(ACME, charge) is None
    assert await quota.take(ACME, charge) is not None
    await connection.close()


async def test_what_is_forbidden_is_named_once_with_what_to_do(valkey: Valkey) -> None:
    connection = Connection(users.url("gateway", f"{HOST}:{valkey.port}"))

    with capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(UnavailableError, match=r"(?i)no permissions"):
                await connection.ask(COMMANDS.hgetall("alert-router:{acme}:secrets"))
    await connection.close()

    [named] = logs
    assert (named["event"], named["command"]) == ("redis_forbids", "HGETALL")
    assert "deploy/redis/users.acl" in named["remedy"]


async def test_a_projector_may_bring_all_that_is_recorded_and_take_it_away(valkey: Valkey, record: RecordAt) -> None:
    async with logged_in(valkey, "operator") as operator, connected(valkey, "projector") as connection:
        await operator.set("alert-router:{:index}:hold", "2026-11-27T00:00:00Z")
        async with recording(record, connection) as made:
            with capture_logs() as logs:
                await made.versions.publish(ACME, "one")
                await made.tokens.add(ACME, "d" * 64, 2)
                sealed = SealedSecrets({SecretName("slack"): "sealed"}, "manifest")
                await made.secrets.replace(ACME, SealedSecrets({}), sealed)
                await made.projector.round()
                await operator.set("alert-router:{acme}:g:0123", "an alert group")
                await made.tokens.revoke(ACME, "d" * 8)
                await made.projector.round()
                held = await operator.get("alert-router:{acme}:held")
                await made.versions.remove(ACME)
                await made.projector.round()
        left = [key async for key in operator.scan_iter("alert-router:{acme}:*")]
        await operator.delete(*[key async for key in operator.scan_iter("alert-router:*")])

    assert [line for line in logs if line["event"] == "redis_forbids"] == []
    assert (held, left) == (b"2026-11-27T00:00:00Z", [])


async def test_the_control_api_may_put_a_person_on_a_list(valkey: Valkey) -> None:
    async with connected(valkey, "control") as connection:
        lists, now = SubjectRepository(connection), await connection.now()
        key = await lists.begin(ACME, b"key")
        one = ErasedSubject("00000001", b"digest", Instant(now + HOUR), now)
        for each in (one, replace(one, ended_at=now)):
            await lists.keep(ACME, each)

        assert await lists.of(ACME) == SubjectList(key, (replace(one, ended_at=now),))
        assert [group async for group in GroupStore(connection).everything(BETA)] == []


@asynccontextmanager
async def connected(valkey: Valkey, role: str) -> AsyncIterator[Connection]:
    connection = Connection(users.url(role, f"{HOST}:{valkey.port}"))
    yield connection
    await connection.close()


@pytest.mark.long
async def test_operators_may_do_all_that_there_is_a_command_for(valkey: Valkey, tmp_path: Path) -> None:
    await walked("json", tmp_path, users.url("operator", f"{HOST}:{valkey.port}"))


def test_the_file_lets_nobody_in_without_a_password() -> None:
    lines = users.ACL.read_text(encoding="utf-8").splitlines()

    assert lines[0].split()[:3] == ["user", "default", "off"]
    assert [line.split()[1] for line in lines[1:]] == list(users.ROLES)
    assert all(f"${{{role.upper()}_PASSWORD}}" in line for role, line in zip(users.ROLES, lines[1:], strict=True))
    assert not any(
        word in line.split() for line in lines for word in ("nopass", "+@all", "~*", "allkeys", "allcommands")
    )
