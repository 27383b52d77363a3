"""Records to stored alert groups: parse, route, fold. Returns when every record has its end, or raises.

What cannot be read is dead-lettered with reason and origin before anything is committed; an engine that does not
answer raises UnavailableError, and the same records come again, which changes nothing but plain counters.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.core.model.key import GroupKey
from router.core.route.tree import assign
from router.errors import PayloadError, RouterError, UnavailableError
from router.ports.clock import Clock
from router.ports.kafka import Record
from router.roles.ingest.dead_letters import DeadLetters
from router.roles.ingest.merge import Merging, Work
from router.roles.ingest.read import ReadRecord, RecordReader
from router.roles.tenants import ActiveTenants

_ATTEMPTS: Final = 20


@dataclass(slots=True)
class _Assigned:
    """What is to be merged, and the records that it came from."""

    work: dict[tuple[TenantId, GroupKey], Work] = field(default_factory=dict)
    sources: dict[tuple[TenantId, GroupKey], list[ReadRecord]] = field(default_factory=dict)


class Ingest:
    """The first half of a worker."""

    def __init__(
        self,
        reader: RecordReader,
        tenants: ActiveTenants,
        merging: Merging,
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
        for _ in range(_ATTEMPTS):
            if not read:
                break
            read = await self._merge(read)
        if read:
            raise UnavailableError("configurations change faster than alerts can be routed")
        self._wake()

    async def _merge(self, read: Sequence[ReadRecord]) -> list[ReadRecord]:
        """Merge what was read; the records whose tenant's configuration has changed meanwhile."""
        assigned = self._assign(read)
        merged = await self._merging.merge(list(assigned.work.values()))
        places = [place for place in merged.unreadable if place[0] not in merged.outdated]
        refused = {id(one): one for place in places for one in assigned.sources[place]}
        for one in refused.values():
            error = PayloadError("group_unreadable", "a group that it belongs to is stored in a form not known here")
            await self._dead_letters.add(one.record, one.tenant, error, stage="fold")
        return [one for one in read if one.tenant in merged.outdated]

    def _assign(self, read: Sequence[ReadRecord]) -> _Assigned:
        assigned = _Assigned()
        for one in read:
            tenant = self._tenants.get(one.tenant)
            if tenant is None:
                raise UnavailableError(f"tenant {one.tenant!r} was removed meanwhile")
            for part in assign(tenant, one.seen):
                place = (one.tenant, part.key)
                assigned.work.setdefault(place, Work(tenant, part.key, part.timing)).add(part.seen)
                assigned.sources.setdefault(place, []).append(one)
        return assigned
