"""Ingest joined: what takes the records of the inbound topics, and what takes those of the held one."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from router.adapters.kafka.held import HeldTopic
from router.adapters.redis.books import RedisBooks
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.marks import RedisGroupMarks
from router.adapters.redis.quota import RedisQuota
from router.app.compose import Base
from router.app.heartbeats import noting
from router.app.options import body_bounds, held_options
from router.app.origins import record_origins
from router.app.pools import names_in, pool_here
from router.app.sealing import opening
from router.core.model.alert import TenantId
from router.roles.ingest.dead_letters import DeadLetters, LetterTopics
from router.roles.ingest.folding import Folding
from router.roles.ingest.held import HeldRecords, StillHeld
from router.roles.ingest.hold import HeldAppends, HeldReason, Holding, Sick
from router.roles.ingest.ingest import Ingest
from router.roles.ingest.known import KnownBodies
from router.roles.ingest.learning import Learning
from router.roles.ingest.merge import Merging
from router.roles.ingest.origins import Origins
from router.roles.ingest.read import RecordReader
from router.roles.ingest.refused import RefusedAlerts
from router.roles.ingest.regroup import Regrouping
from router.roles.ingest.shortcut import Engines, Shortcut
from router.roles.ingest.skew import SkewWatch
from router.roles.ingest.truncation import Truncations
from router.roles.ingest.understated import Understated
from router.roles.memory import MemoryWatch
from router.roles.tenants import ActiveTenants
from router.roles.transitions import Transitions


@dataclass(frozen=True, slots=True)
class IngestParts:
    """What takes the records of the inbound topics, and what takes those of the held one."""

    inbound: Shortcut
    held: HeldRecords
    held_topic: HeldTopic
    sick: Sick


def build_ingest(
    base: Base,
    groups: GroupStore,
    transitions: Transitions,
    merging: Merging,
    memory: MemoryWatch,
    wake: Callable[[], None],
) -> IngestParts:
    """Both readers of a worker; `wake` is called when there is something to notify."""
    kafka, clock, marks = base.settings.kafka, base.redis, RedisGroupMarks(base.redis)
    topics = LetterTopics(kafka.dead_letter_topic, kafka.events_topic)
    origins = record_origins(base)
    quiet = base.tenants.is_sealed
    dead_letters = DeadLetters(base.records, RedisBooks(base.redis), topics, origins, base.metrics, quiet)
    reader = record_reader(base, dead_letters, origins)
    regrouping = Regrouping(base.tenants, groups, transitions, merging, clock)
    refused = RefusedAlerts(dead_letters, base.metrics, body_bounds(base.settings))
    learning = Learning(KnownBodies(), base.keyring.names)
    folding = Folding(base.tenants, regrouping, refused, noting(base))
    sick = Sick(_unwell(base.tenants, memory))
    learned = Folding(base.tenants, regrouping, refused, noting(base), learning.landed)
    appends = HeldAppends(base.records, names_in(kafka, pool_here(base.settings)).held, origins)
    holding = Holding(appends, dead_letters, sick, clock, base.metrics)
    understated = Understated(RedisQuota(base.redis), base.tenants.known, base.metrics)
    first = replace(reader, understated=understated)
    still, of_held = StillHeld(dead_letters, sick, clock), origins.of_held()
    again = Ingest(replace(reader, origins=of_held), folding, still, clock, clock, wake)
    opened = opening(base.settings, base.keyring).open
    kept = Holding(replace(appends, origins=of_held), dead_letters, sick, clock, base.metrics, opened)
    topic = HeldTopic(base.kafka, held_options(base.settings))
    inbound = Ingest(first, learned, holding, clock, clock, wake)
    engines = Engines(marks, marks, clock, base.metrics)
    return IngestParts(
        inbound=Shortcut(inbound, learning, base.tenants, holding, engines, origins),
        held=HeldRecords(topic, again, still, kept, clock, base.metrics),
        held_topic=topic,
        sick=sick,
    )


def record_reader(base: Base, dead_letters: DeadLetters, origins: Origins) -> RecordReader:
    """What reads records, within the bounds of the settings."""
    return RecordReader(
        tenants=base.tenants,
        dead_letters=dead_letters,
        metrics=base.metrics,
        bound=base.settings.kafka.bound_topics,
        origins=origins,
        skew=SkewWatch(base.metrics),
        max_body=base.settings.gateway.max_body,
        bounds=body_bounds(base.settings),
        truncations=Truncations(base.tenants.is_sealed),
        tracing=base.tracing.of_records(base.settings),
    )


def _unwell(tenants: ActiveTenants, memory: MemoryWatch) -> Callable[[TenantId], HeldReason | None]:
    """While Redis is nearly full, records of suspended tenants are not folded."""
    return lambda tenant: HeldReason.SUSPENDED if memory.is_short(tenant) and tenants.is_suspended(tenant) else None
