"""Read in Slack whether a call was made, within the workspace's budget for reading and beside all turns.

Where a workspace does not let us read, that is remembered there as a hold for a while: nobody asks in vain meanwhile.
"""

import asyncio
import secrets
from dataclasses import dataclass, field, replace
from typing import Final

from router.core.budget.buckets import WorkspaceRates
from router.core.model.instant import HOUR, MINUTE, SECOND, Span
from router.core.model.operation import Method
from router.core.model.rules.tenant import Tenant
from router.core.slack.answer import Answer, ChannelDead, HoldScope, Limited, Refused, TokenDead, name
from router.core.slack.search import Search
from router.errors import SecretNotFoundError, UnavailableError
from router.observe.metrics import Metrics
from router.ports.budget import BudgetRequest, Limiter
from router.ports.slack import MessageSearch
from router.roles.notify.credentials import Credentials, SlackCredential
from router.roles.notify.watch import Watch

UNREADABLE_FOR: Final = HOUR
"""For so long a workspace, or a channel, that does not let us read is not asked again."""
PATIENCE: Final = MINUTE
"""What cannot be read within so long is not worth waiting for."""
_INVALID: Final = {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
"""With such a token nothing can be asked; with others of these errors it may not read."""
_NO_PLACE: Final = Limited(SECOND, HoldScope.METHOD, "no_place")


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads in the workspaces of all tenants."""

    search: MessageSearch
    credentials: Credentials
    limiter: Limiter
    watch: Watch
    rates: WorkspaceRates
    metrics: Metrics
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))

    async def find(self, tenant: Tenant, wanted: Search) -> Answer:
        """What Slack shows of a call; `Limited` where that may be asked soon.

        Raises:
            UnavailableError: nobody was asked.
        """
        try:
            credential = await self.credentials.find(tenant)
        except SecretNotFoundError as error:
            raise UnavailableError(f"no token: {error}") from error
        if isinstance(credential, TokenDead):
            raise UnavailableError(f"Slack does not take the token: {credential.error}")
        if not isinstance(credential, SlackCredential):
            return _NO_PLACE
        known = await self.limiter.channel_id(credential.workspace, wanted.channel)
        request = self._request(credential.workspace, replace(wanted, channel=known))
        [wait] = await self.limiter.take([request])
        if wait > PATIENCE:
            return Refused("not_readable")
        return Limited(wait, HoldScope.METHOD) if wait else await self._in_place(tenant, credential, wanted, request)

    def _request(self, workspace: str, wanted: Search) -> BudgetRequest:
        return BudgetRequest(
            request_id=f"{self.nonce}/{secrets.token_hex(8)}",
            workspace=workspace,
            method=Method.HISTORY,
            channel=wanted.channel,
            buckets=(("history", self.rates.reads),),
            alone_for=Span(0),
            delivery_id=wanted.delivery_id,
        )

    async def _in_place(
        self, tenant: Tenant, credential: SlackCredential, wanted: Search, request: BudgetRequest
    ) -> Answer:
        owner, workspace = tenant.tenant_id, credential.workspace
        if not self.watch.places.free(owner, workspace, asyncio.get_running_loop().time()):
            return _NO_PLACE
        self.watch.places.take(owner, workspace)
        try:
            with self.watch.over(owner, workspace):
                answer = await self.search.find(credential.token, replace(wanted, channel=request.channel))
        finally:
            self.watch.places.give_back(owner, workspace)
        self.metrics.slack_calls.labels(method="history", answer=name(answer)).inc()
        if isinstance(answer, TokenDead) and answer.error in _INVALID:
            raise UnavailableError(f"Slack does not take the token: {answer.error}")
        await self._remember(request, answer)
        return answer

    async def _remember(self, request: BudgetRequest, answer: Answer) -> None:
        match answer:
            case Limited():
                await self.limiter.hold(request, HoldScope.METHOD, answer.retry_after)
            case TokenDead():
                await self.limiter.hold(request, HoldScope.METHOD, UNREADABLE_FOR)
            case ChannelDead():
                await self.limiter.hold(request, HoldScope.CHANNEL, UNREADABLE_FOR)
            case _:
                pass
