"""Stored alert groups, compared and set; and the events stored beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from router.core.context.episodes import EndedEpisode
from router.core.context.listing import ListingChange
from router.core.digest.share import Share
from router.core.model.alert import AlertId, TenantId
from router.core.model.event import Numbered
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant, Span
from router.core.model.key import GroupId, GroupKey
from router.core.model.phase import Held, Sending
from router.core.model.rules.inhibit import SourceKey
from router.core.model.rules.limits import Caps
from router.core.model.rules.metric import Counts
from router.core.model.rules.names import ReceiverName
from router.core.model.transition import Transition
from router.core.mute.inhibition import SourceChanges


class ApplyResult(StrEnum):
    """What became of a transition."""

    OK = "ok"
    CONFLICT = "conflict"
    """The group has moved on: read it again."""
    RELOAD = "reload"
    """Another version of the tenant's configuration is active."""
    REBUILD = "rebuild"
    """The tenant's data is gone."""
    HELD = "held"
    """Sending for the tenant is on hold: no call may begin."""
    FULL = "full"
    """It would store more than its caps allow; nothing was stored."""


@dataclass(frozen=True, slots=True)
class StoreTransition:
    """One transition to store. `config_version` None: it holds under any configuration (a call was answered).

    With `caps` it is refused where the tenant's stored alerts, groups or bytes would grow beyond them. With
    `needs_memory` it is stored only while Redis is not full; any other is stored in any case.
    """

    tenant: TenantId
    before: AlertGroup
    transition: Transition
    now: Instant
    keep: Span
    config_version: int | None = None
    caps: Caps | None = None
    needs_memory: bool = False
    body: str = ""
    """The digest of the body that it folds in; "" for several, and for all else."""
    sources: SourceChanges = field(default_factory=dict)
    """What of its alerts inhibits others from now on, and what no longer does."""
    awaits: frozenset[SourceKey] = frozenset()
    """The sources by which it was decided: when none is left under one of the keys, the group is due at once."""
    listing: ListingChange | None = None
    """What the messages of others may name of it from now on; None: as before."""
    ended: EndedEpisode | None = None
    """The episode that it shows to be over."""
    counts: Counts = field(default_factory=dict)
    """What it adds to the tenant's own metrics."""

    @property
    def leaves_due(self) -> bool:
        """Whether it leaves alone when the group is looked at: the end of a source may have brought that forward.

        That is so where it is held back and nothing has been decided of it; who decides makes a phase of its own.
        """
        after = self.transition.after.phase
        return isinstance(after, Held) and after is self.before.phase

    @property
    def frees_others(self) -> bool:
        """Whether alerts end that may have held others back."""
        return any(one.ended for one in self.sources.values())

    @property
    def begins_call(self) -> bool:
        """Whether it claims a call to Slack, which is refused while sending is on hold."""
        before, after = self.before.phase, self.transition.after.phase
        goes_on = isinstance(before, Sending) and isinstance(after, Sending) and before.lease == after.lease
        return isinstance(after, Sending) and not goes_on


@dataclass(frozen=True, slots=True)
class UnknownForm:
    """A stored group that this program cannot read: written by a newer one, or damaged. It is left as it is."""

    group: GroupId
    form: str
    rev: str = field(default="", compare=False)
    """The number of its last transition, as every form has it."""


Loaded = AlertGroup | UnknownForm
NextDue = Mapping[TenantId, Instant]
"""When tenants have work next, NEVER for none."""


class GroupStates(Protocol):
    """Stored alert groups."""

    async def load(self, tenant: TenantId, ids: Sequence[GroupId]) -> list[Loaded | None]:
        """Whole groups, in the order asked for; None where there is none."""

    async def load_parts(self, wanted: Sequence[tuple[TenantId, GroupKey, Sequence[AlertId]]]) -> list[Loaded]:
        """Each group with only the named alerts; a new one where none is stored."""

    async def find_parts(self, wanted: Sequence[tuple[TenantId, GroupId, Sequence[AlertId]]]) -> list[Loaded | None]:
        """Each group, by its id, with only the named alerts; None where there is none."""

    async def members(self, tenant: TenantId, ids: Sequence[GroupId]) -> list[Sequence[AlertId]]:
        """The alerts of each group, in no order; none where there is no group."""

    async def firing_in(
        self, wanted: Sequence[tuple[TenantId, ReceiverName, Sequence[AlertId]]]
    ) -> list[Mapping[AlertId, Sequence[GroupId]]]:
        """For each receiver the groups in which these alerts fire; of very many alerts not all are known."""

    async def shares(
        self, tenant: TenantId, digest: AlertGroup, groups: Sequence[GroupId]
    ) -> Mapping[GroupId, Share]:
        """What a digest counts of each of these groups; those of which it counts nothing are left out."""

    async def apply(self, transitions: Sequence[StoreTransition]) -> tuple[list[ApplyResult], NextDue]:
        """Store each transition, whole or not at all; and when the tenants of what was stored have work next."""


class Health(Protocol):
    """Redis as a whole, whatever is wrong with one tenant's part of it."""

    async def check(self) -> None:
        """Raise UnavailableError unless Redis answers and takes writes."""


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One event that is not in Kafka yet: `key` and `event` as they go there, `entry` to remove it by."""

    entry: str
    key: str
    event: str


MAX_EVENTS_WAITING: Final = 10_000
"""Events of a tenant that wait for Kafka; beyond, the oldest are dropped and counted in the books."""
EVENTS_AT_ONCE: Final = 200
"""Events that one reading of an outbox answers at most."""


class Outbox(Protocol):
    """Events stored beside the state, until they are in Kafka."""

    async def read(self, tenant: TenantId) -> list[OutboxEntry]:
        """The oldest events; fewer than `EVENTS_AT_ONCE` are all that there are."""

    async def remove(self, tenant: TenantId, entries: Sequence[str]) -> None:
        """Forget events that are in Kafka now."""

    async def waiting(self, tenants: Sequence[TenantId]) -> int:
        """How many events these tenants have that are not in Kafka yet."""

    async def last(self, tenant: TenantId) -> Numbered | None:
        """The newest event that there ever was of a tenant; None where there was none, or its data was lost."""
