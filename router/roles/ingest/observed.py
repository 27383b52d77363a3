"""When a record was observed: by one clock, Kafka's or else Redis', and never by that of whoever sent it.

The broker's time of appending counts where the topic has it; else what the gateway stamped, which is Redis' time too;
else the record's own. A record that was held, or is appended again out of the dead letters, keeps the time it had.
What is signed counts as observed about when it is signed for: a record that is appended once more, or a broker
whose clock is wrong, brings nothing new.
"""

from dataclasses import dataclass
from typing import Final

from router.core.model.instant import SECOND, Instant, Span, parse_rfc3339
from router.ports.kafka import OBSERVED_AT, RECEIVED_AT, Record, Stamped
from router.roles.ingest.headers import header_texts

BROKER_LEAD: Final = Span(5 * SECOND)
"""How far ahead of Redis a broker's time counts: up to there the order that its records share is kept."""
VOUCHED: Final = Span(2 * SECOND)
"""So far from what it is signed for a signed record may count: gateways' measures of the time differ less."""

_TIMES: Final = frozenset({RECEIVED_AT, OBSERVED_AT})


@dataclass(frozen=True, slots=True)
class Times:
    """What a record states of its time; None for what it does not, or not readably.

    `received` is when it was received, `signed_for` the same if its signature is good, `kept` the time that it had
    before it was held or dead-lettered.
    """

    received: Instant | None = None
    signed_for: Instant | None = None
    kept: Instant | None = None

    def vouched(self) -> "Times":
        """The same of a record whose signature is good."""
        return Times(self.received, self.received, self.kept)


def stated(record: Record) -> Times:
    """The times in its headers.

    Raises:
        PayloadError: a header is there twice and differs, or is not text.
    """
    found = header_texts(record, _TIMES)
    return Times(_time(found.get(RECEIVED_AT)), kept=_time(found.get(OBSERVED_AT)))


def claim(record: Record, times: Times) -> Instant:
    """The time by the record itself."""
    if record.stamped is Stamped.BY_BROKER:
        found = record.timestamp if times.kept is None else min(times.kept, record.timestamp)
    else:
        found = next((one for one in (times.kept, times.received) if one is not None), record.timestamp)
    if times.signed_for is None:
        return found
    return max(min(found, Instant(times.signed_for + VOUCHED)), Instant(times.signed_for - VOUCHED))


def claimed(record: Record) -> Instant:
    """The time by a record whose signature nobody has looked at.

    Raises:
        PayloadError: a header is there twice and differs, or is not text.
    """
    return claim(record, stated(record))


def counted(claim: Instant, record: Record, now: Instant) -> Instant:
    """The time that counts of a record that claims another one and is read now: none that has yet to come."""
    lead = BROKER_LEAD if record.stamped is Stamped.BY_BROKER else Span(0)
    return min(claim, Instant(now + lead))


def _time(text: str | None) -> Instant | None:
    try:
        return parse_rfc3339(text) if text else None
    except ValueError:
        return None
