"""The real engines, one of each a session: Valkey alone and as a cluster of one node, Kafka, our Slack.

Every test on Redis starts from an empty database, and fails if it leaves a key behind that would live for ever and
should not.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from alert_router_local.engines import start_redis
from alert_router_local.postgres import Postgres, start_postgres
from alert_router_local.process import HOST, Engine, free_port
from hypothesis import settings
from redis.asyncio import Redis
from slack_emulator import Emulator, Limits

from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.postgres.migrating import migrate
from router.adapters.redis import codec
from router.adapters.redis.connection import Connection
from router.control.kinds.kind import Place
from router.control.kinds.registry import kinds_in
from router.core.model.key import GroupId
from router.ports.state import UnknownForm
from tests import examples
from tests.beside import LONG_RUNS, LongRuns
from tests.brokers import start_broker
from tests.record_at import RecordAt
from tests.redis_at import CLUSTERS, redis_at
from tests.waiting import eventually

_FOR_EVER: Final = re.compile(
    r"alert-router:(\{:index\}:"
    r"(turns|tenants|removed|erased|generation|sequence|tokens|tokens-revoked|token-uses|workspaces|hold|managed|cell|elsewhere|projected)"
    r"|\{[^{}:]+\}:(epoch|active|applied|provenance|signed|suspended|held|keys|secrets|projected|heartbeats|missing|silences|routed|due|books|outbox|size|closed|config:\d+|lane:.+))"
)
"""What docs/architecture.md lets live for ever; alert groups besides, while they are not closed."""

_KEY: Final = re.compile(r"alert-router:\{(:index|ws:|)[^{}]*\}:([a-z-]+)(?::.*)?", re.DOTALL)
_PLACES: Final = {":index": Place.INDEX_KEYS, "ws:": Place.WORKSPACE_KEYS}
_KINDS: Final = frozenset(
    (place, kind.name)
    for place in (Place.INDEX_KEYS, Place.WORKSPACE_KEYS, Place.TENANT_KEYS)
    for kind in kinds_in(place)
)
"""The kinds of Redis, by where their keys are and the first part of these."""

_INDEX: Final = re.compile(r"(alert-router:\{[^{}:]+\}):where:.+")
_GROUP: Final = re.compile(r"alert-router:\{[^{}:]+\}:g:[0-9a-f]{32}(-digest)?")
_SHARES: Final = re.compile(r"(alert-router:\{[^}]+\}):digest:([0-9a-f]{32}-digest):[0-9]+")
_PROXIES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy")

settings.load_profile(examples.IN_EACH_RUN)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is tried on a single server by `make test` is tried on a cluster of one node by `make long`."""
    for one in items:
        if "[cluster" in one.name or "-cluster" in one.name:
            one.add_marker(pytest.mark.long)


def pytest_report_header(config: pytest.Config) -> str:
    seed = config.getoption("--hypothesis-seed")
    if seed is not None:
        return f"examples: drawn with seed {seed}; again: make test-random SEED={seed}"
    if settings.default is not None and settings.default.derandomize:
        return "examples: the same in every run; others: make test-random"
    return "examples: drawn at random"


@pytest.fixture(scope="session", autouse=True)
def long_runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LongRuns]:
    wanted = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    runs = LongRuns(tmp_path_factory.mktemp("long"), [name for name in LONG_RUNS if name in wanted])
    yield runs
    runs.end()


def url_of(engine: Engine) -> str:
    """Where a Redis listens."""
    return f"redis://{HOST}:{engine.port}/0"


@pytest.fixture(scope="session")
async def valkey() -> AsyncIterator[Engine]:
    """Valkey as it is embedded."""
    engine = await start_redis()
    yield engine
    await engine.stop()


@pytest.fixture(scope="session")
async def cluster_valkey(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    """Valkey as a cluster of one node that has all slots: it refuses keys of several slots in one command."""
    engine = await start_cluster_of_one(tmp_path_factory.mktemp("cluster"))
    CLUSTERS.add(url_of(engine))
    yield engine
    await engine.stop()


async def start_cluster_of_one(directory: Path) -> Engine:
    """A node with all slots, ready."""
    engine = await start_redis(
        "--dir", str(directory),
        "--cluster-enabled", "yes",
        "--cluster-config-file", "nodes.conf",
        "--cluster-port", str(free_port()),
    )  # fmt: skip
    client: Any
    async with Redis.from_url(url_of(engine), decode_responses=True) as client:
        await client.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16383)

        async def ready() -> bool:
            info: dict[str, str] = await client.execute_command("CLUSTER INFO")
            return info["cluster_state"] == "ok"

        await eventually(ready)
    return engine


@pytest.fixture(params=["standalone", "cluster"])
async def redis_url(request: pytest.FixtureRequest, valkey: Engine, cluster_valkey: Engine) -> AsyncIterator[str]:
    """An empty Redis, once alone and once in cluster mode."""
    async with an_empty_redis(valkey if request.param == "standalone" else cluster_valkey) as url:
        yield url


@asynccontextmanager
async def an_empty_redis(engine: Engine) -> AsyncIterator[str]:
    """The URL of a Redis that was emptied; afterwards nothing may be left in it that would live for ever."""
    url = url_of(engine)
    client: Any
    async with Redis.from_url(url, decode_responses=True) as client:
        await client.execute_command("FLUSHALL SYNC")
        yield url
        left = await _left_for_ever(client)
        unknown = [key async for key in client.scan_iter("alert-router:*", count=1000) if not _is_of_a_kind(key)]
    assert not left, f"keys without a TTL: {left}"
    assert not unknown, f"keys that are of no kind in router/control/kinds: {unknown}"


def _is_of_a_kind(key: str) -> bool:
    found = _KEY.fullmatch(key)
    return found is not None and (_PLACES.get(found[1], Place.TENANT_KEYS), found[2]) in _KINDS


async def _left_for_ever(client: Any) -> list[str]:
    return [
        key
        async for key in client.scan_iter(count=1000)
        if await client.ttl(key) == -1 and not _FOR_EVER.fullmatch(key) and not await _lives(client, key)
    ]


async def _lives(client: Any, key: str) -> bool:
    """Whether the key is a group that is not closed or of a form we cannot judge, or what belongs to such groups."""
    if index := _INDEX.fullmatch(key):
        listed = {group for groups in await client.hvals(key) for group in groups.split()}
        return all([await client.exists(f"{index[1]}:g:{group}") for group in listed])
    if counted := _SHARES.fullmatch(key):
        return await _lives(client, f"{counted[1]}:g:{counted[2]}")
    if not _GROUP.fullmatch(key):
        return False
    stored = codec.decode(GroupId(key.rpartition(":g:")[2]), await client.hgetall(key))
    return isinstance(stored, UnknownForm) or (stored is not None and not stored.closed)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Connection]:
    """The adapters' connection to an empty Redis."""
    connection = redis_at(redis_url)
    yield connection
    await connection.close()


@pytest.fixture
async def raw(redis_url: str) -> AsyncIterator[Any]:
    """A client of its own, to look at what was stored, and to spoil it."""
    async with Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[Postgres]:
    """The one PostgreSQL of this run, with the newest schema."""
    server = await start_postgres()
    await asyncio.to_thread(migrate, server.url("ar_migrator"))
    yield server
    await server.stop()


@pytest.fixture(scope="session")
async def asked_record(postgres: Postgres) -> AsyncIterator[RecordAt]:
    at = RecordAt(postgres)
    yield at
    await at.close()


@pytest.fixture
async def record(asked_record: RecordAt) -> RecordAt:
    """An empty record."""
    await asked_record.empty()
    return asked_record


@pytest.fixture(scope="session")
async def kafka(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[KafkaConnection]:
    """The broker of this run; with Tansu a group join takes five seconds, so tests share consumers where they can."""
    engine = await start_broker(tmp_path_factory.mktemp("kafka"))
    yield KafkaConnection(f"{HOST}:{engine.port}")
    await engine.stop()


@pytest.fixture
def unique() -> str:
    """A name for topics and groups that no other test has."""
    return f"t-{uuid4().hex[:12]}"


@pytest.fixture
async def slack(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Emulator]:
    """Our strict Slack with one workspace, one token and one channel; limits only where a test sets them."""
    for name in _PROXIES:
        monkeypatch.delenv(name, raising=False)
    emulator = Emulator(limits=Limits(channel_burst=10_000, workspace_posts_per_min=10_000, updates_per_min=10_000))
    emulator.add_workspace("T1", "acme")
    emulator.add_token("xoxb-acme", "T1")
    emulator.add_channel("T1", "alerts", "C1")
    await emulator.start()
    yield emulator
    await emulator.stop()
