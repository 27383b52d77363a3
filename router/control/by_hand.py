"""Calls to Slack that a command makes for a tenant, one after another, at Slack's pace."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from router.config import stored
from router.config.compile.tenant import compile_tenant
from router.control.toolbox import Toolbox
from router.core.model.alert import TenantId
from router.core.model.instant import Span
from router.core.model.rules.tenant import Tenant
from router.core.slack.answer import Ambiguous, Answer, Limited, Unreached
from router.core.slack.call import SlackCall
from router.errors import ConfigurationError, OperationError, SecretNotFoundError, UnavailableError

Pause = Callable[[Span], Awaitable[None]]

_TRIES: Final = 5
"""Attempts at one message while Slack says to wait, or does not answer."""


@dataclass(frozen=True, slots=True)
class Bot:
    """Who calls: by which rules messages were shown, and the token that may."""

    tenant: Tenant
    token: str


@dataclass(frozen=True, slots=True)
class CallsByHand:
    """Calls that may be repeated without harm; `interval` is between two of them."""

    toolbox: Toolbox
    pause: Pause
    interval: Span

    async def bot(self, tenant_id: TenantId) -> Bot | None:
        """A tenant's bot; None where there is no configuration that can be read, or no token."""
        try:
            active = await self.toolbox.tenants.active(tenant_id)
            tenant = compile_tenant(stored.load(active.text).document, active.version)
            return Bot(tenant, await self.toolbox.secrets.find(tenant_id, tenant.token))
        except (OperationError, ConfigurationError, SecretNotFoundError):
            return None

    async def made(self, bot: Bot, call: SlackCall) -> Answer:
        """What the call came to, once Slack has answered.

        Raises:
            UnavailableError: Slack does not answer.
        """
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
