"""What folding a batch teaches: bodies that would bring nothing if they came again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from router.core.model.alert import Status, TenantId
from router.core.model.instant import Instant
from router.core.model.key import GroupId
from router.ports.kafka import Record, record_key
from router.ports.marks import Standing
from router.ports.sealing import Naming
from router.roles.ingest.known import MAX_GROUPS, Known, KnownBodies, standing_of
from router.roles.ingest.read import ReadRecord

_Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Outset:
    """How tenants stood when a batch began, and when that was."""

    standings: Mapping[TenantId, Standing]
    now: Instant | None


class Learning:
    """The batches under way: how tenants stood before each, and what of it was folded; `names` of a tenant."""

    def __init__(self, bodies: KnownBodies, names: Callable[[TenantId], Naming | None] = lambda _: None) -> None:
        self.bodies: Final = bodies
        self._names = names
        self._outsets: dict[_Place, Outset] = {}
        self._folded: set[_Place] = set()

    def begin(self, records: Iterable[Record], outset: Outset) -> None:
        """These are to be folded; none of them is yet."""
        self._outsets.update((_place(one), outset) for one in records)

    def end(self, records: Iterable[Record]) -> None:
        """These have been folded, or have not."""
        for place in map(_place, records):
            self._outsets.pop(place, None)
            self._folded.discard(place)

    def has_folded(self, record: Record) -> bool:
        """Whether all of the record was folded."""
        return _place(record) in self._folded

    def landed(self, one: ReadRecord, groups: Sequence[GroupId], alerts: int) -> None:
        """A record was folded into these groups; none where it meant more than its alerts alone."""
        outset = self._outsets.get(_place(one.record))
        if not one.is_whole or outset is None:
            return
        self._folded.add(_place(one.record))
        if not groups or len(groups) > MAX_GROUPS or not _says_all(one) or not self._is_in_order(one):
            return
        self.bodies.note(one.tenant, one.digest, self._known(one, outset, tuple(groups), alerts))

    def _is_in_order(self, one: ReadRecord) -> bool:
        """Whether it came by the gateway's own key, as a digest or named."""
        own = record_key(one.tenant, one.seen.sender_group)
        names = self._names(one.tenant)
        return one.record.key == own or (names is not None and one.record.key == names.of_record(own))

    def _known(self, one: ReadRecord, outset: Outset, groups: tuple[GroupId, ...], alerts: int) -> Known | None:
        standing, record = outset.standings.get(one.tenant), one.record
        if standing is None or outset.now is None or not self.bodies.is_noted(one.tenant, one.digest):
            return None
        place = record.topic, record.partition, record.key
        return Known(place, one.seen.observed, outset.now, groups, alerts, standing_of(standing, groups))


def _place(record: Record) -> _Place:
    return record.topic, record.partition, record.offset


def _says_all(one: ReadRecord) -> bool:
    """Whether a body means what its alerts mean: an end holds in all groups, what is left out is unknown."""
    seen = one.seen
    if seen.truncated or seen.unsent or seen.all_ended:
        return False
    return all(alert.status is Status.FIRING for alert in seen.alerts)
