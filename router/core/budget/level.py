"""How full a bucket is, by its theoretical arrival time; NEVER for one that nobody has drawn on."""

from router.core.model.instant import Instant
from router.core.model.rules.limits import Rate


def left(rate: Rate, arrival: Instant, now: Instant) -> int:
    """How many calls the bucket would grant at once."""
    debt = max(0, arrival - now)
    return max(0, rate.burst - -(-debt // rate.period))


def used(rate: Rate, arrival: Instant, now: Instant) -> float:
    """Which share of what it grants at once is used up; above 1 where it is in debt."""
    return max(0, arrival - now) / (rate.period * rate.burst)
