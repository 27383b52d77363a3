"""Another run of Redis may be an older one: a replica that lagged, an append-only file without its last second.

What was folded since then is gone, and its offsets are committed. So records are read again, from some minutes before
the run of before was last seen, however long Redis was away: folding them once more changes nothing where nothing was
lost. Before that what was shown since is taken over, so that it is not posted again. For some minutes this is
repeated with the partitions that are given to us, since who had them may have died with Redis.
"""

from collections.abc import Mapping
from typing import Final, Protocol

import structlog

from router.core.model.instant import NEVER, Instant, Span, earliest
from router.observe.metrics import Metrics
from router.ports.clock import Clock
from router.ports.runs import Noted, Runs
from router.roles.polling import poll

LOOK_S: Final = 2.0
"""Seconds between two looks at Redis' runs."""


class Reader(Protocol):
    """What reads records; `assignments` counts how often partitions were given to it."""

    assignments: int

    async def rewind(self, since: Instant) -> None:
        """Read again what was appended since then; raises UnavailableError while it cannot."""


class Shown(Protocol):
    """What knows of messages that an older Redis does not know of."""

    async def take_over(self, since: Instant) -> None:
        """Go on in what was shown since then; raises UnavailableError while that cannot be done."""

    async def go_on(self) -> None:
        """Try once more where that could not be done."""


class Rewind:
    """Has records read again when Redis is another one: those of so long before the run of before was last seen."""

    def __init__(self, runs: Runs, reader: Reader, shown: Shown, clock: Clock, span: Span, metrics: Metrics) -> None:
        self._runs = runs
        self._reader = reader
        self._shown = shown
        self._clock = clock
        self._span = span
        self._metrics = metrics
        self._known: Mapping[str, str] = {}
        self._changed_at = NEVER
        self._whole_until = NEVER
        self._taken_over = NEVER
        self._rewound = -1
        self._owed = False
        self._log = structlog.get_logger("router.rewind")

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        await poll(LOOK_S, self.look, "rewind_waits")

    async def look(self) -> None:
        """Look once; that Redis is another one is noted in Redis only when what came last is being read again.

        Raises:
            UnavailableError: an engine does not answer; look again.
        """
        now = await self._clock.now()  # first: what is seen after it was there at this time
        current = await self._runs.current()
        await self._compare(current, now)
        await self._read_again(now)
        if not self._is_recent(now) and all(current.values()):
            self._whole_until = now
        await self._runs.note(Noted(frozenset(filter(None, current.values())), self._changed_at, self._whole_until))
        await self._shown.go_on()

    async def _compare(self, current: Mapping[str, str], now: Instant) -> None:
        """Find out whether Redis is another one, and until when the one of before was whole."""
        is_other = any(run and run != self._known.get(name) for name, run in current.items())
        if is_other:
            noted = await self._runs.noted()
            if not self._known:
                is_other = bool(noted.runs) and not set(filter(None, current.values())) <= noted.runs
            changed_at = now if is_other else noted.changed_at
            self._whole_until = earliest(self._whole_until, noted.whole_until) or changed_at
            self._change(changed_at, now)
        self._known = {name: run or self._known.get(name, "") for name, run in current.items()}

    def _change(self, changed_at: Instant, now: Instant) -> None:
        if changed_at not in {NEVER, self._changed_at}:
            self._log.warning("redis_is_another_run", remedy="records of the last minutes are read again")
            self._rewound, self._owed = -1, now < changed_at + self._span
        self._changed_at = changed_at

    async def _read_again(self, now: Instant) -> None:
        """What came last: once, however late, and for a while again whenever partitions are given to us."""
        assignments, since = self._reader.assignments, Instant(self._whole_until - self._span)
        if self._rewound == assignments or not (self._owed or self._is_recent(now)):
            return
        if self._owed and self._taken_over != self._changed_at:
            await self._shown.take_over(since)
            self._taken_over = self._changed_at
        await self._reader.rewind(since)
        self._rewound, self._owed = assignments, False
        self._metrics.rewinds.inc()

    def _is_recent(self, now: Instant) -> bool:
        """Whether partitions may yet be given to us of which nobody has read again what came last."""
        return self._changed_at != NEVER and now < self._changed_at + self._span
