"""Calls to Slack for the operators' channel, within the budgets of its workspace like everybody's."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog

from router.core.budget.buckets import WorkspaceRates
from router.core.model.instant import SECOND, Span
from router.core.model.operation import Method, Op
from router.core.model.rules.limits import Rate
from router.core.model.token import token_digest
from router.core.operators.notice import Notice, Step
from router.core.slack.answer import Accepted, Answer, Limited, Unreached, name
from router.core.slack.call import SlackCall
from router.core.slack.search import Search
from router.observe.metrics import Metrics
from router.ports.budget import BudgetRequest, Limiter
from router.ports.slack import Identity, MessageSearch, Slack, Workspaces

_WHO: Final = ":operators"
"""As what the channel takes its turn among the tenants of its workspace; their ids hold no colon."""
ASK_AGAIN_S: Final = 60.0
_METHODS: Final = {
    Step.POST: Method.POST,
    Step.REPLY: Method.POST,
    Step.EDIT: Method.UPDATE,
    Step.END: Method.UPDATE,
    Step.LOOK: Method.HISTORY,
}
_COUNTED: Final[Mapping[Method, str]] = {Method.UPDATE: Op.EDIT}
"""Calls are counted by what they do, as those for tenants are."""


@dataclass(frozen=True, slots=True)
class Place:
    """The channel and its token; how fast its workspace is called, and how long a call and its budget may take."""

    channel: str
    token: str = field(repr=False)
    rates: WorkspaceRates
    lease: Span
    patience_s: float


@dataclass(frozen=True, slots=True)
class SlackSide:
    """Slack, and what all calls to it share."""

    slack: Slack
    search: MessageSearch
    limiter: Limiter
    workspaces: Workspaces


class OperatorCalls:
    """One call at a time, each in two parts: its budget, then the call itself."""

    def __init__(self, place: Place, side: SlackSide, metrics: Metrics) -> None:
        self.place = place
        self._side = side
        self._metrics = metrics
        self._workspace = ""
        self._ask_again_at = 0.0
        self._log = structlog.get_logger("router.operators")

    async def granted(self, step: Step) -> BudgetRequest | None:
        """The budget of a call that must be made now; None while there is none, or Slack refuses the token."""
        workspace = await self._own_workspace()
        if not workspace:
            return None
        request = await self._request(workspace, _METHODS[step])
        patience = asyncio.get_running_loop().time() + self.place.patience_s
        while wait := (await self._side.limiter.take([request]))[0]:
            if asyncio.get_running_loop().time() + wait / SECOND > patience:
                return None
            await asyncio.sleep(wait / SECOND)
        return request

    async def give_back(self, request: BudgetRequest) -> None:
        """The call is not made after all."""
        await self._side.limiter.give_back(request)

    async def make(self, request: BudgetRequest, call: SlackCall) -> Answer:
        """Make the call."""
        answer = await self._side.slack.send(self.place.token, call)
        await self._after(request, answer)
        if isinstance(answer, Accepted):
            await self._side.limiter.learn_channel_id(request.workspace, self.place.channel, answer.channel)
        return answer

    async def look(self, request: BudgetRequest, notice: Notice) -> Answer:
        """Look for a post that may have been made; `Accepted` where it is there."""
        wanted = Search(request.channel, notice.delivery_id, notice.changed_at)
        answer = await self._side.search.find(self.place.token, wanted)
        await self._after(request, answer)
        return answer

    async def _after(self, request: BudgetRequest, answer: Answer) -> None:
        self._metrics.slack_calls.labels(
            method=_COUNTED.get(request.method, request.method), answer=name(answer)
        ).inc()
        if request.alone_for:
            await self._side.limiter.release(request)
        if isinstance(answer, Limited):
            await self._side.limiter.hold(request, answer.scope, answer.retry_after)

    async def _own_workspace(self) -> str:
        now = asyncio.get_running_loop().time()
        if self._workspace or now < self._ask_again_at:
            return self._workspace
        digest = token_digest(self.place.token)
        known = await self._side.workspaces.find(digest)
        answer = known or await self._side.slack.identify(self.place.token)
        if isinstance(answer, Identity):
            await self._side.workspaces.remember(digest, answer)
            self._workspace = answer.workspace
        else:
            self._ask_again_at = now + ASK_AGAIN_S
            self.note_failure(answer)
        return self._workspace

    def note_failure(self, answer: Answer) -> None:
        """The channel shows nothing now, and somebody must see that elsewhere."""
        self._metrics.operators_failing.set(1)
        error = getattr(answer, "error", "")
        log = self._log.warning if isinstance(answer, Limited | Unreached) else self._log.error
        log("operator_channel_failing", channel=self.place.channel, answer=name(answer), error=error)

    async def _request(self, workspace: str, method: Method) -> BudgetRequest:
        unique = secrets.token_hex(8)
        channel = await self._side.limiter.channel_id(workspace, self.place.channel)
        return BudgetRequest(
            request_id=f"operators/{unique}",
            workspace=workspace,
            method=method,
            channel=channel,
            buckets=self._buckets(method, channel),
            alone_for=self.place.lease if method is Method.POST else Span(0),
            delivery_id=unique,
            tenant=_WHO,
        )

    def _buckets(self, method: Method, channel: str) -> tuple[tuple[str, Rate], ...]:
        rates = self.place.rates
        match method:
            case Method.UPDATE:
                return (("update", rates.edits),)
            case Method.HISTORY:
                return (("history", rates.reads),)
            case _:
                return ((f"channel:{channel}", rates.channel), ("post", rates.posts))
