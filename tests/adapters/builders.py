"""Values for the tests of the adapters: groups that need make no sense, and transitions between them."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from router.core.model.alert import AlertId, TenantId
from router.core.model.alert_state import AlertContent, AlertState
from router.core.model.event import Event
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, NEVER, SECOND, Instant, Span
from router.core.model.key import GroupKey
from router.core.model.ledger import LedgerEntry
from router.core.model.operation import Lane, Method, Op, Reason
from router.core.model.phase import Idle, Lease, Parked, Queued, Rank, Sending, Tries, Waiting
from router.core.model.registers import Registers
from router.core.model.rules.limits import Rate
from router.core.model.rules.names import ReceiverName
from router.core.model.token import token_digest
from router.core.model.transition import Transition
from router.ports.budget import BudgetRequest
from router.ports.control import StoredTokens
from router.ports.state import ApplyResult, GroupStates, StoreTransition

ACME = TenantId("acme")
BETA = TenantId("beta")
NOON = Instant(1_795_694_400_000_000)
KEEP = Span(24 * HOUR)
AT_ONCE = Span(0)
POSTS = Lane("#alerts", Method.POST)
EDITS = Lane("#alerts", Method.UPDATE)


def after(seconds: float) -> Instant:
    """So long after noon."""
    return Instant(NOON + round(seconds * SECOND))


async def new_token(tokens: StoredTokens, tenant: TenantId) -> str:
    """A token of the tenant, stored as one of two."""
    token = secrets.token_urlsafe()
    assert await tokens.add(tenant, token_digest(token), 2)
    return token


def key_of(name: str = "A") -> GroupKey:
    return GroupKey(ReceiverName("default"), ("{}",), (("alertname", name),))


def a_content(**labels: str) -> AlertContent:
    return AlertContent({"alertname": "A", **labels}, {"summary": "it is broken"}, "http://prometheus/graph", NOON)


def an_alert_state(seen: Instant = NOON, **changes: Any) -> AlertState:
    """A firing alert that is not shown yet."""
    fresh = AlertState(
        Registers(start=NOON, seen_firing=seen), pending_since=NOON, sender_group="g", content=a_content()
    )
    return replace(fresh, **changes)


def waiting(name: str = "A", *, alerts: int = 1, due: Instant = NOON, **changes: Any) -> AlertGroup:
    """A group with pending alerts that is due."""
    states = {AlertId(f"{name}{number}"): an_alert_state() for number in range(alerts)}
    fresh = AlertGroup(
        key_of(name), phase=Waiting(due), firing=alerts, pending=alerts, contents=alerts, alerts=states
    )
    return replace(fresh, **changes)


def queued(
    before: AlertGroup, lane: Lane = POSTS, since: Instant = NOON, rank: Rank = Rank.NORMAL, **changes: Any
) -> AlertGroup:
    """The group queued in a lane."""
    return replace(before, phase=Queued(lane, rank, Tries(since)), **changes)


def sending(before: AlertGroup, until: Instant, delivery_id: str = "d1") -> AlertGroup:
    """The group with a call in flight, out of its lane."""
    lane = before.phase.lane if isinstance(before.phase, Queued) else POSTS
    op = Op.EDIT if lane.method is Method.UPDATE else Op.POST
    lease = Lease(delivery_id, op, Reason.FIRST, until)
    return replace(before, phase=Sending(lease, lane, Tries(NOON)))


def idle(before: AlertGroup, due: Instant = NEVER, **changes: Any) -> AlertGroup:
    """The group at rest with everything shown; closed unless something fires."""
    at_rest: dict[str, Any] = {"phase": Idle(due), "pending": 0}
    return replace(before, **at_rest | changes)


def parked(before: AlertGroup, reason: str = "secret_not_found", until: Instant = NOON) -> AlertGroup:
    """The group set aside."""
    return replace(before, phase=Parked(reason, until, Tries(NOON)))


def write(
    before: AlertGroup,
    then: AlertGroup,
    *,
    now: Instant = NOON,
    lane_at: Instant = NEVER,
    entry: LedgerEntry | None = None,
    events: tuple[Event, ...] = (),
    config_version: int | None = None,
    keep: Span = KEEP,
    tenant: TenantId = ACME,
) -> StoreTransition:
    transition = Transition(then, entry or LedgerEntry(), events, lane_at)
    return StoreTransition(tenant, before, transition, now, keep, config_version)


async def store(groups: GroupStates, transitions: Sequence[StoreTransition]) -> list[ApplyResult]:
    """Store them; what became of each."""
    answers, _ = await groups.apply(transitions)
    return answers


def a_call(
    request_id: str = "r1",
    *buckets: tuple[str, Rate],
    method: Method = Method.POST,
    channel: str = "C1",
    alone_for: Span = AT_ONCE,
    workspace: str = "T1-B1",
    delivery_id: str = "",
    tenant: str = "",
) -> BudgetRequest:
    """A call that asks for its budget."""
    return BudgetRequest(
        request_id, workspace, method, channel, buckets, alone_for, delivery_id or request_id, tenant
    )
