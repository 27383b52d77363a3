"""Records to stored alert groups: parse, route, fold. Returns when every record has its end, or raises.

What cannot be read is dead-lettered with reason and origin before anything is committed; an engine that does not
answer raises UnavailableError, and the same records come again, which changes nothing but plain counters.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from router.core.model.alert import AlertId, TenantId
from router.core.model.key import GroupKey
from router.core.model.tenant import ReceiverName, Tenant
from router.core.route.tree import assign
from router.errors import PayloadError, RouterError, UnavailableError
from router.ports.clock import Clock
from router.ports.kafka import Record
from router.roles.ingest.dead_letters import DeadLetters
from router.roles.ingest.merge import Work
from router.roles.ingest.read import ReadRecord, RecordReader
from router.roles.ingest.regroup import Regrouping
from router.roles.tenants import ActiveTenants

_ATTEMPTS: Final = 20


_Alert = tuple[TenantId, ReceiverName, AlertId]


@dataclass(slots=True)
class _Run:
    """Records to be merged in one step: what is to be merged where, and the records that it came from."""

    work: dict[tuple[TenantId, GroupKey], Work] = field(default_factory=dict)
    sources: dict[tuple[TenantId, GroupKey], list[ReadRecord]] = field(default_factory=dict)
    groups: dict[_Alert, set[GroupKey]] = field(default_factory=dict)

    def add(self, one: ReadRecord, tenant: Tenant) -> bool:
        """Take in one more record; not one that brings an alert of an earlier one in another group."""
        parts = assign(tenant, one.seen)
        groups: dict[_Alert, set[GroupKey]] = {}
        for part in parts:
            for alert in part.seen.alerts:
                groups.setdefault((one.tenant, part.key.receiver, alert.alert_id), set()).add(part.key)
        if any(self.groups.get(alert, keys) != keys for alert, keys in groups.items()):
            return False
        self.groups |= groups
        for part in parts:
            place = (one.tenant, part.key)
            self.work.setdefault(place, Work(tenant, part.key, part.timing)).add(part.seen)
            self.sources.setdefault(place, []).append(one)
        return True


class Ingest:
    """The first half of a worker."""

    def __init__(
        self,
        reader: RecordReader,
        tenants: ActiveTenants,
        merging: Regrouping,
        dead_letters: DeadLetters,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._tenants = tenants
        self._merging = merging
        self._dead_letters = dead_letters
        self._clock = clock
        self._wake = wake
        self._log = structlog.get_logger("router.ingest")

    async def handle(self, records: Sequence[Record]) -> None:
        """Bring every record of a batch to its end.

        A record that meets an error of ours is found out alone and dead-lettered, so that it stops nobody else's.

        Raises:
            UnavailableError: an engine does not answer; hand the same records over again.
        """
        try:
            await self._handle(records)
        except RouterError:
            raise
        except Exception as error:  # noqa: BLE001 - one place; the record is found out and set aside
            self._log.exception("ingest_failed", records=len(records))
            await self._handle_alone(records, error)

    async def _handle_alone(self, records: Sequence[Record], error: Exception) -> None:
        if len(records) == 1:
            await self._dead_letters.add(records[0], None, PayloadError("internal_error", type(error).__name__))
            return
        for record in records:
            await self.handle([record])

    async def _handle(self, records: Sequence[Record]) -> None:
        now = await self._clock.now()
        read = [one for record in records if (one := await self._reader.read(record, now)) is not None]
        bad = len(records) - len(read)
        if bad > len(read):
            self._log.error("most_records_are_bad", bad=bad, records=len(records))
        await self._merge_all(read)
        self._wake()

    async def _merge_all(self, read: Sequence[ReadRecord]) -> None:
        """Merge run after run; what was routed by a configuration that has changed meanwhile comes once more."""
        attempts = 0
        while read:
            run, count = self._next_run(read)
            outdated = await self._merge(run)
            attempts = attempts + 1 if outdated else 0
            if attempts == _ATTEMPTS:
                raise UnavailableError("configurations change faster than alerts can be routed")
            again = [one for one in read[:count] if one.tenant in outdated]
            read = [*again, *read[count:]]

    def _next_run(self, read: Sequence[ReadRecord]) -> tuple[_Run, int]:
        """The first records that can be merged in one step, and how many they are."""
        run = _Run()
        for count, one in enumerate(read):
            tenant = self._tenants.get(one.tenant)
            if tenant is None:
                raise UnavailableError(f"tenant {one.tenant!r} was removed meanwhile")
            if not run.add(one, tenant):
                return run, count
        return run, len(read)

    async def _merge(self, run: _Run) -> frozenset[TenantId]:
        """Merge what was read; the tenants whose configuration has changed meanwhile."""
        merged = await self._merging.merge(list(run.work.values()))
        places = [place for place in merged.unreadable if place[0] not in merged.outdated]
        refused = {id(one): one for place in places for one in run.sources.get(place, ())}
        for one in refused.values():
            error = PayloadError("group_unreadable", "a group that it belongs to is stored in a form not known here")
            await self._dead_letters.add(one.record, one.tenant, error, stage="fold")
        return merged.outdated
