"""Records to stored alert groups: parse, route, fold. Returns when every record has its end, or raises.

A record ends folded, dead-lettered or held, before anything is committed. It fails by its tenant: what one tenant's
records meet is found out for that tenant alone. An engine that does not answer anybody raises UnavailableError, and
the records that have not ended come again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from itertools import islice
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.errors import (
    KeyUnavailableError,
    NotAppendedError,
    PayloadError,
    RebuildError,
    UnavailableError,
    UntrustedError,
)
from router.ports.clock import Clock
from router.ports.kafka import Record
from router.ports.state import Health
from router.roles.ingest.at_work import AtWork
from router.roles.ingest.folding import RUN, Folding
from router.roles.ingest.hold import HeldReason, Hold
from router.roles.ingest.pace import Pace
from router.roles.ingest.read import Reading, RecordReader
from router.roles.ingest.share import Claim, Company, Share, owner_of, shares_of, split
from router.roles.ingest.tracing import end
from router.roles.together import all_ended

RECORD_ATTEMPTS: Final = 5
"""Attempts at a record that meets an error of ours; then it is dead-lettered."""
STEP_ATTEMPTS: Final = 2
"""Steps of one tenant that Redis does not answer while it answers others; then the tenant's records are held."""
LETTERS: Final = 8
"""Records that are set aside or held at once: each takes its turns on the event loop."""
STEP_BYTES: Final = 128 * 1024
"""Bytes that a step reads, of which the last record's may be more: after those with the least have been read, they
are folded before anybody's larger ones are looked at."""
STEPS: Final = 16
"""Tenants alone whose records are worked on at once; further ones wait for their turn."""
_RETRY_S: Final = 0.1
_OF_ONE_TENANT: Final = (RebuildError, UntrustedError, KeyUnavailableError)
"""What is wrong with one tenant, and with no engine."""

_Place = tuple[str, int, int]
Then = Callable[[], Awaitable[Sequence[Record]]]
"""What is to be handled after a batch, found out when all of that has ended."""


class Ingest:
    """The first half of a worker."""

    def __init__(
        self,
        reader: RecordReader,
        folding: Folding,
        hold: Hold,
        health: Health,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._folding = folding
        self._hold = hold
        self._health = health
        self._clock = clock
        self._wake = wake
        self._turns = asyncio.Semaphore(STEPS)
        self._letters = asyncio.Semaphore(LETTERS)
        self._at_work: AtWork[Claim] = AtWork()
        self._set_aside: set[_Place] = set()
        self._bad: set[_Place] = set()
        self._log = structlog.get_logger("router.ingest")

    async def handle(self, records: Sequence[Record], then: Then | None = None) -> None:
        """Bring every record of a batch to its end, and then those that `then` answers; several batches at once.

        What was set aside before its batch comes again is passed over; what was folded is folded again, since a Redis
        that comes back may have lost it.

        Raises:
            UnavailableError: an engine does not answer; hand the same records over again.
        """
        await self._take(records, give_up_at := time.monotonic() + self._hold.patience_s)
        more = await then() if then is not None else ()
        await self._take(more, give_up_at)
        self._end([_place(one) for one in (*records, *more)])

    async def _take(self, records: Sequence[Record], give_up_at: float) -> None:
        """Bring those to their end that were not set aside."""
        fresh = [one for one in records if _place(one) not in self._set_aside]
        owners = {owner_of(one, self._reader.bound) for one in fresh}
        apart = [owner for owner in owners if not self._hold.together or self._sickness(owner)]
        strangers = [owner for owner in owners if self._reader.tenants.get(TenantId(owner)) is None]
        shares = shares_of(fresh, self._reader.bound, apart, strangers)
        await self._finish_all(shares, give_up_at)

    def _end(self, places: Sequence[_Place]) -> None:
        """These have ended: they do not come again."""
        bad = len(self._bad.intersection(places))
        self._set_aside.difference_update(places)
        self._bad.difference_update(places)
        if bad > len(places) - bad:
            self._log.error("most_records_are_bad", bad=bad, records=len(places))

    async def _finish_all(self, shares: Sequence[Share], give_up_at: float) -> None:
        await all_ended(self._finish(one, give_up_at) for one in shares)

    async def _finish(self, share: Share, give_up_at: float) -> None:
        """Bring every record of a share to its end."""
        try:
            await self._take_turns(share, give_up_at)
        finally:
            await all_ended(share.aside)

    async def _take_turns(self, share: Share, give_up_at: float) -> None:
        while share:
            try:
                if len(share.owners) > 1 and time.monotonic() > give_up_at:
                    await self._finish_all(split(share, self._reader.bound), give_up_at)
                    return
                async with self._at_work.some_of(share.claims(self._reader.bound)) as mine, self._place_of(share):
                    share.take_up(mine, self._reader.bound)
                    await self._take_turn(share, give_up_at)
            except NotAppendedError:
                raise
            except Exception as error:  # noqa: BLE001 - one place; whose it is, and which record, is found out
                if isinstance(error, UnavailableError) and not isinstance(error, _OF_ONE_TENANT):
                    await self._health.check()
                if len(share.owners) > 1:
                    await self._finish_all(split(share, self._reader.bound), give_up_at)
                    return
                await self._met(share, error)

    def _place_of(self, share: Share) -> AbstractAsyncContextManager[object]:
        """Held while a step lasts; those whose rules are at hand wait for nobody else's."""
        return nullcontext() if share.company is Company.SMALL else self._turns

    async def _take_turn(self, share: Share, give_up_at: float) -> None:
        reason = self._reason_to_hold(share, give_up_at) if len(share.owners) == 1 else None
        if reason is not None:
            await self._hold_rest(share, reason)
        else:
            share.stepped = True
            await self._step(share)
            share.attempts = 0

    def _reason_to_hold(self, share: Share, give_up_at: float) -> HeldReason | None:
        """Why what is left of one tenant's is held, and not worked on."""
        reason = self._sickness(share.owners[0])
        if reason is None and share.stepped and time.monotonic() > give_up_at:
            reason = HeldReason.BUSY
            self._hold.note(TenantId(share.owners[0]), reason)
            self._log.info("tenant_busy", tenant=share.owners[0], records=len(share.rest()))
        return reason

    async def _step(self, share: Share) -> None:
        """Read and fold what one step holds."""
        await self._read_on(share, await self._clock.now())
        unreadable = await self._folding.fold(list(share.read), partial(self._beside, share))
        for one in share.read:
            end(one.span, "held" if one in unreadable else "folded")
            if one in unreadable:
                self._beside(share, [one.record], self._hold_one(one.record, one.tenant, HeldReason.GROUP_UNREADABLE))
            else:
                self._reader.metrics.records.labels(outcome="folded").inc()
                self._hold.note(one.tenant, None)
        share.read.clear()
        self._wake()

    async def _read_on(self, share: Share, now: Instant) -> None:
        """Read on until a step is full; what is bad is set aside, also before an error goes on."""
        pace, alerts, bad, size = Pace(), sum(len(one.seen.alerts) for one in share.read), 0, 0
        while share.left and alerts + bad < RUN and size < STEP_BYTES and not (share.alone and share.read):
            await pace.rest()
            found = await self._reader.read(share.left[0], now)
            record = share.left.popleft()
            size += len(record.value or b"")
            if found.bad:
                self._beside(share, [record], self._set_aside_bad(record, found))
                bad += 1
            if found.record is not None:
                share.read.append(found.record)
                alerts += len(found.record.seen.alerts)

    async def _set_aside_bad(self, record: Record, found: Reading) -> None:
        await self._reader.set_aside(found)
        if found.record is None:
            self._set_aside.add(_place(record))
            self._bad.add(_place(record))

    def _beside(self, share: Share, records: Sequence[Record], step: Coroutine[object, object, None]) -> None:
        """Do what must have been done when the share ends, and keeps nobody waiting until then."""
        share.aside.append(asyncio.create_task(self._aside(records, step)))

    async def _aside(self, records: Sequence[Record], step: Coroutine[object, object, None]) -> None:
        async with self._letters:
            try:
                await step
            except UnavailableError:
                raise
            except Exception as error:  # noqa: BLE001 - an error of ours: it is these records', and nobody else's
                self._log.error("ingest_failed", records=len(records), exc_info=error)
                problem = PayloadError("internal_error", type(error).__name__)
                await all_ended(self._reader.dead_letters.add(one, None, problem) for one in records)

    async def _met(self, share: Share, error: Exception) -> None:
        """One tenant's step has failed."""
        if isinstance(error, RebuildError):
            await self._sicken(share, HeldReason.DATA_LOST)
        elif isinstance(error, UntrustedError):
            await self._sicken(share, HeldReason.CONFIGURATION_UNTRUSTED)
        elif isinstance(error, KeyUnavailableError):
            await self._sicken(share, HeldReason.KEY_UNAVAILABLE)
        elif isinstance(error, UnavailableError):
            share.attempts += 1
            if share.attempts == STEP_ATTEMPTS:
                await self._sicken(share, HeldReason.UNAVAILABLE)
            else:
                share.read_again()
                await asyncio.sleep(_RETRY_S)
        elif not share.alone:
            self._log.error("ingest_failed", records=len(share.rest()), exc_info=error)
            share.alone, share.attempts = True, 0
            share.read_again()
        else:
            await self._blame(share, error)

    async def _sicken(self, share: Share, reason: HeldReason) -> None:
        tenant = TenantId(share.owners[0])
        self._log.warning("tenant_sick", tenant=tenant, reason=reason, records=len(share.rest()))
        self._hold.note(tenant, reason)
        await self._hold_rest(share, reason)

    async def _blame(self, share: Share, error: Exception) -> None:
        """The first record of a share is alone in its step: it meets an error of ours, again and again."""
        share.attempts += 1
        if share.attempts < RECORD_ATTEMPTS:
            return
        problem = PayloadError("internal_error", type(error).__name__)
        await self._reader.dead_letters.add(share.first, None, problem)
        self._set_aside.add(_place(share.first))
        self._drop(share)

    async def _hold_rest(self, share: Share, reason: HeldReason) -> None:
        """Hold all that is left, a step's worth together."""
        tenant = TenantId(share.owners[0]) or None
        share.read_again()
        while share:
            some = list(islice(share.left, RUN))
            await all_ended(self._hold_one(one, tenant, reason) for one in some)
            for _ in some:
                self._drop(share)

    async def _hold_one(self, record: Record, tenant: TenantId | None, reason: HeldReason) -> None:
        """Hold a record; one that stays where it is must come again with its batch."""
        if await self._hold.hold(record, tenant, reason):
            self._set_aside.add(_place(record))

    def _drop(self, share: Share) -> None:
        """Pass the first record."""
        (share.read or share.left).popleft()
        share.attempts = 0

    def _sickness(self, owner: str) -> HeldReason | None:
        return self._hold.sickness(TenantId(owner)) if owner else None


def _place(record: Record) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset
