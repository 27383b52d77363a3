"""When a record was observed: by one clock, Kafka's or else Redis', and never by that of whoever sent it.

The broker's time of appending counts where the topic has it; else what the gateway stamped, which is Redis' time too;
else the record's own. A record that was held, or is appended again out of the dead letters, keeps the time it had.
"""

from typing import Final

from router.core.model.instant import SECOND, Instant, Span, parse_rfc3339
from router.ports.kafka import OBSERVED_AT, RECEIVED_AT, Record, Stamped
from router.roles.ingest.headers import header_text

BROKER_LEAD: Final = Span(5 * SECOND)
"""How far ahead of Redis a broker's time counts: up to there the order that its records share is kept."""
AHEAD: Final = Span(2 * SECOND)
"""A time that comes so much later than now is reported: some clock is wrong."""


def claimed(record: Record) -> Instant:
    """The time by the record itself.

    Raises:
        PayloadError: a header is there twice and differs, or is not text.
    """
    kept = _time(header_text(record, OBSERVED_AT))
    if kept is not None:
        return kept
    if record.stamped is Stamped.BY_BROKER:
        return record.timestamp
    received = _time(header_text(record, RECEIVED_AT))
    return record.timestamp if received is None else received


def counted(claim: Instant, record: Record, now: Instant) -> Instant:
    """The time that counts of a record that claims another one and is read now: none that has yet to come."""
    lead = BROKER_LEAD if record.stamped is Stamped.BY_BROKER else Span(0)
    return min(claim, Instant(now + lead))


def _time(text: str | None) -> Instant | None:
    try:
        return parse_rfc3339(text) if text else None
    except ValueError:
        return None
