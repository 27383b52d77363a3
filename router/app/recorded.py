"""The record joined: what commands write, what projects it, what takes in a Redis that had none."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Final
from uuid import uuid4

from pydantic import SecretStr

from router.adapters.postgres.audit import StoredAudit
from router.adapters.postgres.auditing import PostgresAudit
from router.adapters.postgres.changing import Record
from router.adapters.postgres.engine import opened
from router.adapters.postgres.erased_persons import RecordedPersons
from router.adapters.postgres.erasing import RecordedParts
from router.adapters.postgres.migrating import migrate
from router.adapters.postgres.secrets import RecordedSecrets
from router.adapters.postgres.tenant_keys import RecordedKeyCopies
from router.adapters.postgres.tokens import RecordedTokens
from router.adapters.postgres.versions import RecordedVersions
from router.adapters.postgres.wanting import ProjectedRecord
from router.adapters.redis.connection import Connection
from router.adapters.redis.projection import RedisProjection
from router.adapters.redis.secrets import SecretRepository
from router.adapters.redis.subjects import SubjectCopies
from router.adapters.redis.tenant_keys import KeyRepository
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.app.cells import cells_of
from router.app.connections import signatures
from router.app.persons import address, display_name, personal_sealer
from router.app.storing import Noting, Stores, login
from router.control.adopting import Adopting, Live
from router.control.audit.appending import Appending
from router.control.noting import UnlessAway
from router.core.cell import CellName
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.errors import ConfigurationError, UnavailableError
from router.ports.audit import (
    Action,
    Actor,
    ActorKind,
    AuditLog,
    Difference,
    Entry,
    Interface,
    Origin,
    Outcome,
    Ruling,
)
from router.ports.record import Attempts, Standing
from router.roles.key_mirror import KeyMirror, Mirrors
from router.roles.projector import Projector
from router.roles.subject_mirror import SubjectMirror
from router.settings import Settings

IN_FORCE_S: Final = 5.0
_LOOK_S: Final = 0.05
_STATUS: Final = "see `alert-router control status`"


@asynccontextmanager
async def recorded_stores(settings: Settings, redis: Connection) -> AsyncIterator[Stores]:
    """The record as commands write it; at the end they wait a little until what they changed is in force."""
    async with opened(given(settings.postgres.url, "URL")) as engine:
        record = Record(engine, audit_log(settings))
        before = await _generations(record)
        yield _stores(settings, record, redis)
        if before is not None:
            await _in_force(record, before)


async def audit_export(settings: Settings, tenant: TenantId) -> None:
    """Append to the audit log that the tenant is exported."""
    entry = attempts()(Action.TENANT_EXPORT, tenant, "tenant")
    async with opened(given(settings.postgres.url, "URL")) as engine:
        await Record(engine, audit_log(settings)).note(tenant, entry)


async def audit_subject(
    settings: Settings, tenant: TenantId, action: Action, about: Sequence[Difference] = (), reason: str = ""
) -> None:
    """Append to the audit log what is done about a person; nothing names the person."""
    entry = replace(attempts()(action, tenant, "subject"), diff=tuple(about), reason=reason)
    async with opened(given(settings.postgres.url, "URL")) as engine:
        await Record(engine, audit_log(settings)).note(tenant, entry)


@asynccontextmanager
async def open_noting(settings: Settings) -> AsyncIterator[Noting]:
    """What appends to the audit log what is done in Redis and Kafka, which must work while PostgreSQL is away."""
    async with opened(given(settings.postgres.url, "URL")) as engine:
        yield Noting(UnlessAway(Record(engine, audit_log(settings)), _warn).note, attempts())


@asynccontextmanager
async def recorded_parts(settings: Settings) -> AsyncIterator[RecordedParts]:
    """What the record holds of a tenant that is erased."""
    async with opened(given(settings.postgres.url, "URL")) as engine:
        yield RecordedParts(Record(engine, audit_log(settings)), attempts())


@asynccontextmanager
async def open_adopting(settings: Settings, redis: Connection) -> AsyncIterator[Adopting]:
    """What an operator may do about the record as a whole."""
    async with opened(given(settings.postgres.url, "URL")) as engine:
        record, signed = Record(engine, audit_log(settings)), signatures(settings)
        live = Live(
            TenantRepository(redis, signed),
            TokenRepository(redis, signed),
            SecretRepository(redis),
            RedisProjection(redis, signed),
        )
        secrets = RecordedSecrets(record, attempts())
        yield Adopting(record, secrets, live, attempts(), cells_of(settings).own)


@dataclass(frozen=True, slots=True)
class Projecting:
    """A projector, and the audit log of its record."""

    projector: Projector
    log: AuditLog


@asynccontextmanager
async def open_projector(
    settings: Settings, redis: Connection, clock: Callable[[], Instant]
) -> AsyncIterator[Projecting]:
    """A projector with a clock that never steps; nothing runs yet."""
    url = given(settings.postgres.projector_url, "PROJECTOR_URL")
    async with opened(url) as engine:
        record = ProjectedRecord(engine, url)
        try:
            keys = KeyMirror(RecordedKeyCopies(engine), KeyRepository(redis))
            mirrors = Mirrors(keys, SubjectMirror(RecordedPersons(engine), SubjectCopies(redis)))
            projection = RedisProjection(redis, signatures(settings))
            projector = Projector(record, projection, clock, mirrors, cells_of(settings).own)
            yield Projecting(projector, StoredAudit(engine))
        finally:
            await record.close()


async def migrate_record(settings: Settings) -> tuple[str, str]:
    """Bring the schema of the record to the newest step; the steps before and after.

    Raises:
        ConfigurationError: the login that may is not configured.
        UnavailableError: PostgreSQL does not answer, or refuses.
    """
    return await asyncio.to_thread(migrate, given(settings.postgres.migrator_url, "MIGRATOR_URL"))


def audit_log(settings: Settings) -> PostgresAudit:
    """Where entries are appended, with what names a person sealed."""
    return PostgresAudit(Appending(personal_sealer(settings).seal))


def attempts() -> Attempts:
    """What is audited of commands on this machine."""
    actor = Actor(ActorKind.USER, login(), display=display_name())
    origin = Origin(Interface.COMMAND_LINE, address())
    allowed = Ruling(allowed=True, rule="database_login")

    def entry(action: Action, tenant: TenantId, resource: str) -> Entry:
        return Entry(str(uuid4()), action, actor, origin, allowed, Outcome.DONE, tenant, resource)

    return entry


def _stores(settings: Settings, record: Record, redis: Connection) -> Stores:
    signed, entries = signatures(settings), attempts()
    return Stores(
        RecordedVersions(record, TenantRepository(redis, signed), entries),
        RecordedTokens(record, TokenRepository(redis, signed), entries),
        RecordedSecrets(record, entries),
        partial(cells_in, record),
    )


async def cells_in(record: Record) -> dict[TenantId, CellName]:
    """The cells of all tenants that are there."""
    return {one.tenant: one.cell for one in await record.standing() if not one.is_gone}


async def _generations(record: Record) -> dict[TenantId, int] | None:
    """As they are now; None where the record is away, which a command that asks Redis alone does not mind."""
    try:
        return {one.tenant: one.generation for one in await record.standing()}
    except UnavailableError:
        return None


async def _in_force(record: Record, before: dict[TenantId, int]) -> None:
    try:
        waiting = await _waiting(record, before)
    except UnavailableError as error:
        _warn(f"what was done is recorded; whether it is in force is not known: {error}")
        return
    for one in waiting:
        _warn(f"tenant {one.tenant}: recorded, and not in force yet: no projector has brought it to Redis; {_STATUS}")


async def _waiting(record: Record, before: dict[TenantId, int]) -> list[Standing]:
    """Who was changed and is not in force, once all are or it has taken long enough."""
    until = time.monotonic() + IN_FORCE_S
    while True:
        standing = await record.standing()
        changed = [one for one in standing if before.get(one.tenant) != one.generation and not one.in_force]
        if not changed or time.monotonic() > until:
            return changed
        await asyncio.sleep(_LOOK_S)


def _warn(text: str) -> None:
    sys.stderr.write(f"warning: {text}\n")


def given(url: SecretStr | None, name: str) -> str:
    """The address of the record for one login.

    Raises:
        ConfigurationError: it is not set.
    """
    if url is None:
        raise ConfigurationError(f"ALERT_ROUTER_POSTGRES__{name} is not set: name the record's database")
    return url.get_secret_value()
