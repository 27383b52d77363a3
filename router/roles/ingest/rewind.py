"""Another run of Redis may be an older one: a replica that lagged, an append-only file without its last second.

What was folded since then is gone, and its offsets are committed. So the records of some minutes are read again:
folding them once more changes nothing where nothing was lost.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from router.core.model.instant import Instant, Span
from router.observe.metrics import Metrics
from router.ports.clock import Clock
from router.ports.runs import Runs
from router.roles.polling import poll

LOOK_S: Final = 2.0
"""Seconds between two looks at Redis' runs."""
_NOTE_EACH: Final = 1_800
"""Looks after which the runs are noted again, so that they stay."""


ReadAgain = Callable[[Instant], Awaitable[None]]
"""Reads again what was appended since then; raises UnavailableError while it cannot."""


class Rewind:
    """Reads the records of so long again when Redis is another one."""

    def __init__(self, runs: Runs, rewind: ReadAgain, clock: Clock, span: Span, metrics: Metrics) -> None:
        self._runs = runs
        self._rewind = rewind
        self._clock = clock
        self._span = span
        self._metrics = metrics
        self._known: frozenset[str] = frozenset()
        self._looks = 0
        self._log = structlog.get_logger("router.rewind")

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        await poll(LOOK_S, self.look, "rewind_waits")

    async def look(self) -> None:
        """Look once.

        Raises:
            UnavailableError: an engine does not answer; look again.
        """
        current = await self._runs.current()
        known = self._known or await self._runs.noted()
        if known and not current <= known:
            self._log.warning("redis_is_another_run", remedy="records of the last minutes are read again")
            await self._rewind(Instant(await self._clock.now() - self._span))
            self._metrics.rewinds.inc()
        if not current <= self._known or self._looks % _NOTE_EACH == 0:
            await self._runs.note(current)
        self._looks += 1
        self._known = self._known | current
