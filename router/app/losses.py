"""Recovery of lost data joined to its engines: in a worker, and for the command."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from router.adapters.redis.books import RedisBooks
from router.adapters.redis.generation import RedisGenerations, RedisProofs
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.memory import RedisMemory
from router.adapters.redis.runs import RedisRuns
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.turns import RedisTurns
from router.app.compose import Base, build_base
from router.app.heartbeats import noting
from router.app.ingest import record_reader
from router.app.options import body_bounds, call_times, history_of, rewind_span
from router.app.origins import record_origins
from router.app.past import kafka_past
from router.app.sealing import opening
from router.core.model.alert import TenantId
from router.ports.state import GroupStates
from router.roles.ingest.dead_letters import LetterTopics
from router.roles.ingest.folding import Folding
from router.roles.ingest.merge import Merging
from router.roles.ingest.refused import RefusedAlerts
from router.roles.ingest.regroup import Regrouping
from router.roles.ingest.rewind import Reader, Rewind
from router.roles.ingest.storage import Storage
from router.roles.just_stored import JustStored
from router.roles.memory import MemoryWatch
from router.roles.recovery.adoption import Adoption
from router.roles.recovery.index import IndexWatch
from router.roles.recovery.recovery import Recovery, Report, Sources
from router.roles.recovery.replay import NoLetters, Replay
from router.roles.recovery.shown_since import ShownSince
from router.roles.sealed import OpenedPast
from router.roles.tenants import ActiveTenants
from router.roles.transitions import Transitions
from router.settings import Settings

__all__ = ["LossWatch", "OpenRecovery", "Report", "build_loss_watch", "build_rewind", "open_recovery"]


@dataclass(frozen=True, slots=True)
class LossWatch:
    """What notices that Redis has lost the index, and in the shared pool what puts tenants' data together.

    Others read the topics of their own pool alone.
    """

    index: IndexWatch
    recovery: Recovery | None

    async def watch(self) -> None:
        """Watch both until cancelled."""
        async with asyncio.TaskGroup() as together:
            together.create_task(self.index.watch())
            if self.recovery is not None:
                together.create_task(self.recovery.watch())


def build_loss_watch(base: Base, groups: GroupStates, transitions: Transitions, merging: Merging) -> LossWatch:
    """For a worker."""
    generations = RedisGenerations(base.redis)
    index = IndexWatch(generations, base.tenants, _past(base), base.redis, lambda: uuid4().hex)
    return LossWatch(index, None if base.pools.here else _build_recovery(base, groups, transitions, merging))


def build_rewind(base: Base, groups: GroupStates, transitions: Transitions, reader: Reader) -> Rewind:
    """What a worker does when Redis may be older than it was."""
    shown = ShownSince(base.tenants, _past(base), _adoption(base, groups, transitions))
    return Rewind(RedisRuns(base.redis), reader, shown, base.redis, rewind_span(base.settings), base.metrics)


def _build_recovery(base: Base, groups: GroupStates, transitions: Transitions, merging: Merging) -> Recovery:
    """What puts lost data together."""
    kafka, bounds, past = base.settings.kafka, body_bounds(base.settings), _past(base)
    topics = LetterTopics(kafka.dead_letter_topic, kafka.events_topic)
    origins = record_origins(base)
    letters = NoLetters(base.records, RedisBooks(base.redis), topics, origins, base.metrics)
    reader = record_reader(base, letters, origins)
    regrouping = Regrouping(base.tenants, groups, transitions, merging, base.redis)
    folding = Folding(base.tenants, regrouping, RefusedAlerts(letters, base.metrics, bounds), noting(base))
    sources = Sources(RedisGenerations(base.redis), RedisProofs(base.redis), past, base.redis)
    return Recovery(
        base.tenants,
        sources,
        _adoption(base, groups, transitions),
        Replay(past, reader, folding, base.redis, kafka.bound_topics),
        uuid4().hex,
    )


@dataclass(frozen=True, slots=True)
class OpenRecovery:
    """What the command works with; `waiting` are tenants that are known and have no configuration."""

    recovery: Recovery
    tenants: ActiveTenants
    waiting: list[TenantId]


@asynccontextmanager
async def open_recovery(settings: Settings) -> AsyncIterator[OpenRecovery]:
    """All configurations loaded, and what puts data together."""
    base = build_base(settings)
    groups, clock, stored = GroupStore(base.redis, base.keyring), base.redis, RedisMemory(base.redis)
    try:
        await base.tenants.load()
        transitions = Transitions(
            groups,
            RedisTurns(base.redis, base.pools),
            JustStored(),
            lambda _: None,
            base.metrics,
            history_of(base.settings),
        )
        storage = Storage(stored, MemoryWatch(stored, base.tenants, base.metrics))
        merging = Merging(base.tenants, groups, transitions, clock, base.metrics, storage)
        waiting = [
            one for one in await TenantRepository(base.redis, base.signatures).listed() if one not in base.tenants
        ]
        yield OpenRecovery(_build_recovery(base, groups, transitions, merging), base.tenants, waiting)
    finally:
        await base.redis.close()
        await base.tracing.close()


def _adoption(base: Base, groups: GroupStates, transitions: Transitions) -> Adoption:
    return Adoption(groups, transitions, base.redis, call_times(base.settings))


def _past(base: Base) -> OpenedPast:
    return OpenedPast(kafka_past(base.settings, base.kafka), opening(base.settings, base.keyring))
