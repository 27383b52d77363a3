"""The traces of what a call shows: below the first record that brought something, with links to the others."""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Final

import structlog

from router.core.model.key import GroupId
from router.core.slack.answer import Accepted, Answer, name
from router.core.slack.call import SlackCall
from router.errors import UnavailableError
from router.ports.slack import Identity, Slack
from router.ports.tracing import MAX_CONTEXTS, Span, SpanKind, TraceContexts, Tracer, trace_of
from router.roles.notify.in_flight import Deliveries, Delivery

_log = structlog.get_logger("router.tracing")


@dataclass(frozen=True, slots=True)
class _Traced:
    """The call that this task makes; what its span is for is known by so many contexts of each group."""

    span: Span
    found: dict[GroupId, int]


_CALL: Final[ContextVar[_Traced | None]] = ContextVar("call", default=None)
"""Each call runs in a task of its own."""


class TracedDeliveries:
    """Calls with a span, where anything that they show came with a trace that is recorded."""

    def __init__(self, deliveries: Deliveries, contexts: TraceContexts, tracer: Tracer) -> None:
        self._deliveries = deliveries
        self._contexts = contexts
        self._tracer = tracer

    async def call(self, delivery: Delivery) -> Answer:
        """Make the call."""
        found = await self._found(delivery)
        parents = list(dict.fromkeys(one for contexts in found.values() for one in contexts))
        if parents:
            span = self._tracer.begin("notify", SpanKind.INTERNAL, parents, _attributes(delivery))
            _CALL.set(_Traced(span, {group: len(contexts) for group, contexts in found.items() if contexts}))
        return await self._deliveries.call(delivery)

    async def settle(self, delivery: Delivery, answer: Answer) -> None:
        """Store what came of it, and end its span; what was shown has no trace any more."""
        traced = _CALL.get()
        if traced is None:
            await self._deliveries.settle(delivery, answer)
            return
        await self._deliveries.settle(replace(delivery, trace=trace_of(traced.span.context)), answer)
        traced.span.end(answer=name(answer))
        if isinstance(answer, Accepted) and delivery.claim.notification.op.shows_group:
            try:
                await self._contexts.forget(delivery.tenant.tenant_id, traced.found)
            except UnavailableError as error:
                _log.debug("trace_lost", tenant=delivery.tenant.tenant_id, error=str(error))

    async def take_back(self, delivery: Delivery) -> None:
        """Undo its claim."""
        await self._deliveries.take_back(delivery)

    async def _found(self, delivery: Delivery) -> dict[GroupId, Sequence[str]]:
        """The contexts of the group, and of the first that its digest shows."""
        members = [one.member.group.key.group_id for one in delivery.shown]
        groups = [delivery.claim.snapshot.key.group_id, *members[:MAX_CONTEXTS]]
        try:
            found = await self._contexts.find(delivery.tenant.tenant_id, groups)
        except UnavailableError as error:
            _log.debug("trace_lost", tenant=delivery.tenant.tenant_id, error=str(error))
            return {}
        return dict(zip(groups, found, strict=True))


class TracedSlack:
    """Slack, each call of a delivery with a span below that of the delivery; nothing of it goes to Slack."""

    def __init__(self, slack: Slack, tracer: Tracer) -> None:
        self._slack = slack
        self._tracer = tracer

    async def identify(self, token: str) -> Identity | Answer:
        """Whose token this is."""
        return await self._slack.identify(token)

    async def send(self, token: str, call: SlackCall) -> Answer:
        """Make a call, once."""
        traced = _CALL.get()
        if traced is None:
            return await self._slack.send(token, call)
        span = self._tracer.begin(f"slack {call.method}", SpanKind.CLIENT, [traced.span.context], {})
        answer = await self._slack.send(token, call)
        span.end(answer=name(answer), error=getattr(answer, "error", ""))
        return answer


def _attributes(delivery: Delivery) -> dict[str, str | int]:
    notification = delivery.claim.notification
    return {
        "tenant": delivery.tenant.tenant_id,
        "receiver": delivery.policy.receiver.name,
        "group": delivery.claim.snapshot.key.group_id,
        "notification": delivery.claim.lease.delivery_id,
        "op": notification.op,
        "reason": notification.reason,
    }
