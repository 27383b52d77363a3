"""Erase a person from a tenant's live alerts, step by step: each may be done again, and is done when nothing is left.

What is left to do is looked up each time, so that a run goes on where another ended: in stored alert groups, never in
a list of them.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from router.control.by_hand import CallsByHand, Pause
from router.control.kinds.erasing import left_of_person
from router.control.subject_certificate import SubjectCertificate, certified
from router.control.subject_groups import without
from router.control.subject_looking import SubjectFound, SubjectLooking, SubjectProgress
from router.control.subject_messages import DeletedMessages
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.instant import SECOND, Span
from router.core.model.rules.tenant import Tenant
from router.ports.clock import Clock
from router.ports.control import StoredGroups
from router.ports.schedule import Turns
from router.ports.state import ApplyResult, GroupStates, StoreTransition
from router.ports.subjects import SPREADS, ErasedSubject, SubjectLists
from router.ports.tenants import Tenants

Certify = Callable[[TenantId, "SubjectCertificate"], Awaitable[None]]

_LOOK: Final = Span(SECOND)
_ATTEMPTS: Final = 20


class SubjectMessages(StrEnum):
    """What becomes of messages that showed the person."""

    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class SubjectEngines:
    """What an erasure reads and changes."""

    groups: StoredGroups
    states: GroupStates
    lists: SubjectLists
    tenants: Tenants
    turns: Turns
    clock: Clock
    calls: CallsByHand


@dataclass(frozen=True, slots=True)
class SubjectErasing:
    """Erases people; `kept` is for how long each topic keeps records, by the setting that names it."""

    engines: SubjectEngines
    pause: Pause
    certify: Certify
    kept: Mapping[str, Span]
    patience: Span = field(default=Span(30 * SECOND))
    """For how long workers' edits are waited for."""

    @property
    def looking(self) -> SubjectLooking:
        """What looks people up."""
        engines = self.engines
        return SubjectLooking(engines.groups, engines.lists, engines.tenants, engines.clock, self.kept)

    async def plan(self, tenant: TenantId, value: str) -> SubjectProgress:
        """What is stored of a person now, and how far an erasure has come.

        Raises:
            OperationError: the tenant has no configuration that can be read, or declares nothing personal.
        """
        return await self.looking.plan(tenant, value)

    async def holding(self, tenant: TenantId, value: str) -> Sequence[AlertGroup]:
        """The alert groups that hold a person now; raises as `plan`."""
        return await self.looking.holding(tenant, value)

    async def erase(
        self,
        tenant: TenantId,
        value: str,
        messages: SubjectMessages = SubjectMessages.EDITED,
        *,
        leave_stuck: bool = False,
    ) -> SubjectProgress:
        """Erase a person, or go on with that, as far as it goes now; raises as `plan`.

        Raises:
            UnavailableError: something does not answer: what is done stays done.
        """
        subject, key = await self.looking.begin(tenant, value)
        rules = await self.looking.rules(tenant, key, subject)
        await self.pause(SPREADS)
        subject = await self._hide(rules, subject)
        subject, undeleted = await self._deleted(rules, subject, messages)
        found = replace(await self._edited(rules, subject), undeleted=undeleted)
        subject = replace(subject, hidden=max(subject.hidden, found.marked))
        progress = SubjectProgress(subject, found, leaves_stuck=leave_stuck)
        now = await self.engines.clock.now()
        certificate = certified(progress, self.kept, now)
        if certificate is not None:
            await self.certify(tenant, certificate)
            await self.engines.lists.keep(tenant, subject := certificate.subject)
        return replace(progress, subject=subject, left=left_of_person(self.kept, now))

    async def _hide(self, rules: Tenant, subject: ErasedSubject) -> ErasedSubject:
        """Store all groups without the person, until none is left."""
        for _ in range(_ATTEMPTS):
            now, writes = await self.engines.clock.now(), list[StoreTransition]()
            async for group in self.engines.groups.everything(rules.tenant_id):
                if (write := without(rules, group, now)) is not None:
                    writes.append(write)
            if not writes:
                break
            answers, next_due = await self.engines.states.apply(writes)
            stored = sum(answer is ApplyResult.OK for answer in answers)
            subject = replace(subject, hidden=subject.hidden + stored)
            await self.engines.lists.keep(rules.tenant_id, subject)
            await self.engines.turns.offer(next_due)
        return subject

    async def _deleted(
        self, rules: Tenant, subject: ErasedSubject, messages: SubjectMessages
    ) -> tuple[ErasedSubject, tuple[MessageRef, ...]]:
        """Delete messages where that was asked for; those that were not."""
        if messages is SubjectMessages.EDITED:
            return subject, ()
        deleting = DeletedMessages(self.engines.groups, self.engines.lists, self.engines.clock, self.engines.calls)
        subject = await deleting.delete(rules, subject)
        return subject, await deleting.left(rules, subject)

    async def _edited(self, rules: Tenant, subject: ErasedSubject) -> SubjectFound:
        """What is left once workers have edited the messages, or have been waited for."""
        for _ in range(self.patience // _LOOK):
            found = await self.looking.look(rules, subject)
            if not found.waiting and not found.known_by:
                return found
            await self.pause(_LOOK)
        return await self.looking.look(rules, subject)
