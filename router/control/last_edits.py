"""The last edit of a tenant's live messages: one line in place of what they showed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from router.control.by_hand import Bot, CallsByHand, Pause
from router.control.toolbox import Toolbox
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.instant import SECOND, Span
from router.core.model.phase import Sending
from router.core.model.rules.tenant import Tenant
from router.core.model.token import token_digest
from router.core.render.notices.erased import render_erased
from router.core.slack.answer import Accepted, Answer
from router.core.slack.call import edit
from router.core.slack.message import SlackMessage
from router.errors import OperationError

_LOOK: Final = Span(SECOND)
_MARK: Final = "erased-"


@dataclass(frozen=True, slots=True)
class LastEdited:
    """How many live messages got their last line, and how many Slack refused it for."""

    edited: int = 0
    unedited: int = 0


@dataclass(frozen=True, slots=True)
class LastEdits:
    """Edits live messages at Slack's pace: `interval` is between two of them."""

    toolbox: Toolbox
    pause: Pause
    interval: Span

    @property
    def _calls(self) -> CallsByHand:
        return CallsByHand(self.toolbox, self.pause, self.interval)

    async def make(self, tenant_id: TenantId) -> LastEdited:
        """Edit all live messages of a tenant that is suspended; those of which a call is in flight wait for its end.

        Raises:
            UnavailableError: Slack does not answer.
            OperationError: there are messages, and no token to edit them with, or nobody knows where they are.
        """
        if unread := await self.toolbox.groups.unread(tenant_id):
            raise OperationError(
                f"{unread} alert groups of tenant {tenant_id!r} cannot be read, so nobody can edit their messages",
                remedy="delete those in Slack by hand, then leave them as they are: --leave-messages",
            )
        messages, bot = await self._live(tenant_id), await self._calls.bot(tenant_id)
        if bot is None and messages:
            raise OperationError(
                f"tenant {tenant_id!r} has no token here that could edit its {len(messages)} live messages",
                remedy="give its Slack token as workers have it, or leave the messages as they are: --leave-messages",
            )
        if bot is None:
            return LastEdited()
        answers = [await self._edited(bot, group, shown) for group, shown in messages]
        await self.toolbox.workspaces.forget(token_digest(bot.token))
        done = sum(isinstance(one, Accepted) for one in answers)
        return LastEdited(done, len(answers) - done)

    async def skip(self, tenant_id: TenantId) -> LastEdited:
        """Leave the messages as they are."""
        if (bot := await self._calls.bot(tenant_id)) is not None:
            await self.toolbox.workspaces.forget(token_digest(bot.token))
        unread = await self.toolbox.groups.unread(tenant_id)
        return LastEdited(unedited=len(await self._live(tenant_id)) + unread)

    async def _live(self, tenant: TenantId) -> Sequence[tuple[AlertGroup, MessageRef]]:
        while True:
            groups = [one async for one in self.toolbox.groups.everything(tenant)]
            now = await self.toolbox.clock.now()
            if not any(isinstance(one.phase, Sending) and one.phase.lease.until > now for one in groups):
                return [(one, one.posted) for one in groups if one.posted is not None and not one.closed]
            await self.pause(_LOOK)

    async def _edited(self, bot: Bot, group: AlertGroup, shown: MessageRef) -> Answer:
        call = edit(shown, self._message(bot.tenant, group), f"{_MARK}{group.key.group_id}")
        return await self._calls.made(bot, call)

    def _message(self, tenant: Tenant, group: AlertGroup) -> SlackMessage:
        """In the language of its receiver, or of another one where that is configured no more."""
        receiver = tenant.receivers.get(group.key.receiver) or next(iter(tenant.receivers.values()))
        localizations = self.toolbox.load_localizations()
        return render_erased(localizations.localizer(receiver.locale, tenant.time_zone, receiver.layout))
