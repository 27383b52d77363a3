"""Form 1 of a head, read only: a JSON object with a phase by name, and the fields of all phases beside it."""

from collections.abc import Mapping
from typing import Final, Literal, assert_never

from pydantic import BaseModel, ConfigDict

from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState
from router.core.model.group import AlertGroup, MessageRef, PendingReply, SenderGroup
from router.core.model.instant import Instant
from router.core.model.key import GroupKey
from router.core.model.operation import Lane, Method, Op, Reason
from router.core.model.phase import Idle, Lease, Parked, Phase, Queued, Rank, Sending, Tries, Waiting
from router.core.model.rules.names import ReceiverName

FORM: Final = "1"
_OPS: Final = {"reply_aloud": Op.REPLY_BROADCAST, "reply_plain": Op.REPLY_THREAD}
_REASONS: Final = {"moved": Reason.REROUTED}


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Key(_Form):
    receiver: str
    path: tuple[str, ...]
    group: tuple[tuple[str, str], ...]


class _Place(_Form):
    channel: str
    ts: str


class _Lane(_Form):
    channel: str
    method: Method


class _Delivery(_Form):
    delivery_id: str
    op: str
    reason: str
    lane: _Lane
    until: int


class _Say(_Form):
    op: str
    reason: str
    reopens: bool = False
    escalates: bool = False


class _Sender(_Form):
    newest: int
    lacking_since: int = 0
    look_at: int = 0


class _Head(_Form):
    key: _Key
    phase: Literal["idle", "waiting", "queued", "sending", "parked"] = "idle"
    due: int = 0
    lane: _Lane | None = None
    rank: Rank = Rank.NORMAL
    queued_since: int = 0
    place: _Place | None = None
    delivery: _Delivery | None = None
    told_at: int = 0
    told_reason: str | None = None
    say: _Say | None = None
    parked: str = ""
    attempts: int = 0
    sends: int = 0
    reopened: int = 0
    worst_told: int | None = None
    waited: bool = False
    owed: bool = False
    plain: bool = False
    config_version: int = 0
    firing: int = 0
    pending: int = 0
    contents: int = 0
    senders: dict[str, _Sender] = {}


def read_head(fields: Mapping[str, str], alerts: Mapping[AlertId, AlertState]) -> AlertGroup:
    """The group with these alerts."""
    head = _Head.model_validate_json(fields["head"])
    return AlertGroup(
        key=GroupKey(ReceiverName(head.key.receiver), head.key.path, head.key.group),
        rev=int(fields["rev"]),
        phase=_phase(head),
        message=MessageRef(head.place.channel, head.place.ts) if head.place else None,
        notified_at=Instant(head.told_at),
        last_reason=_reason(head.told_reason) if head.told_reason else None,
        pending_reply=_reply(head.say) if head.say else None,
        sends=head.sends,
        reopened=head.reopened,
        worst_shown=head.worst_told,
        was_delayed=head.waited,
        refresh_due=head.owed,
        use_plain_text=head.plain,
        config_version=head.config_version,
        firing=head.firing,
        pending=head.pending,
        contents=head.contents,
        senders={name: _sender(one) for name, one in head.senders.items()},
        alerts=alerts,
    )


def _phase(head: _Head) -> Phase:
    tries = Tries(Instant(head.queued_since), head.attempts, head.parked)
    due = Instant(head.due)
    match head.phase:
        case "idle":
            return Idle(due)
        case "waiting":
            return Waiting(due, tries)
        case "queued":
            return Queued(_lane(head.lane), head.rank, tries) if head.lane else Waiting(due or Instant(1), tries)
        case "sending":
            return _sending(head.delivery, tries) if head.delivery else Waiting(due or Instant(1), tries)
        case "parked":
            return Parked(head.parked, due, tries)
        case _:
            assert_never(head.phase)


def _sending(delivery: _Delivery, tries: Tries) -> Sending:
    op, reason = _op(delivery.op), _reason(delivery.reason)
    lease = Lease(delivery.delivery_id, op, reason, Instant(delivery.until))
    return Sending(lease, _lane(delivery.lane), tries)


def _lane(lane: _Lane) -> Lane:
    return Lane(lane.channel, lane.method)


def _reply(reply: _Say) -> PendingReply:
    return PendingReply(_op(reply.op), _reason(reply.reason), reply.reopens, reply.escalates)


def _sender(sender: _Sender) -> SenderGroup:
    return SenderGroup(Instant(sender.newest), Instant(sender.lacking_since), Instant(sender.look_at))


def _op(name: str) -> Op:
    return _OPS.get(name) or Op(name)


def _reason(name: str) -> Reason:
    return _REASONS.get(name) or Reason(name)
