"""Alerts for which their tenant has no room: set aside, each alone, as it was sent, with the reason.

Their neighbours in the body were taken. The same record folded again sets them aside again, or takes them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from router.core.fold.admit import Refusal
from router.core.model.alert import Alert, AlertId, TenantId
from router.core.parse.bounds import DEFAULT_BOUNDS, BodyBounds
from router.core.parse.raw import alerts_as_sent
from router.core.parse.webhook import parse
from router.core.route.identity import identified, truest
from router.errors import PayloadError
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.ports.kafka import Record
from router.roles.ingest.dead_letters import DeadLetters
from router.roles.ingest.merge import Refused
from router.roles.ingest.portion import Portion
from router.roles.ingest.read import ReadRecord
from router.roles.offload import off_the_loop_if_large
from router.roles.together import all_ended

ALONE: Final = 20
"""Refused alerts of one record, or of 200 of its alerts, that get a dead letter each; the rest go in one together."""

_WHY: Final[Mapping[Refusal, str]] = {
    Refusal.OVER_ACTIVE_ALERTS: "the tenant has as many alerts that fire as platform.limits.active_alerts allows",
    Refusal.OVER_GROUPS: "the tenant has as many open alert groups as platform.limits.active_groups allows",
    Refusal.OVER_BYTES: "the tenant has stored as much as platform.limits.stored_bytes or Redis' memory allows",
}


@dataclass(frozen=True, slots=True)
class RefusedAlerts:
    """What becomes of alerts that were not taken."""

    dead_letters: DeadLetters
    metrics: Metrics
    bounds: BodyBounds = DEFAULT_BOUNDS
    _last: dict[tuple[str, int, int, frozenset[str]], Mapping[AlertId, bytes]] = field(default_factory=dict)
    """The alerts of the record before, as they were sent: a large one comes in many portions."""

    async def set_aside(self, portions: Sequence[Portion], refused: Sequence[Refused]) -> None:
        """Set aside what was not taken of these, named as it was when it was routed; together, as one step's are.

        Raises:
            NotAppendedError: it may not be in Kafka; the records must come again.
        """
        await all_ended(
            self._set_aside(one.body.source, reasons, one.body.tenant.ignored_labels)
            for one in (portions if refused else ())
            if (reasons := _reasons_for(one, refused))
        )

    async def _set_aside(self, one: ReadRecord, reasons: Mapping[AlertId, Refusal], ignored: frozenset[str]) -> None:
        body = one.record.value or b""
        place = one.record.topic, one.record.partition, one.record.offset, ignored
        sent = self._last.get(place)
        if sent is None:
            sent = await off_the_loop_if_large(body, _as_sent, one, ignored, self.bounds)
            self._last.clear()
            self._last[place] = sent
        found = [(sent.get(alert, body), reason) for alert, reason in reasons.items()]
        self.metrics.problems.count(one.tenant, TenantProblem.OVER_LIMIT)
        structlog.get_logger("router.ingest").warning(
            "alerts_over_limit", tenant=one.tenant, alerts=len(reasons), reason=next(iter(reasons.values())).value
        )
        await all_ended(self._add(one.record, one.tenant, *letter) for letter in _letters(found))

    async def _add(self, record: Record, tenant: TenantId, body: bytes, reason: Refusal) -> None:
        problem = PayloadError(reason.value, _WHY[reason])
        await self.dead_letters.add(record, tenant, problem, stage="fold", part=body)


def _reasons_for(portion: Portion, refused: Sequence[Refused]) -> dict[AlertId, Refusal]:
    """Why alerts of this portion were not taken."""
    own = {alert.alert_id for alert in portion.seen.alerts}
    return {alert: why for alert, why in _reasons(portion.body.source, refused) if alert in own}


def _reasons(one: ReadRecord, refused: Sequence[Refused]) -> Iterator[tuple[AlertId, Refusal]]:
    for body in refused:
        if (body.tenant, body.observed) == (one.tenant, one.seen.observed):
            yield from body.reasons.items()


def _as_sent(one: ReadRecord, ignored: frozenset[str], bounds: BodyBounds) -> Mapping[AlertId, bytes]:
    """The bytes of each alert of a body, by its identity; of replicas those of the one that was taken for it."""
    found: dict[AlertId, tuple[Alert, bytes]] = {}
    for alone in alerts_as_sent(one.record.value or b""):
        try:
            alerts = parse(alone, one.seen.observed, bounds).alerts
        except PayloadError:
            continue
        for alert in identified(one.seen.only(alerts), ignored).alerts:
            known, _ = found.get(alert.alert_id, (alert, alone))
            if alert.alert_id not in found or truest(alert) > truest(known):
                found[alert.alert_id] = alert, alone
    return {alert_id: alone for alert_id, (_, alone) in found.items()}


def _letters(found: Sequence[tuple[bytes, Refusal]]) -> Iterator[tuple[bytes, Refusal]]:
    yield from found[:ALONE]
    for reason in Refusal:
        rest = [body for body, why in found[ALONE:] if why is reason]
        if rest:
            yield b"[" + b",".join(rest) + b"]", reason
