"""Groups that this process has just stored, whole, for the turn that follows: it need not read them again.

A guess and no more: whoever changes a group compares its revision, so one that has moved on is read and tried again.
"""

from collections.abc import Iterable
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.key import GroupId
from router.core.model.operation import Lane
from router.core.model.phase import Queued

KEPT: Final = 1_000
"""Groups that are kept; of more the oldest are forgotten, and read where they are needed."""
ROOM: Final = 8 << 20
"""Characters of labels and annotations in them, by the same rule: some 13,000 alerts as they usually are."""


class JustStored:
    """New groups that went into a lane, each until its turn."""

    def __init__(self) -> None:
        self._groups: dict[tuple[TenantId, GroupId], AlertGroup] = {}
        self._characters = 0
        self._lanes: dict[TenantId, dict[Lane, None]] = {}

    def note(self, tenant: TenantId, group: AlertGroup) -> None:
        """A new group was stored like this."""
        if not isinstance(group.phase, Queued):
            return
        self._pop(tenant, group.key.group_id)
        self._groups[tenant, group.key.group_id] = group
        self._characters += _characters(group)
        self._lanes.setdefault(tenant, {})[group.phase.lane] = None
        while len(self._groups) > KEPT or self._characters > ROOM:
            self._pop(*next(iter(self._groups)))

    def forget(self, tenant: TenantId, group: GroupId) -> None:
        """The group has been stored again, and was perhaps read in parts."""
        self._pop(tenant, group)

    def take_lanes(self, tenant: TenantId) -> tuple[Lane, ...]:
        """The lanes that groups of the tenant went into since it was last asked."""
        return tuple(self._lanes.pop(tenant, ()))

    def take(self, tenant: TenantId, groups: Iterable[GroupId]) -> dict[GroupId, AlertGroup]:
        """Those of these groups that are known, each once."""
        found = {group: self._pop(tenant, group) for group in groups}
        return {group: one for group, one in found.items() if one is not None}

    def _pop(self, tenant: TenantId, group: GroupId) -> AlertGroup | None:
        found = self._groups.pop((tenant, group), None)
        if found is not None:
            self._characters -= _characters(found)
        return found


def _characters(group: AlertGroup) -> int:
    contents = (alert.content for alert in group.alerts.values() if alert.content is not None)
    texts = (text for one in contents for pairs in (one.labels, one.annotations) for text in pairs.values())
    return sum(map(len, texts))
