"""Alert groups as commands print them, wherever they were read: here, or by a control API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from router.control.group_json import MAX_ALERTS, alert_json, group_json, whole_json
from router.control.groups import LiveGroups, ShownAlert, ShownGroup, wanted_matchers
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.core.model.key import GroupId


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert of a group; `labels` is None where they are not kept, `started` is when it began."""

    labels: Mapping[str, str] | None
    status: str
    shown: str
    started: Instant


@dataclass(frozen=True, slots=True)
class GroupRow:
    """How a group stands; `since` is NEVER where nothing fires. `fields` is all of it, for programs.

    `alerts` are those that are shown, where one group alone was asked for, and `besides` is how many are not.
    """

    group: str
    labels: Mapping[str, str]
    channel: str
    phase: str
    firing: int
    since: Instant
    fields: Mapping[str, Any]
    alerts: Sequence[AlertRow] = ()
    besides: int = 0


class Groups(Protocol):
    """A tenant's alert groups, as they stand now."""

    async def some(self, tenant: TenantId, wanted: Sequence[str], limit: int) -> list[GroupRow]:
        """Groups that are open, with an alert that fits these matchers, at most so many."""

    async def one(self, tenant: TenantId, group: GroupId) -> GroupRow:
        """A group with its alerts, open or not."""


@dataclass(frozen=True, slots=True)
class GroupsHere:
    """See `Groups`; of Redis."""

    live: LiveGroups

    async def some(self, tenant: TenantId, wanted: Sequence[str], limit: int) -> list[GroupRow]:
        """The groups; raises as `LiveGroups.page`."""
        matchers, found, after = wanted_matchers(wanted), list[GroupRow](), GroupId("")
        while len(found) < limit:
            page = await self.live.page(tenant, matchers, after, limit - len(found))
            found += [_row(one, group_json(one)) for one in page.groups]
            after = page.after
            if not after:
                break
        return found

    async def one(self, tenant: TenantId, group: GroupId) -> GroupRow:
        """The group; raises as `LiveGroups.find`."""
        found = await self.live.find(tenant, group)
        alerts = tuple(map(_alert, found.alerts[:MAX_ALERTS]))
        return _row(found, whole_json(found), alerts, max(0, len(found.alerts) - MAX_ALERTS))


def _row(one: ShownGroup, fields: Mapping[str, Any], alerts: Sequence[AlertRow] = (), besides: int = 0) -> GroupRow:
    group = one.group
    phase = type(group.phase).__name__.lower()
    return GroupRow(
        group.key.group_id, one.labels, one.channel, phase, group.firing, one.since, fields, alerts, besides
    )


def _alert(one: ShownAlert) -> AlertRow:
    fields = alert_json(one)
    registers = one.state.registers
    return AlertRow(one.labels, fields["status"], fields["shown"] or "", registers.start or NEVER)
