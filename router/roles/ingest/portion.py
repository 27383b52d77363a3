"""Records in portions that one step can hold, each with the rules that it was cut by, and is routed by.

Labels are ignored before a body is cut: replicas of one alert may stand far apart in it. What a body says as a whole
comes once all of its alerts are in: that all have ended, to every alert group that any of its portions touched.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from router.core.model.alert import AlertId
from router.core.model.key import GroupKey
from router.core.model.observation import Observations
from router.core.model.rules.tenant import Tenant
from router.core.route.erased import without_erased
from router.core.route.identity import identified
from router.core.route.tree import Assignment, assign
from router.core.route.turns import pieces
from router.roles.ingest.merge import PIECE
from router.roles.ingest.pace import Pace
from router.roles.ingest.read import ReadRecord


@dataclass(eq=False, slots=True)
class Body:
    """A record, the rules that it is folded by, and where its alerts went so far if all have ended."""

    source: ReadRecord
    tenant: Tenant
    touched: dict[GroupKey, Assignment] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """What its bytes are known by in the groups that they are folded into."""
        return b64encode(self.source.digest[:12]).decode()

    def portions(self, size: int) -> list["Portion"]:
        """All of its alerts, in portions of at most `size`."""
        seen = replace(identified(self.source.seen, self.tenant.ignored_labels), all_ended=False)
        chunks = list(seen.chunks(size)) or [seen]
        return [Portion(self, part, is_last=part is chunks[-1]) for part in chunks]

    def endings(self, part: Assignment, stored: Sequence[AlertId], size: int) -> Iterator["Portion"]:
        """That all have ended, once all of them are in: for the alerts stored of a group that it touched."""
        for start in range(0, max(len(stored), 1), size):
            seen = replace(part.seen, ends=tuple(stored[start : start + size]))
            yield Portion(self, seen, replace(part, seen=seen))


@dataclass(frozen=True, slots=True)
class Portion:
    """What of a body one step takes in: some of its alerts, or none and what all of it means for a group."""

    body: Body
    seen: Observations
    ending: Assignment | None = None
    is_last: bool = False

    async def routed(self, pace: Pace) -> Sequence[Assignment]:
        """What of it belongs to which group, found with turns for others in between."""
        if self.ending is not None:
            return (self.ending,)
        tenant, parts = self.body.tenant, list[Assignment]()
        seen = without_erased(self.seen, tenant.erased)
        for piece in pieces(tenant, seen, PIECE):
            parts += assign(tenant, piece)
            await pace.rest()
        for part in parts if self.body.source.seen.all_ended else ():
            self.body.touched.setdefault(part.key, replace(part, seen=self.body.source.seen.only(())))
        return parts
