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
        messages = await self._live(tenant_id)
        try:
            tenant = await self._rules(tenant_id)
            token = await self.toolbox.secrets.find(tenant_id, tenant.token)
        except (OperationError, ConfigurationError, SecretNotFoundError):
            return LastEdited(unedited=len(messages))
        answers = [await self._edited(tenant, token, group, shown) for group, shown in messages]
        await self.toolbox.workspaces.forget(token_digest(token))
        done = sum(isinstance(one, Accepted) for one in answers)
        return LastEdited(done, len(answers) - done)

    async def skip(self, tenant_id: TenantId) -> LastEdited:
        """Leave the messages as they are."""
        return LastEdited(unedited=len(await self._live(tenant_id)))

    async def _rules(self, tenant: TenantId) -> Tenant:
        active = await self.toolbox.tenants.active(tenant)
        return compile_tenant(stored.load(active.text).document, active.version)

    async def _live(self, tenant: TenantId) -> Sequence[tuple[AlertGroup, MessageRef]]:
        while True:
            groups = [one async for one in self.toolbox.groups.everything(tenant)]
            now = await self.toolbox.clock.now()
            if not any(isinstance(one.phase, Sending) and one.phase.lease.until > now for one in groups):
                return [(one, one.posted) for one in groups if one.posted is not None and not one.closed]
            await self.pause(_LOOK)

    async def _edited(self, tenant: Tenant, token: str, group: AlertGroup, shown: MessageRef) -> Answer:
        call = edit(shown, self._message(tenant, group), f"{_MARK}{group.key.group_id}")
        for _ in range(_TRIES):
            await self.pause(self.interval)
            answer = await self.toolbox.slack.send(token, call)
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
