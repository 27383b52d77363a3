"""The control API joined: the record, Redis for what is live, whoever verifies tokens, and who may do what."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog
from starlette.types import ASGIApp

from router.adapters.environment import EnvironmentSecrets
from router.adapters.oidc.fetching import Fetching
from router.adapters.oidc.tokens import OidcTokens
from router.adapters.postgres.access import RecordedAccess
from router.adapters.postgres.api_keys import RecordedKeys
from router.adapters.postgres.changing import Record
from router.adapters.postgres.engine import opened
from router.adapters.postgres.idempotency import KeptAnswers
from router.adapters.postgres.proposals import RecordedProposals
from router.adapters.postgres.secrets import RecordedSecrets
from router.adapters.postgres.tokens import RecordedTokens
from router.adapters.postgres.versions import RecordedVersions
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.holds import HoldRepository
from router.adapters.redis.memory import RedisMemory
from router.adapters.redis.silences import SilenceRepository
from router.adapters.redis.sources import RedisSources
from router.adapters.redis.subjects import SubjectRepository
from router.adapters.redis.surroundings import RedisSurroundings
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.api.application import control_app, served
from router.api.control import Control
from router.api.guard import Guard
from router.api.pace import Pace
from router.app.access_stored import stored_access
from router.app.audit_log import opened as audit_opened
from router.app.ceilings import ceilings
from router.app.cells import cells_of
from router.app.clocks import steady_clock, wall_clock
from router.app.connections import secret_store, signatures
from router.app.isolation_file import isolation_of, promise_of
from router.app.letters import Way, letters_by
from router.app.localizations import load_localizations
from router.app.options import history_of
from router.app.recorded import attempts, audit_log, cells_in, given
from router.app.retention import kept_by_setting
from router.app.sealing import naming_vault, reading_vault
from router.app.trust import trust_of
from router.app.usage import usage_of
from router.app.validating import new_template_validator
from router.control.access.table import AccessTable
from router.control.access_documents import AccessControl
from router.control.auditing import AuditControl
from router.control.authenticating import Authentication
from router.control.explain.explained import ExplainingInWords
from router.control.explain.live import Beside, LiveExplaining, as_readable
from router.control.groups import LiveGroups
from router.control.isolation.moving import Moving
from router.control.keys import KeyControl
from router.control.letters.dead_letters import DeadLetterControl
from router.control.letters.noted import NotedLetters
from router.control.noted_silences import Note, NotedSilences
from router.control.offboard import Offboarding
from router.control.proposals import ProposalControl
from router.control.secrets import SecretControl
from router.control.silences import SilenceControl
from router.control.subject_looking import SubjectLooking
from router.control.subject_requests import SubjectRequests
from router.control.tenants import TenantControl
from router.control.tokens import TokenControl
from router.observe.metrics import Metrics
from router.ports.audit import Action, Entry
from router.ports.record import Attempts
from router.roles.janitor import Janitor
from router.settings import Settings, process_environment

_log: Final = structlog.get_logger("router.api")


@dataclass(frozen=True, slots=True)
class Api:
    """The application, and the record that it stands on."""

    app: ASGIApp
    record: Record

    async def record_reached(self) -> bool:
        """Whether PostgreSQL answers."""
        await self.record.standing()
        return True


@asynccontextmanager
async def recorded_keys(settings: Settings) -> AsyncIterator[RecordedKeys]:
    """API keys as commands write them."""
    async with opened(given(settings.postgres.url, "URL")) as engine:
        yield RecordedKeys(Record(engine, audit_log(settings)), attempts())


@asynccontextmanager
async def recorded_access(settings: Settings) -> AsyncIterator[AccessControl]:
    """The stored access document as commands read and write it."""
    async with opened(given(settings.postgres.url, "URL")) as engine:
        yield AccessControl(RecordedAccess(Record(engine, audit_log(settings)), attempts()), wall_clock)


@asynccontextmanager
async def open_api(
    settings: Settings, redis: Connection, root: Callable[[], AccessTable], metrics: Metrics
) -> AsyncIterator[Api]:
    """All of it; `root` is who may do what whatever is stored.

    Raises:
        ConfigurationError: the record is not configured.
    """
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(opened(given(settings.postgres.url, "URL")))
        trust = trust_of(settings.control.issuers_ca_file, "ALERT_ROUTER_CONTROL__ISSUERS_CA_FILE")
        record, fetching = Record(engine, audit_log(settings)), Fetching(trust)
        stack.push_async_callback(fetching.close)
        audit = settings.audit.url
        log = None if audit is None else await stack.enter_async_context(audit_opened(audit.get_secret_value()))
        answers = KeptAnswers(engine, settings.retention.idempotency_hours)
        await stack.enter_async_context(_janitor(settings, redis, answers, metrics))
        access = await stack.enter_async_context(stored_access(RecordedAccess(record, attempts()), root))
        guard = Guard(
            Authentication(
                OidcTokens(fetching.keys, wall_clock, steady_clock), RecordedKeys(record, attempts()), wall_clock
            ),
            access.table,
            Pace(steady_clock),
            partial(_note, record),
            wall_clock,
            answers,
        )
        control = _control(settings, record, redis, None if log is None else AuditControl(log))
        yield Api(served(control_app(control, guard), partial(_report, metrics)), record)


@asynccontextmanager
async def _janitor(
    settings: Settings, redis: Connection, answers: KeptAnswers, metrics: Metrics
) -> AsyncIterator[None]:
    """What is to go goes, until this ends."""
    signed = signatures(settings)
    janitor = Janitor(TenantRepository(redis, signed), SilenceRepository(redis, signed), answers, redis, metrics)
    cleaning = asyncio.create_task(janitor.run())
    try:
        yield
    finally:
        cleaning.cancel()
        await asyncio.gather(cleaning, return_exceptions=True)


def _report(metrics: Metrics, keys: Sequence[str]) -> None:
    metrics.control_undescribed.inc(len(keys))
    _log.error("answer_not_described", keys=list(keys))


def _control(settings: Settings, record: Record, redis: Connection, audit: AuditControl | None) -> Control:
    signed, note = signatures(settings), partial(_note, record)
    promise, moves = promise_of(settings, partial(cells_in, record)), Moving(cells_of(settings), RedisMemory(redis))
    live, groups = TenantRepository(redis, signed), GroupStore(redis, reading_vault(settings, redis))

    def versions(by: Attempts) -> RecordedVersions:
        return RecordedVersions(record, live, by)

    def secrets(by: Attempts) -> SecretControl:
        store = secret_store(settings, redis, RecordedSecrets(record, by))
        return SecretControl(store, EnvironmentSecrets(process_environment()), versions(by))

    def silences(action: Action, by: Attempts) -> SilenceControl:
        stored = NotedSilences(SilenceRepository(redis, signed), note, action, by)
        return SilenceControl(stored, live, redis)

    def tokens(by: Attempts) -> TokenControl:
        return TokenControl(RecordedTokens(record, TokenRepository(redis, signed), by), versions(by))

    return Control(
        standing=record.standing,
        tenants=lambda by: TenantControl(versions(by), groups, ceilings(settings), promise, moves),
        tokens=tokens,
        secrets=secrets,
        offboarding=lambda by: Offboarding(versions(by), groups, tokens(by), secrets(by).store),
        keys=lambda by: KeyControl(RecordedKeys(record, by), wall_clock),
        access=lambda by: AccessControl(RecordedAccess(record, by), wall_clock),
        proposals=lambda by: ProposalControl(RecordedProposals(record, by), wall_clock),
        silences=silences,
        groups=LiveGroups(live, groups),
        subjects=_subjects(settings, redis, live, groups, note),
        explaining=_explaining(settings, redis, live),
        usage=usage_of(settings, redis),
        isolation=isolation_of(settings),
        letters=partial(_letters, settings, redis, note) if settings.kafka.bootstrap_servers else None,
        localizations=load_localizations(settings),
        audit=audit,
        validate_templates=new_template_validator(),
        cells=cells_of(settings),
    )


def _subjects(
    settings: Settings, redis: Connection, live: TenantRepository, groups: GroupStore, note: Note
) -> SubjectRequests:
    lists = SubjectRepository(redis, signatures(settings))
    return SubjectRequests(SubjectLooking(groups, lists, live, redis, kept_by_setting(settings)), groups, note)


def _letters(
    settings: Settings, redis: Connection, note: Note, by: Attempts
) -> AbstractAsyncContextManager[DeadLetterControl]:
    return letters_by(settings, redis, Way(appended=NotedLetters(note, by).append))


async def _note(record: Record, entry: Entry) -> None:
    await record.note(entry.tenant, entry)


def _explaining(settings: Settings, redis: Connection, live: TenantRepository) -> ExplainingInWords:
    groups, naming = GroupStore(redis, reading_vault(settings, redis)), naming_vault(settings, redis)
    beside = Beside(RedisSurroundings(redis, naming), history_of(settings))
    tenants, sources, holds = TenantControl(live, groups), RedisSources(redis, naming), HoldRepository(redis)
    found = LiveExplaining(tenants, groups, sources, holds, redis, beside, as_readable)
    return ExplainingInWords(found, load_localizations(settings))
