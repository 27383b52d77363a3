"""The record as the composition root joins it, over a Redis that is its projection."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count

from sqlalchemy.ext.asyncio import AsyncEngine

from router.adapters.postgres.auditing import PostgresAudit
from router.adapters.postgres.changing import AuditLog, Record
from router.adapters.postgres.erased_persons import RecordedPersons
from router.adapters.postgres.secrets import RecordedSecrets
from router.adapters.postgres.tenant_keys import RecordedKeyCopies
from router.adapters.postgres.tokens import RecordedTokens
from router.adapters.postgres.versions import RecordedVersions
from router.adapters.postgres.wanting import ProjectedRecord
from router.adapters.redis.connection import Connection
from router.adapters.redis.projection import RedisProjection
from router.adapters.redis.subjects import SubjectCopies
from router.adapters.redis.tenant_keys import KeyRepository
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.app.clocks import steady_clock
from router.control.audit.appending import Appending
from router.core.model.alert import TenantId
from router.ports.audit import Action, Actor, ActorKind, Entry, Interface, Origin, Outcome, Ruling
from router.roles.key_mirror import KeyMirror, Mirrors
from router.roles.projector import Projector
from router.roles.subject_mirror import SubjectMirror
from tests.record_at import RecordAt

ACME, GLOBEX = TenantId("acme"), TenantId("globex")
_IDS = count()


def attempt(action: Action, tenant: TenantId, resource: str) -> Entry:
    """What is audited, of somebody who may do anything."""
    actor, origin = Actor(ActorKind.USER, "ana@host"), Origin(Interface.COMMAND_LINE)
    allowed = Ruling(allowed=True, rule="test")
    return Entry(f"id-{next(_IDS)}", action, actor, origin, allowed, Outcome.DONE, tenant, resource)


def audit_log() -> PostgresAudit:
    """The log, with nothing sealed."""
    return PostgresAudit(Appending(lambda _, text: text))


@dataclass(frozen=True, slots=True)
class Recording:
    """The record with its repositories, and one projector."""

    at: RecordAt
    redis: Connection
    record: Record
    versions: RecordedVersions
    tokens: RecordedTokens
    secrets: RecordedSecrets
    wanting: ProjectedRecord
    projection: RedisProjection
    projector: Projector

    @property
    def in_force(self) -> TenantRepository:
        """What Redis holds."""
        return TenantRepository(self.redis)


@asynccontextmanager
async def recording(at: RecordAt, redis: Connection) -> AsyncIterator[Recording]:
    """All of it, closed at the end."""
    async with at.engine("ar_api") as api, at.engine("ar_projector") as reading:
        made = joined(at, redis, api, reading)
        try:
            yield made
        finally:
            await made.wanting.close()


def joined(
    at: RecordAt, redis: Connection, api: AsyncEngine, reading: AsyncEngine, log: AuditLog | None = None
) -> Recording:
    """All of it, over these pools; `log` is another audit log than the usual one."""
    record = Record(api, log or audit_log())
    wanting = ProjectedRecord(reading, at.url("ar_projector"))
    projection = RedisProjection(redis)
    return Recording(
        at,
        redis,
        record,
        RecordedVersions(record, TenantRepository(redis), attempt),
        RecordedTokens(record, TokenRepository(redis), attempt),
        RecordedSecrets(record, attempt),
        wanting,
        projection,
        Projector(wanting, projection, steady_clock, mirrors(reading, redis)),
    )


def mirrors(reading: AsyncEngine, redis: Connection) -> Mirrors:
    """What the record keeps of what Redis has."""
    keys = KeyMirror(RecordedKeyCopies(reading), KeyRepository(redis))
    return Mirrors(keys, SubjectMirror(RecordedPersons(reading), SubjectCopies(redis)))
