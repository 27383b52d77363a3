"""Form 2 of a head: a JSON array without names, its phase an array of its own, without what has its default.

The order of the fields is the form; whoever changes it makes a new one. What ends the array and has its default is
left off, phases likewise.
"""

from collections.abc import Mapping
from typing import Any, Final, assert_never

from pydantic_core import from_json, to_json

from router.adapters.redis.forms.digest import read_digest, write_digest
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState
from router.core.model.group import NO_FLAPS, AlertGroup, DigestRef, Flaps, MessageRef, PendingReply, SenderGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.key import GroupId, GroupKey
from router.core.model.muted import NOTHING_LEFT_OUT, LeftOut, Muted, MutedBy
from router.core.model.operation import Lane, Method, Op, Reason
from router.core.model.phase import Held, Idle, Lease, Parked, Phase, Queued, Rank, Sending, Tries, Uncertain, Waiting
from router.core.model.rules.names import ReceiverName

FORM: Final = "2"
_DEFAULTS: Final[tuple[Any, ...]] = (["i"], 0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, {}, 0, 0, "", 0, 0, 0, 0)
"""What the fields after the key are when they are left off, in order."""

_REASONS: Final = {one.value: one for one in Reason}
_DELAYED, _REFRESH, _PLAIN_TEXT, _WITHOUT_EXTRAS, _NO_EDITS, _CHART = 1, 2, 4, 8, 16, 32


def write_head(group: AlertGroup) -> str:
    """Everything but revision and alerts."""
    key = [group.key.receiver, group.key.path, [part for pair in group.key.group for part in pair]]
    rest = [
        _write_phase(group.phase),
        _write_place(group.message) if group.message else 0,
        group.notified_at,
        group.last_reason or 0,
        _write_reply(group.pending_reply) if group.pending_reply else 0,
        group.sends,
        group.reopened,
        _flags(group),
        -1 if group.worst_shown is None else group.worst_shown,
        group.config_version,
        group.firing,
        group.pending,
        group.contents,
        {name: _write_sender(one) for name, one in group.senders.items()},
        group.refresh_at,
        write_digest(group.digest) if group.digest else 0,
        group.posted_to,
        group.unreported,
        0 if group.flaps == NO_FLAPS else _write_flaps(group.flaps),
        group.asked_at,
        0 if group.left_out == NOTHING_LEFT_OUT else group.left_out,
    ]
    while rest and rest[-1] == _DEFAULTS[len(rest) - 1]:
        rest.pop()
    return to_json([*key, *rest]).decode()


def read_head(fields: Mapping[str, str], alerts: Mapping[AlertId, AlertState]) -> AlertGroup:
    """The group with these alerts."""
    receiver, path, labels, *found = from_json(fields["head"])
    values: list[Any] = [*found, *_DEFAULTS[len(found) :]]
    phase, message, notified_at, last_reason, reply, sends, reopened, flags, worst, *more = values
    *counts, senders, refresh_at, digest, posted_to, unreported, flaps, asked_at, left_out = more
    config_version, firing, pending, contents = counts
    return AlertGroup(
        key=GroupKey(ReceiverName(receiver), tuple(path), tuple(zip(labels[::2], labels[1::2], strict=True))),
        rev=int(fields["rev"]),
        phase=_read_phase(*phase),
        message=_read_place(*message) if message else None,
        notified_at=Instant(notified_at),
        last_reason=_REASONS[last_reason] if last_reason else None,
        pending_reply=_read_reply(*reply) if reply else None,
        sends=sends,
        reopened=reopened,
        worst_shown=None if worst < 0 else worst,
        was_delayed=bool(flags & _DELAYED),
        refresh_due=bool(flags & _REFRESH),
        use_plain_text=bool(flags & _PLAIN_TEXT),
        without_extras=bool(flags & _WITHOUT_EXTRAS),
        takes_no_edits=bool(flags & _NO_EDITS),
        refresh_at=Instant(refresh_at),
        config_version=config_version,
        firing=firing,
        pending=pending,
        contents=contents,
        senders={name: SenderGroup(*known) for name, known in senders.items()},
        alerts=alerts,
        digest=read_digest(*digest) if digest else None,
        posted_to=posted_to,
        unreported=unreported,
        flaps=_read_flaps(*flaps) if flaps else NO_FLAPS,
        asked_at=Instant(asked_at),
        left_out=LeftOut(*left_out) if left_out else NOTHING_LEFT_OUT,
        chart_due=bool(flags & _CHART),
    )


def _write_flaps(flaps: Flaps) -> list[int]:
    return [flaps.turned_at, flaps.since, flaps.count, *flaps.reopened_at]


def _read_flaps(turned_at: int, since: int, count: int, *reopened_at: int) -> Flaps:
    return Flaps(Instant(turned_at), Instant(since), count, tuple(map(Instant, reopened_at)))


def _write_place(place: MessageRef | DigestRef) -> list[str]:
    """A program that knows no digests finds one word where it expects two, and leaves the group alone."""
    return [place.digest] if isinstance(place, DigestRef) else [place.channel, place.ts]


def _read_place(first: str, *ts: str) -> MessageRef | DigestRef:
    return MessageRef(first, *ts) if ts else DigestRef(GroupId(first))


def _flags(group: AlertGroup) -> int:
    delayed, refresh = _DELAYED * group.was_delayed, _REFRESH * group.refresh_due
    simpler = _PLAIN_TEXT * group.use_plain_text | _WITHOUT_EXTRAS * group.without_extras
    edits = _NO_EDITS * group.takes_no_edits | _CHART * group.chart_due
    return delayed | refresh | simpler | edits


def _write_sender(sender: SenderGroup) -> list[Any]:
    times: list[int] = [sender.newest, sender.lacking_since, sender.look_at]
    rest = [sender.truncated_at, sender.unsent, sender.route, sender.all_ended_at, sender.refused_at, sender.refused]
    while rest and not rest[-1]:
        rest.pop()
    return [*times, *rest]


def _write_reply(reply: PendingReply) -> list[Any]:
    return [reply.op, reply.reason, int(reply.reopens), int(reply.escalates)]


def _read_reply(op: str, reason: str, reopens: int, escalates: int) -> PendingReply:
    return PendingReply(Op(op), _REASONS[reason], bool(reopens), bool(escalates))


def _write_phase(phase: Phase) -> list[Any]:
    match phase:
        case Idle(look_at):
            return ["i", look_at] if look_at else ["i"]
        case Waiting(until, tries):
            return ["w", until, *_write_tries(tries)]
        case Queued(lane, rank, tries):
            return ["q", lane.channel, lane.method, rank, *_write_tries(tries)]
        case Sending(lease, lane, tries):
            call = [lease.delivery_id, lease.op, lease.reason, lease.until]
            return ["s", *call, lane.channel, lane.method, *_write_tries(tries)]
        case Uncertain(lease, lane, until, tries, since):
            call = [lease.delivery_id, lease.op, lease.reason, lease.until, lane.channel, lane.method, until]
            return ["u", *call, *_write_tries(tries)] if not since else ["a", *call, since, *_write_tries(tries)]
        case Parked(reason, until, tries):
            return ["p", reason, until, *_write_tries(tries)]
        case Held(muted, until, tries):
            by = [muted.by, muted.name, muted.until, muted.author, muted.comment]
            return ["h", by, until, *_write_tries(tries)]
        case _:
            assert_never(phase)


def _read_phase(kind: str, *values: Any) -> Phase:  # noqa: ANN401 - what a phase holds differs by its kind
    match kind, values:
        case "i", _:
            return Idle(Instant(values[0]) if values else NEVER)
        case "w", (until, *tries):
            return Waiting(Instant(until), _read_tries(*tries))
        case "q", (channel, method, rank, *tries):
            return Queued(Lane(channel, Method(method)), Rank(rank), _read_tries(*tries))
        case "s", (delivery_id, op, reason, until, channel, method, *tries):
            lease = Lease(delivery_id, Op(op), _REASONS[reason], Instant(until))
            return Sending(lease, Lane(channel, Method(method)), _read_tries(*tries))
        case "u", (delivery_id, op, reason, lapsed, channel, method, until, *tries):
            lease = Lease(delivery_id, Op(op), _REASONS[reason], Instant(lapsed))
            return Uncertain(lease, Lane(channel, Method(method)), Instant(until), _read_tries(*tries))
        case "a", (delivery_id, op, reason, lapsed, channel, method, until, since, *tries):
            lease = Lease(delivery_id, Op(op), _REASONS[reason], Instant(lapsed))
            place, tried = Lane(channel, Method(method)), _read_tries(*tries)
            return Uncertain(lease, place, Instant(until), tried, Instant(since))
        case "p", (reason, until, *tries):
            return Parked(reason, Instant(until), _read_tries(*tries))
        case "h", ((by, name, ends, author, comment), until, *tries):
            muted = Muted(MutedBy(by), name, Instant(ends), author, comment)
            return Held(muted, Instant(until), _read_tries(*tries))
        case _:
            raise ValueError(f"a phase of kind {kind!r} with {len(values)} values")


def _write_tries(tries: Tries) -> list[Any]:
    values = [tries.since, tries.failed, tries.parked_for or 0]
    while values and values[-1] == 0:
        values.pop()
    return values


def _read_tries(since: int = NEVER, failed: int = 0, parked_for: str | int = 0) -> Tries:
    return Tries(Instant(since), failed, str(parked_for or ""))
