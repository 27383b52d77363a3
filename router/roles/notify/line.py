"""The line of the log that each call for an alert group leaves, whatever came of it."""

from typing import Final, NotRequired, TypedDict

from router.core.deliver.waited import waited
from router.core.model.instant import MILLISECOND, Instant, Span
from router.core.model.phase import tries_of
from router.core.model.rules.limits import Keys
from router.core.render.redaction import Redactor, redactor_for
from router.core.slack.answer import Accepted, Answer, ChannelDead, Refused, TokenDead, name
from router.roles.notify.in_flight import Delivery

_LABELS: Final = 20
"""Labels of a group that are logged, the first by name as it is grouped; their values and names shortened."""
_LENGTH: Final = 100
FOR_A_PERSON: Final = (TokenDead, ChannelDead, Refused)
"""Answers that change only once a person does something."""


class Line(TypedDict):
    """Its fields; `docs/logs.md` has what they are."""

    tenant: str
    alert: str
    labels: dict[str, str]
    group: str
    notification: str
    receiver: str
    channel: str
    op: str
    reason: str
    answer: str
    error: str | None
    notified: int
    attempt: int
    waited_ms: int
    asked_ms: int
    budget_ms: int
    own_ms: int
    duration_ms: int
    trace_id: NotRequired[str]


def line_of(delivery: Delivery, answer: Answer, notified: int, now: Instant) -> Line:
    """The line, without annotations, what the tenant redacts, what names a person, and labels of sealed data."""
    claim, group = delivery.claim, delivery.claim.snapshot
    redactor = redactor_for(delivery.tenant.unwritten, group)
    waits = waited(claim, delivery.due, delivery.budget_wait)
    line: Line = {
        "tenant": delivery.tenant.tenant_id,
        "alert": delivery.tenant.in_logs(redactor.line(redactor.label("alertname", group.alert_name), _LENGTH)),
        "labels": _labels(group.key.group, redactor) if delivery.tenant.keys is Keys.SHARED else {},
        "group": group.key.group_id,
        "notification": claim.lease.delivery_id,
        "receiver": delivery.policy.receiver.name,
        "channel": _channel(delivery, answer),
        "op": claim.notification.op,
        "reason": claim.notification.reason,
        "answer": name(answer),
        "error": getattr(answer, "error", None),
        "notified": notified,
        "attempt": tries_of(group.phase).failed + 1,
        "waited_ms": _ms(waits.total),
        "asked_ms": _ms(waits.asked),
        "budget_ms": _ms(waits.budget),
        "own_ms": _ms(waits.own),
        "duration_ms": (now - claim.claimed_at) // MILLISECOND,
    }
    if delivery.trace:
        line["trace_id"] = delivery.trace
    return line


def _labels(group: tuple[tuple[str, str], ...], redactor: Redactor) -> dict[str, str]:
    return {
        redactor.line(label, _LENGTH): redactor.line(redactor.label(label, value), _LENGTH)
        for label, value in group[:_LABELS]
    }


def _ms(span: Span) -> int:
    return span // MILLISECOND


def _channel(delivery: Delivery, answer: Answer) -> str:
    if isinstance(answer, Accepted):
        return answer.channel
    message = delivery.claim.snapshot.posted
    return message.channel if message is not None else delivery.request.channel
