"""How much one principal may ask in a while; and an address that shows nothing that is known."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from router.core.budget import gcra
from router.core.model.instant import MILLISECOND, NEVER, SECOND, Instant, Span
from router.core.model.rules.limits import Rate
from router.http.problems import Problem

RATE: Final = Rate(period=Span(100 * MILLISECOND), burst=50)
"""Ten requests a second, and fifty at once."""

MAX_PACED: Final = 10_000
"""Principals and addresses whose pace is remembered."""


class Pace:
    """Counts requests by whom they come from; `clock` never steps, its zero means nothing."""

    def __init__(self, clock: Callable[[], Instant], rate: Rate = RATE) -> None:
        self._clock = clock
        self._rate = rate
        self._arrivals: OrderedDict[str, Instant] = OrderedDict()

    def take(self, who: str) -> None:
        """Count one request.

        Raises:
            Problem: 429, with the time to wait.
        """
        verdict = gcra.take([self._rate], [self._arrivals.get(who, NEVER)], self._clock())
        if isinstance(verdict, gcra.Wait):
            wait_s = -(-verdict.retry_after // SECOND)
            raise Problem(429, "too-many-requests", "more requests than one principal may send", wait_s)
        self._arrivals[who] = verdict.arrivals[0]
        self._arrivals.move_to_end(who)
        if len(self._arrivals) > MAX_PACED:
            self._arrivals.popitem(last=False)
