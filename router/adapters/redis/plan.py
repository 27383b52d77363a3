"""A transition as the plan that the script `apply` carries out: fields, lanes, due time, books and events."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from router.adapters.redis import codec, keys, metrics, sources, surroundings
from router.adapters.redis.connection import due_ms, reached_ms
from router.adapters.redis.forms.digest import write_share
from router.adapters.redis.sealed import ANY_NAMES, SealedTexts
from router.core.digest.share import Share
from router.core.model.alert import AlertId, TenantId
from router.core.model.alert_state import AlertState
from router.core.model.group import AlertGroup
from router.core.model.instant import MILLISECOND, NEVER
from router.core.model.key import GroupId
from router.core.model.operation import Lane
from router.core.model.phase import Parked, Queued, Sending
from router.core.model.rules.limits import Caps
from router.core.seal.names import is_name
from router.ports.events import EVENT_PLACE, event_key, write_event
from router.ports.marks import MARK_SIZE, slot_of
from router.ports.state import MAX_EVENTS_WAITING, StoreTransition

_RANK_WEIGHT: Final = 10_000_000_000_000
"""More than any age in ms, so that rank decides first."""
_PRESIDES: Final = "-1"
"""The place of a digest in the lane that it absorbs from."""


def keys_of(one: StoreTransition, texts: SealedTexts | None = None) -> list[str]:
    """The keys that the script is given, in its order; with `texts` those that are digests of labels are named."""
    tenant = one.tenant
    key = one.before.key
    own = keys.tenant_keys(tenant, "due", "books", "outbox")
    checked = keys.tenant_keys(tenant, "epoch", "active")
    lanes = [keys.lane_key(tenant, move.lane) for move in _lane_moves(one)]
    where = keys.where_key(tenant, key.receiver)
    size = keys.tenant_keys(tenant, "size", "closed")
    more = keys.tenant_keys(tenant, "marks", "suspended", "held")
    shares = [shares_key_of(tenant, one.transition.after)] if one.transition.after.digest else []
    stated = [*checked, keys.group_key(tenant, key.group_id), *own, where, *size, *more]
    return [*stated, *lanes, *shares, *sources.keys_of(one, texts), *surroundings.keys_of(one), *metrics.keys_of(one)]


def shares_key_of(tenant: TenantId, digest: AlertGroup) -> str:
    """What this digest, in its present life, counts of each of its groups."""
    return keys.shares_key(tenant, digest.key.group_id, digest.digest.life if digest.digest else 0)


def plan_of(one: StoreTransition, texts: SealedTexts | None = None) -> str:
    """The script's only argument; with `texts` what is of alerts in it is sealed."""
    before, after = one.before, replace(one.transition.after, rev=one.before.rev + 1)
    changed, gone = codec.encode_changes(before, after)
    fields = codec.encode_head(after) | changed
    plan: dict[str, Any] = {
        "id": before.key.group_id,
        "rev": str(before.rev) if before.rev else "",
        "config": str(one.config_version or ""),
        "set": _flat(fields if texts is None else texts.seal_fields(before.key.group_id, fields)),
        "del": gone if texts is None else texts.gone(gone, changed if before.rev else ()),
        "ttl": str(one.keep // MILLISECOND) if after.closed else "",
        "at": due_ms(after.phase.due) if after.phase.due != NEVER else "",
        "leaves_due": one.leaves_due,
        "now": reached_ms(one.now),
        "firing": after.firing + after.unreported if after.digest is None else 0,
        "parked": isinstance(after.phase, Parked) - isinstance(before.phase, Parked),
        "any_case": not one.needs_memory,
        "begins_call": one.begins_call,
        "caps": _caps(one.caps) if one.caps else {},
        "fires": _fires(before, after, texts),
        "ended": _ended(before, after, texts),
        "lanes": [move.as_plan() for move in _lane_moves(one)],
        "books": _flat(one.transition.entry.fields()),
        "events": _flat_events(one, texts),
        "most_events": MAX_EVENTS_WAITING,
        "body": one.body if texts is None else texts.body(one.body),
        "mark": slot_of(before.key.group_id) * MARK_SIZE,
    }
    if after.digest is not None:
        plan["shares"] = _shares(one, texts)
        plan["absorbing"] = (_stands_in(after) is not None) - (_stands_in(before) is not None)
    if one.sources or one.awaits:
        plan["sources"] = sources.plan_of(one, texts)
    return json.dumps(plan | surroundings.plan_of(one, texts) | metrics.plan_of(one), ensure_ascii=False)


def _shares(one: StoreTransition, texts: SealedTexts | None) -> dict[str, list[str]]:
    shares: Mapping[GroupId, Share] = one.transition.shares
    written: dict[str, str] = {group: write_share(share) for group, share in shares.items() if share}
    if texts is not None:
        written = {group: texts.seal(share_place(GroupId(group)), text) for group, text in written.items()}
    return {"set": _flat(written), "del": [group for group, share in shares.items() if not share]}


def share_place(group: GroupId) -> str:
    """What the share of a group is bound to."""
    return f"digest/{group}"


def _caps(caps: Caps) -> dict[str, int]:
    return {"alerts": caps.alerts, "groups": caps.groups, "bytes": caps.stored_bytes}


def _fires(before: AlertGroup, after: AlertGroup, texts: SealedTexts | None) -> Sequence[str]:
    """What is noted with the index; where there are names also that there are."""
    fires = _turned(before, after, to_firing=True)
    stored = fires if texts is None else texts.alerts(fires)
    return [ANY_NAMES, *stored] if any(map(is_name, stored)) else stored


def _ended(before: AlertGroup, after: AlertGroup, texts: SealedTexts | None) -> Sequence[str]:
    """What is taken from the index, by whatever it stands there."""
    ended = _turned(before, after, to_firing=False)
    return ended if texts is None else list(dict.fromkeys((*texts.alerts(ended), *ended)))


def _turned(before: AlertGroup, after: AlertGroup, *, to_firing: bool) -> list[AlertId]:
    """The alerts that the group shows as not over from now on, or no longer."""
    nothing = AlertState()
    touched = {**before.alerts, **after.alerts}
    return [
        alert_id
        for alert_id in touched
        if (new := after.alerts.get(alert_id, nothing)) is not (old := before.alerts.get(alert_id, nothing))
        and new.is_open is to_firing is not old.is_open
    ]


def _flat(pairs: Mapping[str, str | int]) -> list[str]:
    return [str(part) for pair in pairs.items() for part in pair]


@dataclass(frozen=True, slots=True)
class _LaneMove:
    """What happens to one lane: the score in it ("" = out), and when to look at it ("" = as before)."""

    lane: Lane
    score: str
    at: str

    def as_plan(self) -> dict[str, str]:
        return {"member": keys.lane_member(self.lane), "score": self.score, "at": self.at}


def _lane_moves(one: StoreTransition) -> list[_LaneMove]:
    """The lane that the transition frees or leaves, then the one it enters; and those that a digest absorbs from."""
    standing, stood = _stands_in(one.transition.after), _stands_in(one.before)
    moves = [replace(move, score=_PRESIDES) if move.lane == standing else move for move in _moves_of_the_phase(one)]
    touched = {move.lane for move in moves}
    if stood is not None and stood != standing and stood not in touched:
        moves.append(_LaneMove(stood, "", reached_ms(one.now)))
    if standing is not None and standing != stood and standing not in touched:
        moves.append(_LaneMove(standing, _PRESIDES, ""))
    return moves


def _stands_in(group: AlertGroup) -> Lane | None:
    """A digest stands at the front of the lane that it absorbs from, so that whoever looks at the lane sees it."""
    return group.digest.lane if group.digest is not None else None


def _moves_of_the_phase(one: StoreTransition) -> list[_LaneMove]:
    after, lane_at = one.transition.after, one.transition.lane_at
    asked_at = due_ms(lane_at) if lane_at != NEVER else ""
    freed, left = _freed_lane(one.before, after), _queue_of(one.before)
    entered = _queue_of(after)
    moves = []
    gone = freed or (left if left != entered else None)
    if gone is not None and gone != entered:
        moves.append(_LaneMove(gone, "", asked_at or reached_ms(one.now)))
    if isinstance(after.phase, Queued):
        free_at = reached_ms(one.now) if freed == entered else ""
        elsewhere = freed is not None and freed != entered  # what limits that call does not limit this lane
        moves.append(_LaneMove(after.phase.lane, _score(after.phase), "" if elsewhere else asked_at or free_at))
    return moves


def _freed_lane(before: AlertGroup, after: AlertGroup) -> Lane | None:
    """The lane of a call that is over."""
    if not isinstance(before.phase, Sending):
        return None
    goes_on = isinstance(after.phase, Sending) and after.phase.lease == before.phase.lease
    return None if goes_on else before.phase.lane


def _queue_of(group: AlertGroup) -> Lane | None:
    return group.phase.lane if isinstance(group.phase, Queued) else None


def _score(queued: Queued) -> str:
    return str(queued.rank * _RANK_WEIGHT + queued.tries.since // MILLISECOND)


@dataclass(frozen=True, slots=True)
class _InEvents:
    """How events of a sealed tenant are written."""

    texts: SealedTexts

    def labels(self, text: bytes) -> str:
        """Labels, sealed for an event."""
        return self.texts.seal_bytes(EVENT_PLACE, text)

    def alert(self, alert: AlertId) -> str:
        """What an alert is called: by what it stands in Redis as well."""
        return self.texts.alert(alert)


def _flat_events(one: StoreTransition, texts: SealedTexts | None) -> list[str]:
    """For each event its key in Kafka and its body."""
    sealing = None if texts is None else _InEvents(texts)
    tenant, key, version = one.tenant, one.before.key, one.transition.after.config_version
    return [
        part
        for number, event in enumerate(one.transition.events)
        for part in (event_key(tenant, key), write_event(event, tenant, key, version, one.now + number, sealing))
    ]
