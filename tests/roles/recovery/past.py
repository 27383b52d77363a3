"""What went before, as the fakes of a site remember it."""

from collections.abc import AsyncIterator, Sequence
from itertools import count

from router.core.decide.policy import CallTimes
from router.core.model.instant import NEVER, Instant
from router.ports.kafka import Record
from router.roles.ingest.dead_letters import LetterTopics
from router.roles.ingest.folding import Folding
from router.roles.ingest.read import RecordReader
from router.roles.ingest.refused import RefusedAlerts
from router.roles.recovery.adoption import Adoption
from router.roles.recovery.recovery import Recovery, Sources
from router.roles.recovery.replay import NoLetters, Replay
from router.roles.watchdog.beats import Noting
from tests.adapters.builders import NOON
from tests.roles.builders import DEAD, EVENTS
from tests.roles.worker import Worker


class FakePast:
    """The events of a site, and the records that a test has had taken."""

    def __init__(self, worker: Worker) -> None:
        self._log = worker.site.records
        self.inbound: list[Record] = []
        self.read_since: list[Instant] = []
        self.events_read = 0

    async def exists(self) -> bool:
        return bool(self._events())

    async def events(self, since: Instant = NEVER) -> AsyncIterator[Sequence[Record]]:
        self.events_read += 1
        for one in self._events():
            yield [one]

    async def received(self, since: Instant) -> AsyncIterator[Sequence[Record]]:
        self.read_since.append(since)
        yield [one for one in self.inbound if one.timestamp >= since]

    def _events(self) -> list[Record]:
        found = [one for one in self._log.records if one.topic == EVENTS]
        numbers = count()
        return [Record(EVENTS, 0, next(numbers), NOON, one.key, one.value, ()) for one in found]


def a_recovery(worker: Worker, past: FakePast, name: str = "one") -> Recovery:
    """What puts lost data together at this worker."""
    site = worker.site
    letters = NoLetters(site.records, site.books, LetterTopics(DEAD, EVENTS), worker.origins, worker.metrics)
    reader = RecordReader(
        worker.tenants, letters, worker.metrics, worker.reader.bound, worker.origins, worker.reader.skew
    )
    folding = Folding(
        worker.tenants, worker.regrouping, RefusedAlerts(letters, worker.metrics), Noting(site.heartbeats)
    )
    return Recovery(
        worker.tenants,
        Sources(site.generations, site.proofs, past, site.clock),
        Adoption(site.groups, worker.transitions, site.clock, CallTimes()),
        Replay(past, reader, folding, site.clock, worker.reader.bound),
        name,
    )
