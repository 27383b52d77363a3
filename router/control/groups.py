"""A tenant's live alert groups, for a person who asks; by what its rules redact nothing is found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from router.config.compile.tenant import load_tenant
from router.control.readable import readable_labels
from router.control.silences import MAX_MATCHERS
from router.core.match.matcher import Matcher, all_match, in_order, parse_matchers
from router.core.match.reading import Reading
from router.core.model.alert import TenantId
from router.core.model.alert_state import AlertState
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant, earliest
from router.core.model.key import GroupId
from router.core.model.rules.tenant import Tenant
from router.core.render.redaction import redactor_for
from router.errors import ConfigurationError, OperationError
from router.ports.control import PagedGroups
from router.ports.tenants import Tenants

MAX_EXAMINED: Final = 1_000
"""Groups of a tenant that are read for one page."""

_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert of a group, and its labels as they may be read; None where they are not kept."""

    state: AlertState
    labels: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group, its labels as they may be read, its channel, and its alerts: those that fire first, by their start."""

    group: AlertGroup
    labels: Mapping[str, str]
    channel: str
    alerts: tuple[ShownAlert, ...]

    @property
    def since(self) -> Instant:
        """When the first alert that fires began; NEVER where none does."""
        return earliest(*(one.state.registers.start for one in self.alerts if one.state.is_open))

    def fits(self, matchers: Sequence[Matcher]) -> bool:
        """Whether one of its alerts, or without any whose labels are kept the group, has labels that fit."""
        kept = [one.labels for one in self.alerts if one.labels is not None]
        return any(all_match(tuple(matchers), Reading(labels)) for labels in kept or [self.labels])


@dataclass(frozen=True, slots=True)
class GroupsPage:
    """Some groups by their ids; `after` is where the next page begins, "" where all were seen."""

    groups: tuple[ShownGroup, ...]
    after: GroupId


@dataclass(frozen=True, slots=True)
class LiveGroups:
    """What is stored of alert groups."""

    tenants: Tenants
    groups: PagedGroups

    async def page(self, tenant_id: TenantId, wanted: Sequence[Matcher], after: GroupId, limit: int) -> GroupsPage:
        """The next groups that are open and fit, at most `limit`: fewer, or none, where too many did not.

        Raises:
            OperationError: the tenant has no configuration.
            ConfigurationError: this program cannot read it.
        """
        tenant = await self._rules(tenant_id)
        ids = await self.groups.ids(tenant_id, after, MAX_EXAMINED)
        found = list[ShownGroup]()
        for start in range(0, len(ids), _AT_ONCE):
            for place, group in enumerate(await self.groups.load(tenant_id, ids[start : start + _AT_ONCE]), start):
                if isinstance(group, AlertGroup) and not group.closed and (one := shown(tenant, group)).fits(wanted):
                    found.append(one)
                if len(found) == limit:
                    return GroupsPage(tuple(found), ids[place])
        return GroupsPage(tuple(found), ids[-1] if len(ids) == MAX_EXAMINED else GroupId(""))

    async def find(self, tenant_id: TenantId, group: GroupId) -> ShownGroup:
        """One group, open or not.

        Raises:
            OperationError: there is none, or the tenant has no configuration.
            ConfigurationError: this program cannot read it.
        """
        tenant = await self._rules(tenant_id)
        [found] = await self.groups.load(tenant_id, [group])
        if not isinstance(found, AlertGroup):
            raise OperationError(f"tenant {tenant_id!r} has no alert group {group!r} that can be read")
        return shown(tenant, found)

    async def _rules(self, tenant: TenantId) -> Tenant:
        active = await self.tenants.active(tenant)
        if active is None:
            raise OperationError(f"tenant {tenant!r} has no configuration that is in force")
        return load_tenant(active.text, active.version)


def wanted_matchers(texts: Sequence[str]) -> tuple[Matcher, ...]:
    """The matchers that groups are found by, several in one text or each in its own.

    Raises:
        ConfigurationError: one cannot be read, or there are too many.
    """
    try:
        found = in_order(tuple(one for text in texts for one in parse_matchers(text)))
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    if len(found) > MAX_MATCHERS:
        raise ConfigurationError(f"{len(found)} matchers; at most {MAX_MATCHERS} are allowed")
    return found


def shown(tenant: Tenant, group: AlertGroup) -> ShownGroup:
    """The group as it may be read."""
    redactor, receiver = redactor_for(tenant.redaction, group), tenant.receivers.get(group.key.receiver)
    alerts = [
        ShownAlert(one, None if one.content is None else readable_labels(one.content.labels, redactor))
        for one in group.alerts.values()
    ]
    return ShownGroup(
        group=group,
        labels=readable_labels(dict(group.key.group), redactor),
        channel=group.posted_to or (receiver.channel if receiver is not None else ""),
        alerts=tuple(sorted(alerts, key=_order)),
    )


def _order(one: ShownAlert) -> tuple[bool, Instant]:
    return not one.state.is_open, one.state.registers.start if one.state.is_open else NEVER
