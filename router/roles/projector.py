"""Brings the record to Redis, and brings it again where it was lost; any number of these work side by side.

It compares what is wanted with what is there, tenant by tenant, so that it needs no order of events, and none of them
can be missed: a commit only wakes it sooner.
"""

from collections.abc import Callable, Sequence
from typing import Final

import structlog

from router.control.record.projecting import Drift, Suspicion, ahead, changed, keyed, lagging, token_drift
from router.control.record.waiting import Waits
from router.core.cell import NO_CELL, CellName
from router.core.model.alert import TenantId
from router.core.model.instant import Instant, Span
from router.errors import UnavailableError
from router.observe.incident import Incident, Incidents
from router.ports.record import Projection, Standing, Verdict, Wanted, Wanting
from router.roles.key_mirror import NO_MIRROR, Mirror
from router.roles.polling import end_if_cancelled

POLL_S: Final = 1.0
LOOK_EVERY: Final = 10
"""Rounds between two looks for what others have written."""
_BROUGHT: Final = frozenset({Verdict.STORED, Verdict.SAME, Verdict.NEWER, Verdict.ELSEWHERE})
_log = structlog.get_logger("router.projector")


class Projector:
    """One projector; `clock` never steps."""

    def __init__(
        self,
        record: Wanting,
        projection: Projection,
        clock: Callable[[], Instant],
        keys: Mirror = NO_MIRROR,
        cell: CellName = NO_CELL,
    ) -> None:
        self._cell = cell
        self._record = record
        self._keys = keys
        self._projection = projection
        self._clock = clock
        self._incidents = Incidents()
        self._suspicion = Suspicion()
        self._changed = frozenset[Drift]()
        self._confirmed = frozenset[Drift]()
        self._rounds = 0
        self._waits = Waits()
        self._heard_at = clock()
        self._is_heard = True
        self.succeeded_at: Instant | None = None
        """When a round met both the record and Redis last, by the clock; None where none did."""
        self.is_current = False
        """Whether the last round met both the record and Redis."""

    @property
    def drift(self) -> list[Drift]:
        """What others have written, by tenant."""
        return sorted(self._changed | self._confirmed)

    @property
    def behind(self) -> int:
        """How many tenants wait for what is recorded of them."""
        return len(self._waits.since)

    @property
    def oldest_wait(self) -> Span:
        """For how long the oldest change has waited to be in force, as it was seen here."""
        return self._waits.longest(self._clock())

    @property
    def record_away(self) -> Span:
        """For how long the record has not answered."""
        return Span(0 if self._is_heard else self._clock() - self._heard_at)

    async def run(self, poll_s: float = POLL_S) -> None:
        """Project until cancelled: with each change, and each `poll_s` seconds."""
        away = Incident()
        while True:
            try:
                await self.round()
            except UnavailableError as error:
                self.is_current = False
                if away.happens(str(error)):
                    _log.warning("projection_waits", error=str(error), times=away.times)
            else:
                away.ends()
            end_if_cancelled()
            await self._record.woken(poll_s)

    async def round(self) -> None:
        """Bring what is wanted of all tenants, once; every so often look what others have written.

        Raises:
            UnavailableError: the record or Redis does not answer, or Redis is a projection of another record.
        """
        installation, standing = await self._heard()
        not_in_force = [one.tenant for one in standing if one.cell == self._cell and not one.in_force]
        self._waits = self._waits.seen({*self._waits.since, *not_in_force}, self._clock())
        if not await self._projection.claim(installation, self._cell):
            raise UnavailableError(
                "this Redis is managed by another record, or of another cell; see `alert-router control status`"
            )
        fences = await self._projection.fences([one.tenant for one in standing])
        waiting = lagging(standing, fences, self._cell)
        with_keys = keyed(standing, fences, self._cell)
        await self._keys.look(tenant for tenant in waiting if tenant in with_keys)
        left = [tenant for tenant in waiting if not await self._bring(tenant)]
        if self._rounds % LOOK_EVERY == 0 or waiting:
            await self._look(standing, waiting, ahead(standing, fences))
        self._rounds += 1
        self._waits = self._waits.seen(left, self._clock())
        self.is_current, self.succeeded_at = True, self._clock()

    async def _heard(self) -> tuple[str, list[Standing]]:
        """What the record is, and how its tenants stand."""
        try:
            found = await self._record.installation(), await self._record.standing()
        except UnavailableError:
            self._is_heard = False
            raise
        self._is_heard, self._heard_at = True, self._clock()
        return found

    async def _bring(self, tenant: TenantId) -> bool:
        """Bring what is wanted of a tenant; False where it stays as it is."""
        verdict = await self._record.bring(tenant, self._write)
        if verdict is Verdict.STORED:
            _log.info("projected", tenant=tenant)
        if verdict is Verdict.OPEN and self._incidents.happens(f"{tenant} leaves"):
            _log.warning("tenant_leaves_cell", tenant=tenant)
        return verdict in _BROUGHT

    async def _write(self, wanted: Wanted) -> Verdict:
        """What is wanted of a tenant of this cell; of another's no more than that it is there."""
        if wanted.cell == self._cell:
            return await self._projection.project(wanted)
        if not wanted.is_gone:
            return await self._projection.leave(wanted)
        verdict = await self._projection.project(wanted)
        return Verdict.ELSEWHERE if verdict in {Verdict.STORED, Verdict.SAME} else verdict

    async def _look(
        self, standing: Sequence[Standing], waiting: Sequence[TenantId], beyond: frozenset[Drift]
    ) -> None:
        here = [one for one in standing if one.cell == self._cell]
        there = [one.tenant for one in here if not one.is_gone]
        self._changed = changed(await self._projection.changed_by_others(there), beyond)
        settled = {one.tenant for one in here} - set(waiting)
        await self._keys.look(one for one in there if one in settled)
        recorded, found = await self._record.live_tokens(), await self._projection.tokens()
        suspected = token_drift(recorded, found, settled) | beyond
        self._confirmed, self._suspicion = self._suspicion.confirmed(suspected)
        for one in self._confirmed & beyond:
            await self._projection.disown(one.tenant)
        for one in self.drift:
            if self._incidents.happens(str(one)):
                _log.warning("drift", tenant=one.tenant, kind=one.kind, what=one.what)
