"""Open what exports and erases a person of a tenant's: Redis, and the record's audit log where there is one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.signatures import Signatures
from router.adapters.redis.subjects import SubjectRepository
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.turns import RedisTurns
from router.app.connections import signatures
from router.app.retention import kept_by_setting
from router.app.sealing import reading_vault
from router.app.slack_toolbox import open_toolbox
from router.app.storing import needing_control
from router.app.toolbox import open_redis
from router.config.stored import has_own_keys, pool_of
from router.control.by_hand import CallsByHand
from router.control.exporting import Line, group_lines
from router.control.subject_certificate import SubjectCertificate
from router.control.subject_erasing import SubjectEngines, SubjectErasing, SubjectMessages
from router.control.subject_report import SubjectReport, report_of
from router.core.model.alert import TenantId
from router.core.model.instant import MINUTE, Span
from router.core.pool import SHARED, Pool
from router.ports.audit import Action, Difference
from router.ports.pools import Pools
from router.ports.tenants import ActiveDocument
from router.roles.polling import pause
from router.roles.pools import NamedPools
from router.settings import Settings


class _Tenants(TenantRepository):
    """Active configurations; whoever was asked for has its keys noted, and its pool."""

    def __init__(self, redis: Connection, signed: Signatures) -> None:
        super().__init__(redis, signed)
        self.sealed = set[TenantId]()
        self._pools = dict[TenantId, Pool]()

    async def active(self, tenant: TenantId) -> ActiveDocument | None:
        """The tenant's active document; None for a tenant that has none."""
        document = await super().active(tenant)
        if document is not None and has_own_keys(document.text):
            self.sealed.add(tenant)
        self._pools[tenant] = SHARED if document is None else pool_of(document.text)
        return document

    def named_pool(self, tenant: TenantId) -> Pool:
        """The pool that the file of a tenant names which was asked for."""
        return self._pools.get(tenant, SHARED)


@asynccontextmanager
async def open_subjects(settings: Settings) -> AsyncIterator[SubjectErasing]:
    """What erases a person; messages are edited by the workers, and deleted here."""

    async def certify(tenant: TenantId, certificate: SubjectCertificate) -> None:
        await _note(settings, tenant, Action.SUBJECT_ERASED, certificate.differences, certificate.summary)

    async with open_redis(settings) as redis, open_toolbox(settings) as toolbox:
        signed = signatures(settings)
        tenants, lists = _Tenants(redis, signed), SubjectRepository(redis, signed)
        groups = GroupStore(redis, reading_vault(settings, redis, tenants.sealed.__contains__))
        pools = NamedPools(tenants.named_pool, frozenset(settings.kafka.pools))
        turns = RedisTurns(redis, Pools(of=pools.of))
        calls = CallsByHand(toolbox, pause, Span(MINUTE // settings.slack.workspace_edits_per_min))
        engines = SubjectEngines(groups, groups, lists, tenants, turns, redis, calls)
        yield SubjectErasing(engines, pause, certify, kept_by_setting(settings))


@asynccontextmanager
async def open_people(settings: Settings) -> AsyncIterator["PeopleHere"]:
    """What a command asks about people where Redis is."""
    async with open_subjects(settings) as erasing:
        yield PeopleHere(erasing, partial(_note, settings))


@dataclass(frozen=True, slots=True)
class PeopleHere:
    """See `People`; `note` appends to the audit log, where there is a record."""

    erasing: SubjectErasing
    note: Callable[[TenantId, Action], Awaitable[None]]

    async def plan(self, tenant: TenantId, value: str) -> SubjectReport:
        """What is stored of a person now; raises as `SubjectErasing.plan`."""
        return report_of(await self.erasing.plan(tenant, value))

    async def erase(
        self, tenant: TenantId, value: str, messages: SubjectMessages, *, leave_stuck: bool
    ) -> SubjectReport:
        """Erase a person, or go on with that; raises as `SubjectErasing.erase`."""
        return report_of(await self.erasing.erase(tenant, value, messages, leave_stuck=leave_stuck))

    async def export(self, tenant: TenantId, value: str) -> AsyncIterator[Line]:
        """The alert groups that hold a person; raises as `SubjectErasing.plan`."""
        found = await self.erasing.holding(tenant, value)
        await self.note(tenant, Action.SUBJECT_EXPORT)
        async for line in group_lines(found):
            yield line


async def _note(
    settings: Settings, tenant: TenantId, action: Action, about: tuple[Difference, ...] = (), reason: str = ""
) -> None:
    if settings.postgres.url is None:
        return
    with needing_control():
        from router.app.recorded import audit_subject
    await audit_subject(settings, tenant, action, about, reason)
