"""Marks and counters beside the state."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, Protocol

from router.core.model.alert import TenantId
from router.core.model.instant import Span
from router.core.model.key import GroupId

MARK_SLOTS: Final = 64
"""Marks of a tenant: groups share them, so that it costs the same however many there are."""
MARK_SIZE: Final = 8
"""Characters of a mark."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A tenant's data as a whole: its generation, the version of the active configuration, the marks of its groups.

    A group's mark is another one after each change of the group, except that the body that was folded into it last is
    folded again.
    """

    epoch: str
    version: int
    marks: str

    def mark(self, group: GroupId) -> str:
        """The mark of a group."""
        start = slot_of(group) * MARK_SIZE
        return self.marks[start : start + MARK_SIZE]


def slot_of(group: GroupId) -> int:
    """Which of the tenant's marks is the group's."""
    return int(group[:4], 16) % MARK_SLOTS


class GroupMarks(Protocol):
    """What tells whether anything has changed."""

    async def standings(self, tenants: Sequence[TenantId]) -> list[Standing | None]:
        """How each tenant stands; None for one without data, or for whom Redis does not answer.

        Raises:
            UnavailableError: it answers for none of them.
        """


class ConfigurationMarks(Protocol):
    """By which version of its configuration everything live of a tenant was routed."""

    async def routed(self, tenants: Sequence[TenantId]) -> list[int | None]:
        """The version of each tenant, 0 for none; None where Redis does not answer for it, but for others."""

    async def note_routed(self, tenant: TenantId, version: int) -> None:
        """All that is live has been routed by this version."""


class Notices(Protocol):
    """What a tenant was notified of a while ago, so that nobody is notified of the same thing all the time."""

    async def first(self, tenant: TenantId, subject: str, span: Span) -> bool:
        """Whether nobody has notified the tenant of this for so long; it is noted that somebody does now."""

    async def note(self, tenant: TenantId, subject: str, span: Span) -> None:
        """The tenant was notified of this: for so long nobody need be."""

    async def forget(self, tenant: TenantId, subject: str) -> None:
        """Nobody was notified after all."""


class Counters(Protocol):
    """Plain counters beside the books."""

    async def count(self, tenant: TenantId, counter: str, by: int) -> None:
        """Add to a counter."""


class DuplicateBooks(Protocol):
    """The books of alerts that brought nothing new."""

    async def count_duplicates(self, alerts: Mapping[TenantId, int]) -> AbstractSet[TenantId]:
        """So many alerts of each tenant were accepted, and duplicates; the tenants for whom it may not be counted."""
