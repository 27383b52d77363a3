"""Points and spans of time as whole microseconds, the one unit of the core.

Integers compare and take maxima exactly, which the fold relies on. Alertmanager sends up to nine fraction digits;
what is finer than a microsecond is cut off. The year 1, which Alertmanager sends for "no end", is NEVER.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final, NewType

Instant = NewType("Instant", int)
"""Microseconds since the Unix epoch, UTC."""

Span = NewType("Span", int)
"""A length of time in microseconds."""

NEVER: Final = Instant(0)
MILLISECOND: Final = Span(1_000)
SECOND: Final = Span(1_000_000)
MINUTE: Final = Span(60 * SECOND)
HOUR: Final = Span(60 * MINUTE)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNIT_MS: Final = {
    "y": 31_536_000_000,
    "w": 604_800_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1_000,
    "ms": 1,
}
_DURATION: Final = re.compile(
    r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?", re.ASCII
)


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware datetime."""
    return Instant((moment - _EPOCH) // timedelta(microseconds=1))


def to_datetime(instant: Instant) -> datetime:
    """The same instant as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=instant)


def parse_rfc3339(text: str) -> Instant:
    """Read an RFC 3339 time; NEVER for what lies before 1970 (Alertmanager's zero time).

    Raises:
        ValueError: the text is not an RFC 3339 time with an offset.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC; write for example {text}Z")
    if moment.year < 1970:
        return NEVER
    return max(from_datetime(moment), NEVER)


def to_rfc3339(instant: Instant) -> str:
    """The instant as RFC 3339 text in UTC, always with six fraction digits."""
    return to_datetime(instant).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_duration(text: str) -> Span:
    """Read a duration as Prometheus writes it: `30s`, `5m`, `1h30m`, `4h`, `1d`, `0`.

    Raises:
        ValueError: the text is not such a duration.
    """
    if text == "0":
        return Span(0)
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise ValueError(f"{text!r} is not a valid duration; use for example 30s, 5m or 1h30m")
    amounts = zip(_UNIT_MS.values(), match.groups(), strict=True)
    return Span(sum(unit * int(amount) for unit, amount in amounts if amount) * MILLISECOND)


def earliest(*instants: Instant) -> Instant:
    """The earliest of the instants that are not NEVER; NEVER when none is left."""
    return min((instant for instant in instants if instant != NEVER), default=NEVER)
