"""What folding a batch teaches: bodies that would bring nothing if they came again."""

from collections.abc import Mapping, Sequence
from typing import Final

from router.core.model.alert import Status, TenantId
from router.core.model.instant import Instant
from router.core.model.key import GroupId
from router.ports.kafka import Record, record_key
from router.ports.marks import Standing
from router.roles.ingest.known import MAX_GROUPS, Known, KnownBodies, standing_of
from router.roles.ingest.read import ReadRecord

_Place = tuple[str, int, int]


class Learning:
    """The batch in hand: how tenants stood before it, and what of it was folded."""

    def __init__(self, bodies: KnownBodies) -> None:
        self.bodies: Final = bodies
        self._standings: Mapping[TenantId, Standing] = {}
        self._now: Instant | None = None
        self._folded: set[_Place] = set()

    def begin(self, standings: Mapping[TenantId, Standing], now: Instant | None) -> None:
        """A batch begins; nothing of it is folded yet."""
        self._standings, self._now = standings, now
        self._folded.clear()

    def has_folded(self, record: Record) -> bool:
        """Whether all of the record was folded."""
        return (record.topic, record.partition, record.offset) in self._folded

    def landed(self, one: ReadRecord, groups: Sequence[GroupId], alerts: int) -> None:
        """A record was folded into these groups; none where it meant more than its alerts alone."""
        if not one.is_whole:
            return
        record = one.record
        self._folded.add((record.topic, record.partition, record.offset))
        if not groups or len(groups) > MAX_GROUPS or not _says_all(one):
            return
        self.bodies.note(one.tenant, one.digest, self._known(one, tuple(groups), alerts))

    def _known(self, one: ReadRecord, groups: tuple[GroupId, ...], alerts: int) -> Known | None:
        standing, record = self._standings.get(one.tenant), one.record
        if standing is None or self._now is None or not self.bodies.is_noted(one.tenant, one.digest):
            return None
        place = record.topic, record.partition, record.key
        stood = standing_of(standing, groups)
        return Known(place, one.seen.observed, self._now, groups, alerts, stood)


def _says_all(one: ReadRecord) -> bool:
    """Whether a body means what its alerts mean, here alone: an end holds in all groups, what is left out is unknown.

    Only what came by the gateway's own key is in order.
    """
    seen = one.seen
    if seen.truncated or seen.unsent or seen.all_ended:
        return False
    if one.record.key != record_key(one.tenant, seen.sender_group):
        return False
    return all(alert.status is Status.FIRING for alert in seen.alerts)
