"""Values for the tests of the adapters: notifications that need make no sense, and transitions between them."""

from dataclasses import replace
from typing import Any

from router.core.model.alert import Fingerprint, TenantId
from router.core.model.event import Event
from router.core.model.group import (
    AlertState,
    Content,
    Delivery,
    Lane,
    Method,
    Notification,
    Op,
    Phase,
    Reason,
    Registers,
)
from router.core.model.instant import HOUR, NEVER, SECOND, Instant, Span
from router.core.model.key import GroupKey
from router.core.model.ledger import Books
from router.core.model.tenant import ReceiverName
from router.core.model.transition import Step
from router.ports import Write

ACME = TenantId("acme")
BETA = TenantId("beta")
NOON = Instant(1_795_694_400_000_000)
KEEP = Span(24 * HOUR)
POSTS = Lane("#alerts", Method.POST)
EDITS = Lane("#alerts", Method.UPDATE)


def after(seconds: float) -> Instant:
    """So long after noon."""
    return Instant(NOON + round(seconds * SECOND))


def key_of(name: str = "A") -> GroupKey:
    return GroupKey(ReceiverName("default"), ("{}",), (("alertname", name),))


def a_content(**labels: str) -> Content:
    return Content({"alertname": "A", **labels}, {"summary": "it is broken"}, "http://prometheus/graph", NOON)


def an_alert_state(seen: Instant = NOON, **changes: Any) -> AlertState:
    """A firing alert that nobody was told of."""
    fresh = AlertState(Registers(start=NOON, seen_firing=seen), since=NOON, sender_group="g", content=a_content())
    return replace(fresh, **changes)


def waiting(name: str = "A", *, alerts: int = 1, due: Instant = NOON, **changes: Any) -> Notification:
    """A notification with untold alerts that is due."""
    states = {Fingerprint(f"{name}{number}"): an_alert_state() for number in range(alerts)}
    fresh = Notification(
        key_of(name), phase=Phase.WAITING, due=due, firing=alerts, pending=alerts, contents=alerts, alerts=states
    )
    return replace(fresh, **changes)


def queued(before: Notification, lane: Lane = POSTS, since: Instant = NOON, **changes: Any) -> Notification:
    """The notification standing in a lane."""
    return replace(before, **{"phase": Phase.QUEUED, "lane": lane, "due": NEVER, "queued_since": since, **changes})


def sending(before: Notification, until: Instant, delivery_id: str = "d1") -> Notification:
    """The notification with a call in flight, out of its lane."""
    lane = before.lane or POSTS
    op = Op.EDIT if lane.method is Method.UPDATE else Op.POST
    delivery = Delivery(delivery_id, op, Reason.FIRST, lane, until)
    return replace(before, phase=Phase.SENDING, lane=None, due=until, delivery=delivery)


def idle(before: Notification, **changes: Any) -> Notification:
    """The notification at rest with all told; closed unless something fires."""
    rest: dict[str, Any] = {"phase": Phase.IDLE, "lane": None, "due": NEVER, "delivery": None, "pending": 0}
    return replace(before, **rest | changes)


def write(
    before: Notification,
    then: Notification,
    *,
    now: Instant = NOON,
    lane_at: Instant = NEVER,
    books: Books | None = None,
    events: tuple[Event, ...] = (),
    config_version: int | None = None,
    keep: Span = KEEP,
    tenant: TenantId = ACME,
) -> Write:
    step = Step(then, books or Books(), events, lane_at)
    return Write(tenant, before, step, now, keep, config_version)
