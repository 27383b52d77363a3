"""Delete the messages that showed a person, so that a run goes on where another ended.

A message is deleted once workers have edited it, and nothing more is to be said in it: so one that Slack refuses to
delete does not show the person either. What changes later is an edit, which finds that the message is gone; then what
fires is posted again, as ever.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final

from router.control.by_hand import Bot, CallsByHand
from router.control.subject_groups import is_about
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.instant import NEVER, SECOND, Instant, Span
from router.core.model.rules.tenant import Tenant
from router.core.slack.answer import Accepted, Gone
from router.core.slack.call import delete
from router.errors import OperationError
from router.ports.clock import Clock
from router.ports.control import StoredGroups
from router.ports.subjects import ErasedSubject, SubjectLists

_TOGETHER: Final = 100
"""Messages that are deleted between two looks."""
_LOOKS: Final = 30
"""How often workers are waited for."""
_LOOK: Final = Span(SECOND)
_LATER: Final = Span(10 * SECOND)
"""A message that was posted so long after the erasure was begun never showed the person, whatever Slack's clock."""


@dataclass(frozen=True, slots=True)
class DeletedMessages:
    """Deletes messages, by calls that a command makes itself."""

    groups: StoredGroups
    lists: SubjectLists
    clock: Clock
    calls: CallsByHand

    async def delete(self, rules: Tenant, subject: ErasedSubject) -> ErasedSubject:
        """Delete all that showed the person; what Slack refuses to delete, and what workers have not edited, is left.

        Raises:
            OperationError: there is no token to delete with.
            UnavailableError: something does not answer: what is done stays done.
        """
        bot, refused, looks = await self._bot(rules.tenant_id), set[MessageRef](), 0
        while (shown := await self._shown(rules, subject, refused)) and looks < _LOOKS:
            free = [ref for ref, group in shown.items() if _is_at_rest(group)][:_TOGETHER]
            if not free:
                looks += 1
                await self.calls.pause(_LOOK)
            done = [one for one in free if await self._is_deleted(bot, one)]
            refused |= set(free) - set(done)
            subject = await self._kept(rules.tenant_id, subject, done)
        return subject

    async def left(self, rules: Tenant, subject: ErasedSubject) -> tuple[MessageRef, ...]:
        """The messages that showed the person and were not deleted."""
        return tuple(await self._shown(rules, subject, set()))

    async def _shown(
        self, rules: Tenant, subject: ErasedSubject, refused: AbstractSet[MessageRef]
    ) -> Mapping[MessageRef, AlertGroup]:
        """Those that may be deleted yet, with their groups; digests are edited alone."""
        now, last = await self.clock.now(), Instant(subject.begun_at + _LATER)
        out = refused | set(subject.deleted)
        return {
            group.posted: group
            async for group in self.groups.everything(rules.tenant_id)
            if group.posted is not None
            and group.posted not in out
            and group.digest is None
            and _is_from_before(group.posted, last)
            and is_about(rules, group, subject.mark, now)
        }

    async def _bot(self, tenant: TenantId) -> Bot:
        if (bot := await self.calls.bot(tenant)) is not None:
            return bot
        raise OperationError(
            f"tenant {tenant!r} has no token here that could delete its messages",
            remedy="give its Slack token as workers have it, or leave --delete-messages out: workers edit them",
        )

    async def _is_deleted(self, bot: Bot, shown: MessageRef) -> bool:
        return isinstance(await self.calls.made(bot, delete(shown)), Accepted | Gone)

    async def _kept(self, tenant: TenantId, subject: ErasedSubject, done: Sequence[MessageRef]) -> ErasedSubject:
        if not done:
            return subject
        subject = replace(subject, deleted=(*subject.deleted, *done))
        await self.lists.keep(tenant, subject)
        return subject


def _is_at_rest(group: AlertGroup) -> bool:
    """Whether its message shows the mark by now, and nothing is about to answer it."""
    return not group.is_called and not group.refresh_due and group.refresh_at == NEVER and group.pending_reply is None


def _is_from_before(shown: MessageRef, last: Instant) -> bool:
    """Whether it was posted by then; Slack's `ts` begins with seconds."""
    seconds = shown.ts.partition(".")[0]
    return not seconds.isdecimal() or int(seconds) * SECOND <= last
