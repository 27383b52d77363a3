"""What stands behind the ports, once in memory and once in Redis, and how a test prepares it."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from router.adapters.redis import keys
from router.adapters.redis.activity import RedisActivity
from router.adapters.redis.books import RedisBooks, RedisConfigurationMarks
from router.adapters.redis.comparisons import RedisComparisons
from router.adapters.redis.connection import Connection
from router.adapters.redis.generation import RedisGenerations, RedisProofs
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.heartbeats import RedisHeartbeats, RedisObserving
from router.adapters.redis.holds import HoldRepository
from router.adapters.redis.leftovers import RedisLeftovers
from router.adapters.redis.limiter import SlackLimiter
from router.adapters.redis.marks import RedisGroupMarks
from router.adapters.redis.memory import RedisMemory
from router.adapters.redis.metrics import RedisTenantCounts
from router.adapters.redis.notices import RedisNotices
from router.adapters.redis.operators import RedisOperatorMessages, RedisTroubles
from router.adapters.redis.outbox import RedisOutbox
from router.adapters.redis.quota import RedisQuota
from router.adapters.redis.schedule import RedisSchedule
from router.adapters.redis.silences import SilenceRepository
from router.adapters.redis.sources import RedisSources
from router.adapters.redis.subjects import SubjectRepository
from router.adapters.redis.surroundings import RedisSurroundings
from router.adapters.redis.tenant_keys import KeyRepository
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.adapters.redis.traces import RedisTraceContexts
from router.adapters.redis.turns import RedisTurns
from router.adapters.redis.workspaces import WorkspaceRepository
from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND
from router.core.model.key import GroupId
from router.core.pool import Pool
from router.ports.activity import Activity
from router.ports.budget import Limiter, Quota
from router.ports.clock import Clock
from router.ports.comparison import Comparisons
from router.ports.context import Surroundings
from router.ports.control import Holds
from router.ports.counts import TenantCounts
from router.ports.generation import Generations
from router.ports.heartbeats import Heartbeats, Observing
from router.ports.inhibition import InhibitingAlerts
from router.ports.marks import ConfigurationMarks, Counters, DuplicateBooks, GroupMarks, Notices
from router.ports.memory import StoredMemory
from router.ports.operators import OperatorMessages, Troubles
from router.ports.pools import Pools
from router.ports.recovery import Proofs
from router.ports.schedule import Leftovers, Schedule, SharedTurns
from router.ports.sealing import LiveKeys, StoredKeys
from router.ports.slack import Workspaces
from router.ports.state import GroupStates, Outbox
from router.ports.subjects import SubjectLists
from router.ports.tenants import Tenants, Tokens
from router.ports.tracing import TraceContexts
from tests.fakes.activity import FakeActivity
from tests.fakes.books import FakeBooks, FakeGroupMarks, FakeMarks, FakeNotices, FakeOutbox
from tests.fakes.clock import FakeClock
from tests.fakes.comparisons import FakeComparisons
from tests.fakes.counts import FakeTenantCounts
from tests.fakes.groups import FakeGroups
from tests.fakes.heartbeats import FakeHeartbeats, FakeObserving
from tests.fakes.keys import FakeStoredKeys
from tests.fakes.limiter import FakeLimiter, FakeQuota
from tests.fakes.memory import FakeMemory
from tests.fakes.operators import FakeOperatorMessages, FakeTroubles
from tests.fakes.schedule import FakeLeftovers, FakeSchedule, FakeTurns
from tests.fakes.silences import FakeSilences
from tests.fakes.sources import FakeSources
from tests.fakes.store import FakeStore
from tests.fakes.subjects import FakeSubjects
from tests.fakes.surroundings import FakeSurroundings
from tests.fakes.tenants import FakeGenerations, FakeHolds, FakeProofs, FakeTenants, FakeTokens, FakeWorkspaces
from tests.fakes.traces import FakeTraceContexts
from tests.waiting import eventually

_LONGEST_WAIT: Final = 2_000
"""Steps of a millisecond."""


class Books(Counters, Protocol):
    """Counters, and the books that stand beside them."""

    async def read(self, tenant: TenantId) -> dict[str, int]: ...


class StandingMarks(GroupMarks, DuplicateBooks, Protocol):
    """How tenants stand, and duplicates of several of them."""


class TenantVersions(Tenants, Protocol):
    """Active configurations, and what an operator does to them."""

    async def publish(self, tenant: TenantId, text: str) -> int: ...

    async def suspend(self, tenant: TenantId) -> bool: ...

    async def resume(self, tenant: TenantId) -> bool: ...

    async def remove(self, tenant: TenantId) -> None: ...


class TenantKeyStore(StoredKeys, LiveKeys, Protocol):
    """Where wrapped keys are, for whoever makes them and for whoever copies them."""


class Engine(ABC):
    """One implementation of each port that Redis stands behind, all on the same data."""

    clock: Clock
    groups: GroupStates
    schedule: Schedule
    turns: SharedTurns
    leftovers: Leftovers
    marks: ConfigurationMarks
    group_marks: StandingMarks
    sources: InhibitingAlerts
    surroundings: Surroundings
    counts: TenantCounts
    notices: Notices
    traces: TraceContexts
    books: Books
    outbox: Outbox
    limiter: Limiter
    quota: Quota
    memory: StoredMemory
    workspaces: Workspaces
    tenants: TenantVersions
    silences: SilenceRepository | FakeSilences
    subjects: SubjectLists
    holds: Holds
    heartbeats: Heartbeats
    activity: Activity
    observing: Observing
    troubles: Troubles
    operator_messages: OperatorMessages
    tokens: Tokens
    generations: Generations
    proofs: Proofs
    comparisons: Comparisons
    keys: TenantKeyStore

    @abstractmethod
    def in_pool(self, pools: Pools) -> SharedTurns:
        """The turns as a process of a pool has them."""

    @abstractmethod
    def watching(self, pool: Pool) -> Observing:
        """What is observed, for a process of a pool."""

    @abstractmethod
    async def activate(self, tenant: TenantId, version: int = 1) -> None:
        """The tenant has data, and this version of its configuration holds."""

    @abstractmethod
    async def lose(self, tenant: TenantId) -> None:
        """The tenant's data is gone."""

    @abstractmethod
    async def garble(self, tenant: TenantId, group: GroupId) -> None:
        """A newer program has stored this group."""

    @abstractmethod
    async def expire(self, tenant: TenantId, group: GroupId) -> None:
        """The group's time is over; it was closed by then, so nothing that fires leads to it."""

    @abstractmethod
    async def give_token(self, digest: str, tenant: TenantId) -> None:
        """The tenant has a token."""

    @abstractmethod
    async def eventually(self, look: Callable[[], Awaitable[bool]]) -> None:
        """Let time pass until it is so, two seconds at most."""


class InMemory(Engine):
    """The fakes."""

    clock: FakeClock
    groups: FakeGroups
    schedule: FakeSchedule
    turns: FakeTurns
    leftovers: FakeLeftovers
    marks: FakeMarks
    group_marks: FakeGroupMarks
    sources: FakeSources
    surroundings: FakeSurroundings
    counts: FakeTenantCounts
    notices: FakeNotices
    traces: FakeTraceContexts
    books: FakeBooks
    outbox: FakeOutbox
    limiter: FakeLimiter
    quota: FakeQuota
    memory: FakeMemory
    workspaces: FakeWorkspaces
    tenants: FakeTenants
    silences: FakeSilences
    subjects: FakeSubjects
    holds: FakeHolds
    heartbeats: FakeHeartbeats
    activity: FakeActivity
    observing: FakeObserving
    troubles: FakeTroubles
    operator_messages: FakeOperatorMessages
    tokens: FakeTokens
    generations: FakeGenerations
    proofs: FakeProofs
    comparisons: FakeComparisons
    keys: FakeStoredKeys

    def __init__(self) -> None:
        self.store = FakeStore()
        self.clock = self.store.clock
        self.groups = FakeGroups(self.store)
        self.schedule = FakeSchedule(self.store)
        self.turns = FakeTurns(self.store)
        self.leftovers = FakeLeftovers(self.store)
        self.marks = FakeMarks(self.store)
        self.group_marks = FakeGroupMarks(self.store)
        self.sources = FakeSources(self.store)
        self.surroundings = FakeSurroundings(self.store)
        self.counts, self.notices = FakeTenantCounts(self.store), FakeNotices(self.store)
        self.traces = FakeTraceContexts(self.store)
        self.books = FakeBooks(self.store)
        self.outbox = FakeOutbox(self.store)
        self.limiter = FakeLimiter(self.clock, self.store.faults)
        self.quota = FakeQuota(self.clock, self.store.faults)
        self.memory = FakeMemory(self.store)
        self.workspaces = FakeWorkspaces(self.store)
        self.tenants = FakeTenants(self.store)
        self.silences, self.subjects = FakeSilences(self.store), FakeSubjects(self.store)
        self.holds = FakeHolds(self.store)
        self.heartbeats = FakeHeartbeats(self.store)
        self.activity = FakeActivity(self.store)
        self.observing = FakeObserving(self.store)
        self.troubles = FakeTroubles(self.store)
        self.operator_messages = FakeOperatorMessages(self.store)
        self.tokens = FakeTokens(self.store)
        self.generations = FakeGenerations(self.store)
        self.proofs = FakeProofs(self.store)
        self.comparisons, self.keys = FakeComparisons(self.store), FakeStoredKeys()

    def in_pool(self, pools: Pools) -> SharedTurns:
        return FakeTurns(self.store, pools)

    def watching(self, pool: Pool) -> Observing:
        return FakeObserving(self.store, pool)

    async def activate(self, tenant: TenantId, version: int = 1) -> None:
        self.store.tenants[tenant].epoch = True
        self.store.tenants[tenant].active = version

    async def lose(self, tenant: TenantId) -> None:
        self.store.lose(tenant)

    async def garble(self, tenant: TenantId, group: GroupId) -> None:
        self.store.garble(tenant, group)

    async def expire(self, tenant: TenantId, group: GroupId) -> None:
        self.store.expire(tenant, group)

    async def give_token(self, digest: str, tenant: TenantId) -> None:
        self.store.tokens[digest] = tenant

    async def eventually(self, look: Callable[[], Awaitable[bool]]) -> None:
        for _ in range(_LONGEST_WAIT):
            if await look():
                return
            self.store.clock.advance(MILLISECOND)
        raise AssertionError("not within two seconds")


class OnRedis(Engine):
    """The adapters; `raw` is a client of its own."""

    def __init__(self, connection: Connection, raw: Any) -> None:
        self._raw, self._connection = raw, connection
        self.clock = connection
        self.groups = GroupStore(connection)
        self.schedule = RedisSchedule(connection)
        self.turns = RedisTurns(connection)
        self.leftovers = RedisLeftovers(connection)
        self.marks = RedisConfigurationMarks(connection)
        self.group_marks = RedisGroupMarks(connection)
        self.sources = RedisSources(connection)
        self.surroundings = RedisSurroundings(connection)
        self.counts, self.notices = RedisTenantCounts(connection), RedisNotices(connection)
        self.traces = RedisTraceContexts(connection)
        self.books = RedisBooks(connection)
        self.outbox = RedisOutbox(connection)
        self.limiter = SlackLimiter(connection)
        self.quota = RedisQuota(connection)
        self.memory = RedisMemory(connection)
        self.workspaces = WorkspaceRepository(connection)
        self.tenants = TenantRepository(connection)
        self.silences, self.subjects = SilenceRepository(connection), SubjectRepository(connection)
        self.holds = HoldRepository(connection)
        self.heartbeats = RedisHeartbeats(connection)
        self.activity = RedisActivity(connection)
        self.observing = RedisObserving(connection)
        self.troubles = RedisTroubles(connection)
        self.operator_messages = RedisOperatorMessages(connection, "#operators")
        self.tokens = TokenRepository(connection)
        self.generations = RedisGenerations(connection)
        self.proofs = RedisProofs(connection)
        self.comparisons, self.keys = RedisComparisons(connection), KeyRepository(connection)

    def in_pool(self, pools: Pools) -> SharedTurns:
        return RedisTurns(self._connection, pools)

    def watching(self, pool: Pool) -> Observing:
        return RedisObserving(self._connection, pool)

    async def activate(self, tenant: TenantId, version: int = 1) -> None:
        await self._raw.mset({keys.tenant_key(tenant, "epoch"): "1", keys.tenant_key(tenant, "active"): str(version)})

    async def lose(self, tenant: TenantId) -> None:
        async for key in self._raw.scan_iter(match=keys.tenant_pattern(tenant), count=1000):
            await self._raw.delete(key)

    async def garble(self, tenant: TenantId, group: GroupId) -> None:
        await self._raw.hset(keys.group_key(tenant, group), "v", "99")

    async def expire(self, tenant: TenantId, group: GroupId) -> None:
        indexes = await self._raw.keys(keys.where_key(tenant, "*").replace("{", "\\{"))
        await self._raw.delete(keys.group_key(tenant, group), *indexes)

    async def give_token(self, digest: str, tenant: TenantId) -> None:
        await self._raw.hset(keys.TOKENS, digest, tenant)
        number = await self._raw.incr(keys.SEQUENCE)
        await self._raw.zadd(keys.TOKEN_CHANGES, {digest: number})
        await self._raw.expire(keys.TOKEN_CHANGES, 60)

    async def eventually(self, look: Callable[[], Awaitable[bool]]) -> None:
        await eventually(look, within_s=2)
