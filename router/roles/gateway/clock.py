"""What time a gateway stamps on what it receives: Redis' time, as well as this process knows it.

Gateways' own clocks differ, and observations through two of them must stand in their order. So each measures how far
it is from Redis, and counts on from there by a clock that never steps; also while Redis is away.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from router.core.model.instant import SECOND, Instant, Span
from router.errors import UnavailableError
from router.observe.incident import Incident
from router.observe.metrics import Metrics
from router.ports.clock import MeasuredClock
from router.roles.polling import poll

TOLERANCE: Final = Span(2 * SECOND)
"""How far from Redis' time what is stamped may be: beyond, or where nobody knows, the gateway takes no work."""
_EVERY_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class OwnClocks:
    """Two clocks of this machine: the time of day, which somebody may set, and one that only goes on."""

    wall: Callable[[], Instant]
    steady: Callable[[], Instant]

    @property
    def distance(self) -> Span:
        """How far apart they are; another one when the time of day was set, or the machine was asleep."""
        return Span(self.wall() - self.steady())


@dataclass(frozen=True, slots=True)
class _Measure:
    """Redis' time and that of the time of day, both as distances from the clock that only goes on."""

    shared: Span
    wall: Span


class GatewayClock:
    """Redis' time by its last measure."""

    def __init__(self, shared: MeasuredClock, own: OwnClocks, metrics: Metrics) -> None:
        self._shared = shared
        self._own = own
        self._metrics = metrics
        self._last: _Measure | None = None
        self._off = Incident()
        self._log = structlog.get_logger("router.gateway")

    def now(self) -> Instant:
        """The time; this machine's own before the first measure."""
        if self._last is None:
            return self._own.wall()
        return Instant(self._own.steady() + self._last.shared)

    def is_known(self) -> bool:
        """Whether `now` can be trusted: measured, and none of our clocks has jumped since."""
        return self._last is not None and abs(self._own.distance - self._last.wall) <= TOLERANCE

    async def is_right(self) -> bool:
        """Whether `now` can be trusted, after one more measure if it could not.

        Raises:
            UnavailableError: it cannot be trusted, and Redis does not answer.
        """
        if not self.is_known():
            await self.measure()
        return self.is_known()

    async def measure(self) -> None:
        """Ask Redis for its time; half of the round trip is taken for its way back.

        Raises:
            UnavailableError: Redis does not answer, or so late that its answer means nothing; the last one holds.
        """
        asked = self._own.steady()
        shared = await self._shared.read()
        answered, wall = self._own.steady(), self._own.distance
        if answered - asked > TOLERANCE:
            raise UnavailableError(f"Redis: it took {(answered - asked) / SECOND:.1f} s to answer what time it is")
        self._last = _Measure(Span(shared - (asked + answered) // 2), wall)
        self._report(Span(wall - self._last.shared))

    async def watch(self) -> None:
        """Measure again and again until cancelled; while Redis is away the last measure holds."""
        await poll(_EVERY_S, self.measure, "clock_not_measured")

    def _report(self, ahead: Span) -> None:
        self._metrics.clocks.ahead.set(ahead / SECOND)
        if abs(ahead) <= TOLERANCE:
            self._off.ends()
            return
        self._metrics.clocks.skew.labels(clock="own").inc()
        if self._off.happens("off"):
            self._log.warning("clock_off", ahead_s=round(ahead / SECOND, 3))
