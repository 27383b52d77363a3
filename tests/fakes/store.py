"""All that Redis holds, in memory: what the fakes of its ports share."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from router.adapters.redis import codec
from router.core.context.episodes import Episode
from router.core.context.listing import ListingChange
from router.core.decide.heartbeat import Beat
from router.core.digest.share import Share
from router.core.model.alert import AlertId, TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import MILLISECOND, NEVER, Instant
from router.core.model.key import GroupId
from router.core.model.operation import Lane
from router.core.model.phase import Queued
from router.core.model.rules.inhibit import SourceKey
from router.core.model.rules.limits import Caps
from router.core.model.rules.metric import MetricId, SeriesLabels, Sums
from router.core.model.rules.silence import Silence
from router.core.pool import Pool
from router.core.slack.new_block import NewBlock
from router.ports.generation import Generation
from router.ports.slack import BlockTrial, Identity
from router.ports.state import Loaded, OutboxEntry, UnknownForm
from router.ports.subjects import SubjectList
from router.ports.tenants import ActiveDocument
from tests.fakes.clock import FakeClock
from tests.fakes.faults import Faults

Member = TypeVar("Member", GroupId, TenantId, GroupId | Lane)


@dataclass
class TenantData:
    """One tenant's data; `due` and `lanes` hold scores, `active` is the version that holds and 0 for none."""

    epoch: bool = False
    unproven: bool = False
    active: int = 0
    groups: dict[GroupId, Loaded] = field(default_factory=dict)
    due: dict[GroupId | Lane, int] = field(default_factory=dict)
    lanes: defaultdict[Lane, dict[GroupId, tuple[int, int]]] = field(default_factory=lambda: defaultdict(dict))
    where: defaultdict[str, dict[AlertId, list[GroupId]]] = field(default_factory=lambda: defaultdict(dict))
    books: Counter[str] = field(default_factory=Counter)
    outbox: list[OutboxEntry] = field(default_factory=list)
    events: int = 0
    events_since: int = 0
    routed: int = 0
    document: ActiveDocument | None = None
    silences: dict[str, Silence] = field(default_factory=dict)
    subjects: SubjectList = field(default_factory=SubjectList)
    bodies: dict[GroupId, str] = field(default_factory=dict)
    marks: dict[int, int] = field(default_factory=dict)
    shares: defaultdict[tuple[GroupId, int], dict[GroupId, Share]] = field(default_factory=lambda: defaultdict(dict))
    """What each digest, in each of its lives, counts of its groups."""

    sources: defaultdict[SourceKey, dict[tuple[GroupId, AlertId], int]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """Alerts that inhibit others, by until when they count, in ms."""

    awaiting: defaultdict[SourceKey, set[GroupId]] = field(default_factory=lambda: defaultdict(set))
    listed: dict[GroupId, ListingChange] = field(default_factory=dict)
    episodes: dict[GroupId, tuple[Episode, ...]] = field(default_factory=dict)
    held_with_all: bool = False
    counts: dict[MetricId, dict[SeriesLabels, Sums]] = field(default_factory=dict)

    @property
    def is_held(self) -> bool:
        """Whether no call may begin."""
        return self.held_with_all or (self.document is not None and self.document.suspended_since != NEVER)

    @property
    def next_due(self) -> Instant:
        """When there is work next, NEVER for none."""
        return Instant(min(self.due.values()) * MILLISECOND) if self.due else NEVER

    def size(self) -> Caps:
        """What is stored, as the engine counts it; a group that cannot be read counts for nothing but itself."""
        groups = [one for one in self.groups.values() if isinstance(one, AlertGroup)]
        alive = [one for one in groups if not one.closed]
        written = [codec.encode_head(one) | codec.encode_changes(AlertGroup(one.key), one)[0] for one in groups]
        size = sum(len(name.encode()) + len(text.encode()) for fields in written for name, text in fields.items())
        return Caps(sum(one.firing for one in alive if one.digest is None), len(alive), size)

    def is_queued(self, group: GroupId, lane: Lane) -> bool:
        """Whether the group, as it is stored, stands in that lane."""
        stored = self.groups.get(group)
        return isinstance(stored, AlertGroup) and isinstance(stored.phase, Queued) and stored.phase.lane == lane


class FakeStore:
    """The data of all tenants, and the index over them."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.clock = FakeClock(self.faults)
        self.tenants: defaultdict[TenantId, TenantData] = defaultdict(TenantData)
        self.turns: dict[TenantId, int] = {}
        self.watched_until: dict[Pool, Instant] = {}
        self.turns_of_pools: dict[Pool, dict[TenantId, int]] = {}
        self.served: dict[TenantId, int] = {}
        self.announced: dict[TenantId, int] = {}
        self.held_since = NEVER
        self.beats: defaultdict[TenantId, dict[str, Beat]] = defaultdict(dict)
        self.removed: set[TenantId] = set()
        self.erased: set[TenantId] = set()
        self.paused: set[TenantId] = set()
        """Suspended tenants of whom nothing else is there."""
        self.generation: Generation | None = None
        self.sequence = 0
        self.changes = 0
        """Changes of groups, of which each gives a mark."""
        self.tokens: dict[str, TenantId] = {}
        self.announced_tokens: dict[str, TenantId] = {}
        self.token_changes: dict[str, int] = {}
        self.token_uses: set[str] = set()
        self.workspaces: dict[str, Identity] = {}
        self.tried: dict[str, dict[NewBlock, BlockTrial]] = {}
        self.unanswered: set[TenantId] = set()
        """Tenants that bulk reads leave out: of a cluster, their part is away."""

    def announce(self, tenant: TenantId) -> None:
        """Something of the tenant is new to whoever follows the sequence."""
        self.sequence += 1
        self.announced[tenant] = self.sequence

    def group(self, tenant: TenantId, group: GroupId) -> AlertGroup:
        """A stored group that can be read."""
        stored = self.tenants[tenant].groups[group]
        assert isinstance(stored, AlertGroup)
        return stored

    def garble(self, tenant: TenantId, group: GroupId) -> None:
        """A newer program stores this group."""
        self.tenants[tenant].groups[group] = UnknownForm(group, "99")

    def expire(self, tenant: TenantId, group: GroupId) -> None:
        """The group's time is over; where it was listed it still is."""
        del self.tenants[tenant].groups[group]

    def lose(self, tenant: TenantId) -> None:
        """The tenant's data is gone, and nobody has removed the tenant."""
        self.tenants[tenant] = TenantData(document=self.tenants[tenant].document)

    def wipe(self) -> None:
        """Everything is gone."""
        self.tenants.clear()
        self.turns.clear()
        self.turns_of_pools.clear()
        self.served.clear()
        self.announced.clear()
        self.removed.clear()
        self.paused.clear()
        self.generation = None
        self.tokens.clear()
        self.announced_tokens.clear()
        self.token_changes.clear()
        self.token_uses.clear()
        self.workspaces.clear()
        self.tried.clear()


def in_order(scores: Mapping[Member, int | tuple[int, int]]) -> list[Member]:
    """Members by score, then by name."""
    return sorted(scores, key=lambda member: (scores[member], str(member)))


def due_ms(instant: Instant) -> int:
    """The millisecond in which an instant has been reached."""
    return -(-instant // MILLISECOND)


def reached_ms(now: Instant) -> int:
    """The last millisecond that has been reached."""
    return now // MILLISECOND
