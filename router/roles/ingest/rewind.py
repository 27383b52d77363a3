"""Another run of Redis may be an older one: a replica that lagged, an append-only file without its last second.

What was folded since then is gone, and its offsets are committed. So the records of some minutes are read again:
folding them once more changes nothing where nothing was lost. Before that what was shown since is taken over, so that
it is not posted again. For as long again this is repeated with the partitions
that are given to us, since who had them may have died with Redis.
"""

from collections.abc import Mapping
from typing import Final, Protocol

import structlog

from router.core.model.instant import NEVER, Instant, Span
from router.observe.metrics import Metrics
from router.ports.clock import Clock
from router.ports.runs import Noted, Runs
from router.roles.polling import poll

LOOK_S: Final = 2.0
"""Seconds between two looks at Redis' runs."""
_NOTE_EACH: Final = 1_800
"""Looks after which the runs are noted again, so that they stay."""


class Reader(Protocol):
    """What reads records; `assignments` counts how often partitions were given to it."""

    assignments: int

    async def rewind(self, since: Instant) -> None:
        """Read again what was appended since then; raises UnavailableError while it cannot."""


class Shown(Protocol):
    """What knows of messages that an older Redis does not know of."""

    async def take_over(self, since: Instant) -> None:
        """Go on in what was shown since then; raises UnavailableError while that cannot be done."""


class Rewind:
    """Has the records of so long read again when Redis is another one."""

    def __init__(self, runs: Runs, reader: Reader, shown: Shown, clock: Clock, span: Span, metrics: Metrics) -> None:
        self._runs = runs
        self._reader = reader
        self._shown = shown
        self._clock = clock
        self._span = span
        self._metrics = metrics
        self._known: Mapping[str, str] = {}
        self._changed_at = NEVER
        self._noted_change = NEVER
        self._rewound = -1
        self._owed = False
        self._looks = 0
        self._log = structlog.get_logger("router.rewind")

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        await poll(LOOK_S, self.look, "rewind_waits")

    async def look(self) -> None:
        """Look once; that Redis is another one is noted in Redis only when what came last is being read again.

        Raises:
            UnavailableError: an engine does not answer; look again.
        """
        current, now = await self._runs.current(), await self._clock.now()
        changed_at = await self._last_change(current, now)
        if changed_at not in {NEVER, self._changed_at}:
            self._log.warning("redis_is_another_run", remedy="records of the last minutes are read again")
            self._rewound, self._owed = -1, now < changed_at + self._span
        self._changed_at = changed_at
        self._known = {name: run or self._known.get(name, "") for name, run in current.items()}
        await self._read_again(now)
        if changed_at != self._noted_change or self._looks % _NOTE_EACH == 0:
            await self._runs.note(Noted(frozenset(filter(None, current.values())), changed_at))
        self._looks += 1
        self._noted_change = changed_at

    async def _read_again(self, now: Instant) -> None:
        """What came last: once, however late, and for a while again whenever partitions are given to us."""
        assignments, since = self._reader.assignments, self._changed_at
        is_recent = since != NEVER and now < since + self._span
        if self._rewound == assignments or not (self._owed or is_recent):
            return
        if self._owed:
            await self._shown.take_over(Instant(since - self._span))
        await self._reader.rewind(Instant(since - self._span))
        self._rewound, self._owed = assignments, False
        self._metrics.rewinds.inc()

    async def _last_change(self, current: Mapping[str, str], now: Instant) -> Instant:
        """When Redis was last seen to be another one, NEVER for never."""
        if self._known:
            is_other = any(run and run != self._known.get(name) for name, run in current.items())
            return now if is_other else self._changed_at
        noted = await self._runs.noted()
        is_other = bool(noted.runs) and not set(filter(None, current.values())) <= noted.runs
        return now if is_other else noted.changed_at
