"""Held records, tried again pass by pass until they end.

A pass reads the held topic from the oldest record that has not ended to its end. Nothing is written meanwhile: what
still cannot be folded stays where it is, and what has ended behind it is remembered.
"""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import structlog

from router.core.decide.policy import REPLAY_HORIZON
from router.core.model.alert import TenantId
from router.core.model.instant import SECOND, Instant
from router.errors import PayloadError, UnavailableError
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.ports.clock import Clock
from router.ports.kafka import HeldLog, Record
from router.roles.ingest.dead_letters import DeadLetters
from router.roles.ingest.hold import (
    HOLD,
    PASS_ON,
    HeldReason,
    Holding,
    Sick,
    held_reason,
    held_until,
    may_be_passed_on,
    restored,
)
from router.roles.ingest.ingest import Ingest
from router.roles.polling import end_if_cancelled

HELD: Final = 10_000
"""Records of one tenant that a worker holds; what comes on top of them is dead-lettered."""
PASS_S: Final = 10.0
"""Seconds that a pass lasts at most: then what is sick is tried again, however much is left to be read."""
REMEMBERED: Final = 10_000
"""Records of a partition that have ended behind one that has not, before that one is appended again at the end."""
_LATER: Final = Instant(2**62)


class StillHeld:
    """What becomes of held records that still cannot be folded: they stay where they are, within bounds."""

    def __init__(self, dead_letters: DeadLetters, sick: Sick, clock: Clock) -> None:
        self.patience_s = float("inf")
        self.together = False
        self.records = dict[int, HeldReason]()
        self.well = set[TenantId]()
        self.held = Counter[TenantId]()
        self.why = dict[TenantId, HeldReason]()
        self._dead_letters = dead_letters
        self._sick = sick
        self._clock = clock
        self._began = 0.0

    def end(self) -> None:
        """A pass has come to its end: who had records folded, and none left, is well."""
        for tenant in self.well - self.held.keys():
            self._sick.note(tenant, None)

    def begin(self) -> None:
        """A pass begins: every tenant is tried once."""
        self._began = time.monotonic()
        self.held.clear()
        self.why.clear()
        self.well.clear()

    def sickness(self, tenant: TenantId) -> HeldReason | None:
        """What was found wrong with the tenant in this pass; that it is busy holds up nothing here."""
        reason = self._sick.since(tenant, self._began)
        return None if reason is HeldReason.BUSY else reason

    def note(self, tenant: TenantId, reason: HeldReason | None) -> None:
        """Take note of what is wrong with a tenant, or that a record of it was folded."""
        if reason is None:
            self.well.add(tenant)
        else:
            self._sick.note(tenant, reason)

    async def hold(self, record: Record, tenant: TenantId | None, reason: HeldReason) -> bool:
        """Leave the record where it is; one that is too old, or one too many, is dead-lettered."""
        now = await self._clock.now()
        if record.timestamp < now - REPLAY_HORIZON:
            problem = PayloadError("too_old", f"{reason}; held longer than alerts are remembered")
        elif tenant is not None and self.held[tenant] >= HELD:
            problem = PayloadError("held_too_many", f"{reason}; and {HELD} records of the tenant are held")
        else:
            self.records[id(record)] = reason
            if tenant is not None:
                self.held[tenant] += 1
                self.why[tenant] = reason
                self._sick.note_held(tenant, now)
            return False
        await self._dead_letters.add(record, tenant, problem, stage="fold")
        return True


class HeldRecords:
    """The reader of the held topic."""

    def __init__(
        self, log: HeldLog, ingest: Ingest, still: StillHeld, holding: Holding, clock: Clock, metrics: Metrics
    ) -> None:
        self._log = log
        self._ingest = ingest
        self._still = still
        self._holding = holding
        self._clock = clock
        self._problems, self._measured = metrics.problems, metrics.tenants
        self._waiting = set[tuple[int, int]]()
        self._ended: defaultdict[int, set[int]] = defaultdict(set)
        self._last: dict[int, int] = {}
        self._crowded: dict[int, int] = {}
        self._generation = 0
        self._is_cut = False
        self._next_due = _LATER
        self._logger = structlog.get_logger("router.held")

    async def run(self) -> None:
        """Pass after pass until cancelled; they take at most a fifth of the time."""
        while True:
            began, pause = time.monotonic(), HOLD / SECOND
            try:
                await self.look()
                pause = await self.pause_s() if self._waiting and not self._is_cut else 0
            except UnavailableError as error:
                self._logger.warning("held_records_wait", error=str(error))
            except Exception:
                self._logger.exception("held_records_failed")
            end_if_cancelled()
            await asyncio.sleep(max(pause, 4 * (time.monotonic() - began)) if pause else 0)

    async def pause_s(self) -> float:
        """Until the next record is due, and at most as long as what is sick is left alone."""
        left = self._next_due - await self._clock.now()
        return float(min(HOLD, max(PASS_ON, left))) / SECOND

    async def look(self) -> None:
        """One pass.

        Raises:
            UnavailableError: an engine does not answer; nothing is lost.
        """
        self._still.begin()
        self._waiting.clear()
        self._next_due = _LATER
        self._crowded = {one: self._last[one] for one, ended in self._ended.items() if len(ended) > REMEMBERED}
        try:
            until = time.monotonic() + PASS_S
            while (batch := await self._log.read()) and time.monotonic() < until:
                await self._look_at(batch)
            self._is_cut = bool(batch)
            self._waiting |= {(one.partition, one.offset) for one in self._not_ended(batch)}
            if not self._is_cut:
                self._still.end()
        finally:
            await self._log.go_on_from(self._oldest())
            self._report()

    async def _look_at(self, batch: Sequence[Record]) -> None:
        if self._generation != self._log.generation:
            self._generation = self._log.generation
            self._ended.clear()
            self._waiting.clear()
            self._crowded.clear()
        fresh = self._not_ended(batch)
        self._waiting |= {(one.partition, one.offset) for one in fresh}
        now = await self._clock.now()
        await self._try([one for one in fresh if held_until(one) <= now])
        self._next_due = min([self._next_due, *(until for one in fresh if (until := held_until(one)) > now)])
        for one in fresh:
            if one.offset <= self._crowded.get(one.partition, -1) and (one.partition, one.offset) in self._waiting:
                await self._holding.append(restored(one), held_reason(one), now)
                self._end(one)
            self._last[one.partition] = one.offset

    def _not_ended(self, batch: Sequence[Record]) -> list[Record]:
        return [one for one in batch if one.offset not in self._ended[one.partition]]

    async def _try(self, due: Sequence[Record]) -> None:
        records = await self._holding.restored(due)
        self._still.records.clear()
        await self._ingest.handle(records)
        for one, record in zip(due, records, strict=True):
            reason = self._still.records.get(id(record))
            if reason is HeldReason.GROUP_UNREADABLE and may_be_passed_on(one):
                await self._holding.pass_on(one, await self._clock.now())
            elif reason is not None:
                continue
            self._end(one)

    def _end(self, held: Record) -> None:
        self._waiting.discard((held.partition, held.offset))
        self._ended[held.partition].add(held.offset)

    def _oldest(self) -> Mapping[int, int]:
        """The oldest record of each partition that has not ended; those before are forgotten."""
        oldest: dict[int, int] = {}
        for partition, offset in self._waiting:
            oldest[partition] = min(offset, oldest.get(partition, offset))
        for partition, ended in self._ended.items():
            first = oldest.get(partition)
            self._ended[partition] = set() if first is None else {offset for offset in ended if offset > first}
        return oldest

    def _report(self) -> None:
        self._measured.held = dict(self._still.held)
        for tenant in self._still.held:
            self._problems.begin(tenant, TenantProblem.RECORDS_HELD, why=self._still.why[tenant])
        for tenant in self._still.well - self._still.held.keys():
            self._problems.end(tenant, TenantProblem.RECORDS_HELD)
