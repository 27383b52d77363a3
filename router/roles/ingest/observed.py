"""When a record was observed: by one clock, Kafka's or else Redis', and never by that of whoever sent it.

The broker's time of appending counts where the topic has it; else what the gateway stamped, which is Redis' time too;
else the record's own. A record that was held, or is appended again out of the dead letters, keeps the time it had.
What is signed counts as no later than it was signed for: a record that somebody appends once more is not news.
"""

from typing import Final

from router.core.model.instant import SECOND, Instant, Span, parse_rfc3339
from router.ports.kafka import OBSERVED_AT, RECEIVED_AT, SIGNATURE, Record, Stamped
from router.roles.ingest.headers import header_text

BROKER_LEAD: Final = Span(5 * SECOND)
"""How far ahead of Redis a broker's time counts: up to there the order that its records share is kept."""
VOUCHED: Final = Span(2 * SECOND)
"""So much later than it was received a signed record may count: gateways' measures of the time differ less."""
AHEAD: Final = Span(2 * SECOND)
"""A time that comes so much later than now is reported: some clock is wrong."""


def claimed(record: Record) -> Instant:
    """The time by the record itself.

    Raises:
        PayloadError: a header is there twice and differs, or is not text.
    """
    received = _time(header_text(record, RECEIVED_AT))
    signed_for = received if header_text(record, SIGNATURE) is not None else None
    return claim(record, received, signed_for, _time(header_text(record, OBSERVED_AT)))


def claim(
    record: Record, received: Instant | None, signed_for: Instant | None, kept: Instant | None = None
) -> Instant:
    """The time by the record itself, whose headers have been read.

    `received` is when it was received, `signed_for` the same if somebody has signed it, `kept` the time that it had
    before it was held or dead-lettered; None for what it does not state. Whether the signature is good is found out
    elsewhere: a bad one only makes it older.
    """
    if record.stamped is Stamped.BY_BROKER:
        found = record.timestamp if kept is None else min(kept, record.timestamp)
    else:
        found = next((one for one in (kept, received) if one is not None), record.timestamp)
    return found if signed_for is None else min(found, Instant(signed_for + VOUCHED))


def counted(claim: Instant, record: Record, now: Instant) -> Instant:
    """The time that counts of a record that claims another one and is read now: none that has yet to come."""
    lead = BROKER_LEAD if record.stamped is Stamped.BY_BROKER else Span(0)
    return min(claim, Instant(now + lead))


def _time(text: str | None) -> Instant | None:
    try:
        return parse_rfc3339(text) if text else None
    except ValueError:
        return None
