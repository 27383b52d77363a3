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


def charges_for_request(rates: InboundRates, announced: int) -> Sequence[Charge]:
    """What a request costs before its body is read; `announced` is 0 where it does not announce its bytes."""
    return (
        Charge(Resource.REQUESTS, rates.requests, 1),
        *charges_for_bytes(rates, announced),
        Charge(Resource.ALERTS, rates.alerts, 0),
    )


def charges_for_bytes(rates: InboundRates, size: int) -> Sequence[Charge]:
    """What the bytes of a body cost."""
    return (Charge(Resource.KIBIBYTES, rates.kibibytes, kibibytes(size)),)


def kibibytes(size: int) -> int:
    """Bytes in whole KiB, rounded up."""
    return -(-size // 1024)
