"""The last edit of a tenant's live messages: one line in place of what they showed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from router.config import stored
from router.config.compile.tenant import compile_tenant
from router.control.toolbox import Toolbox
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.instant import SECOND, Span
from router.core.model.phase import Sending
from router.core.model.rules.tenant import Tenant
from router.core.model.token import token_digest
from router.core.render.notices.erased import render_erased
from router.core.slack.answer import Accepted, Ambiguous, Answer, Limited, Unreached
from router.core.slack.call import edit
from router.core.slack.message import SlackMessage
from router.errors import ConfigurationError, OperationError, SecretNotFoundError, UnavailableError

Pause = Callable[[Span], Awaitable[None]]

_TRIES: Final = 5
"""Attempts at one message while Slack says to wait, or does not answer."""
_LOOK: Final = Span(SECOND)
_MARK: Final = "erased-"


@dataclass(frozen=True, slots=True)
class LastEdited:
    """How many live messages got their last line, and how many Slack refused it for."""

    edited: int = 0
    unedited: int = 0


@dataclass(frozen=True, slots=True)
class _Bot:
    """Who edits: by which rules messages were shown, and the token that may."""

    tenant: Tenant
    token: str


@dataclass(frozen=True, slots=True)
class LastEdits:
    """Edits live messages at Slack's pace: `interval` is between two of them."""

    toolbox: Toolbox
    pause: Pause
    interval: Span

    async def make(self, tenant_id: TenantId) -> LastEdited:
        """Edit all live messages of a tenant that is suspended; those of which a call is in flight wait for its end.

        Raises:
            UnavailableError: Slack does not answer.
        """
        messages, bot = await self._live(tenant_id), await self._bot(tenant_id)
        if bot is None:
            return LastEdited(unedited=len(messages))
        answers = [await self._edited(bot, group, shown) for group, shown in messages]
        await self.toolbox.workspaces.forget(token_digest(bot.token))
        done = sum(isinstance(one, Accepted) for one in answers)
        return LastEdited(done, len(answers) - done)

    async def skip(self, tenant_id: TenantId) -> LastEdited:
        """Leave the messages as they are."""
        if (bot := await self._bot(tenant_id)) is not None:
            await self.toolbox.workspaces.forget(token_digest(bot.token))
        return LastEdited(unedited=len(await self._live(tenant_id)))

    async def _bot(self, tenant_id: TenantId) -> _Bot | None:
        """None where there is no configuration that can be read, or no token."""
        try:
            active = await self.toolbox.tenants.active(tenant_id)
            tenant = compile_tenant(stored.load(active.text).document, active.version)
            return _Bot(tenant, await self.toolbox.secrets.find(tenant_id, tenant.token))
        except (OperationError, ConfigurationError, SecretNotFoundError):
            return None

    async def _live(self, tenant: TenantId) -> Sequence[tuple[AlertGroup, MessageRef]]:
        while True:
            groups = [one async for one in self.toolbox.groups.everything(tenant)]
            now = await self.toolbox.clock.now()
            if not any(isinstance(one.phase, Sending) and one.phase.lease.until > now for one in groups):
                return [(one, one.posted) for one in groups if one.posted is not None and not one.closed]
            await self.pause(_LOOK)

    async def _edited(self, bot: _Bot, group: AlertGroup, shown: MessageRef) -> Answer:
        call = edit(shown, self._message(bot.tenant, group), f"{_MARK}{group.key.group_id}")
        for _ in range(_TRIES):
            await self.pause(self.interval)
            answer = await self.toolbox.slack.send(bot.token, call)
            if isinstance(answer, Limited):
                await self.pause(answer.retry_after)
            elif not isinstance(answer, Unreached | Ambiguous):
                return answer
        raise UnavailableError(
            "Slack does not answer; try again, or leave the messages as they are: --leave-messages"
        )

    def _message(self, tenant: Tenant, group: AlertGroup) -> SlackMessage:
        """In the language of its receiver, or of another one where that is configured no more."""
        receiver = tenant.receivers.get(group.key.receiver) or next(iter(tenant.receivers.values()))
        localizations = self.toolbox.load_localizations()
        return render_erased(localizations.localizer(receiver.locale, tenant.time_zone, receiver.layout))
