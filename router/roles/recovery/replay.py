"""What came in is read once more for tenants whose data was lost, from the outside of the consumer group.

Folding again is free of harm, but it costs, and only these tenants need it: nobody else's records are read again, and
nothing that was committed is taken back. What cannot be read was dead-lettered when it came, and is passed over.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.errors import PayloadError
from router.ports.clock import Clock
from router.ports.kafka import Record
from router.ports.recovery import Past
from router.roles.ingest.dead_letters import DeadLetters
from router.roles.ingest.folding import Folding
from router.roles.ingest.read import RecordReader
from router.roles.ingest.share import owner_of


class NoLetters(DeadLetters):
    """Bad records of a replay are dead-lettered already."""

    async def add(
        self,
        record: Record,
        tenant: TenantId | None,
        error: PayloadError,
        stage: str = "",
        part: bytes | None = None,
    ) -> None:
        """Nothing is to be done."""


@dataclass(frozen=True, slots=True)
class Replay:
    """Reads again, and folds."""

    past: Past
    reader: RecordReader
    folding: Folding
    clock: Clock
    bound: Mapping[str, str]

    async def replay(self, tenants: Collection[TenantId], since: Instant) -> int:
        """Fold what has come for these tenants since then; how many records that were.

        Raises:
            UnavailableError: an engine does not answer, or a tenant's data is lost again.
        """
        count = 0
        async for batch in self.past.received(since):
            mine = [one for one in batch if owner_of(one, self.bound) in tenants]
            await self._fold(mine)
            count += len(mine)
        return count

    async def count(self, tenants: Collection[TenantId], since: Instant) -> int:
        """How many records would be read again."""
        batches = [batch async for batch in self.past.received(since)]
        return sum(owner_of(one, self.bound) in tenants for batch in batches for one in batch)

    async def _fold(self, records: Sequence[Record]) -> None:
        now = await self.clock.now()
        found = [(await self.reader.read(one, now)).record for one in records]
        read = [one for one in found if one is not None]
        if read:
            await self.folding.fold(read)
