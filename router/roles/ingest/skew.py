"""Clocks that are wrong, as records show it: counted, and logged once a minute for each tenant."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.core.model.instant import MINUTE, SECOND, Instant, Span
from router.observe.incident import Incidents
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.ports.kafka import Record, Stamped
from router.roles.ingest.observed import Times, claim

AHEAD: Final = Span(2 * SECOND)
"""A time that comes so much later than now is reported: some clock is wrong."""
LATE: Final = MINUTE
"""So long after it was signed nobody of us appends a record."""

_log = structlog.get_logger("router.ingest")


class Skew(StrEnum):
    """What shows that some clock is wrong."""

    GATEWAY = "gateway"
    """A record is signed for a time that has yet to come."""
    PRODUCER = "producer"
    """It states such a time, and nobody has signed it."""
    BROKER = "broker"
    """The broker has appended it then."""
    LATE = "late"
    """It was appended long after it was signed: by somebody else once more, or a broker's clock is ahead."""


@dataclass(frozen=True, slots=True)
class SkewWatch:
    """Takes note of them."""

    metrics: Metrics
    incidents: Incidents = field(default_factory=Incidents)

    def look(self, record: Record, times: Times, tenant: TenantId, now: Instant) -> None:
        """Look at a record that is read now."""
        found = skew_of(record, times, now)
        if found is None:
            return
        skew, by = found
        self.metrics.clocks.skew.labels(clock=skew).inc()
        if skew is not Skew.LATE:
            self.metrics.problems.count(tenant, TenantProblem.CLOCK_AHEAD)
        if often := self.incidents.happens(f"{skew} {tenant}"):
            event = "appended_late" if skew is Skew.LATE else "clock_ahead"
            seconds = round(by / SECOND, 3)
            _log.warning(event, tenant=tenant, clock=skew, ahead_s=seconds, topic=record.topic, times=often)


def skew_of(record: Record, times: Times, now: Instant) -> tuple[Skew, Span] | None:
    """Which clock is wrong and by how much, as far as a record shows that is read now."""
    appended = record.timestamp if record.stamped is Stamped.BY_BROKER else None
    signed_for, states = times.signed_for, claim(record, times)
    if signed_for is not None and signed_for > now + AHEAD:
        return Skew.GATEWAY, Span(signed_for - now)
    if appended is not None and appended > now + AHEAD:
        return Skew.BROKER, Span(appended - now)
    if appended is not None and signed_for is not None and times.kept is None and appended > signed_for + LATE:
        return Skew.LATE, Span(appended - signed_for)
    return (Skew.PRODUCER, Span(states - now)) if states > now + AHEAD else None
