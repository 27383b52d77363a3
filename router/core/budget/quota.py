"""What a request of a sender costs its tenant: bodies and KiB before it is parsed, alerts afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from router.core.model.instant import Span
from router.core.model.rules.limits import InboundRates, Rate


class Resource(StrEnum):
    """What is counted; also the name of its bucket."""

    REQUESTS = "requests"
    KIBIBYTES = "bytes"
    ALERTS = "alerts"


@dataclass(frozen=True, slots=True)
class Charge:
    """So much of one resource; 0 only asks whether the bucket is in debt."""

    resource: Resource
    rate: Rate
    cost: int


@dataclass(frozen=True, slots=True)
class Over:
    """Refused: which resource there is too little of, and when there is enough again."""

    resource: Resource
    retry_after: Span


def charges_for_body(rates: InboundRates, size: int) -> Sequence[Charge]:
    """What one body of so many bytes costs before anything is known of it."""
    return (
        Charge(Resource.REQUESTS, rates.requests, 1),
        Charge(Resource.KIBIBYTES, rates.kibibytes, kibibytes(size)),
        Charge(Resource.ALERTS, rates.alerts, 0),
    )


def kibibytes(size: int) -> int:
    """Bytes in whole KiB, rounded up."""
    return -(-size // 1024)
