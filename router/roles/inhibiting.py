"""Which alerts hold back what fires in groups that are about to be decided on; asked for all of them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.key import GroupKey
from router.core.model.rules.inhibit import SourceKey
from router.core.model.rules.tenant import Tenant
from router.core.mute.inhibition import NO_SOURCES, Sources, keys_wanted
from router.ports.inhibition import InhibitingAlerts
from router.roles.ingest.pace import Pace


@dataclass(frozen=True, slots=True)
class Inhibiting:
    """Looks up the sources of groups; nothing is asked for tenants without rules."""

    alerts: InhibitingAlerts

    async def of(self, tenant: Tenant, groups: Sequence[AlertGroup]) -> "GroupSources":
        """The sources of these groups, which must be loaded whole, in one round trip."""
        wanted = await _wanted(tenant, groups) if tenant.inhibit_rules else {}
        every = frozenset[SourceKey]().union(*wanted.values())
        if not every:
            return GroupSources({})
        found = await self.alerts.latest(tenant.tenant_id, sorted(every))
        return GroupSources({
            key: {one: found[one] for one in names if one in found} for key, names in wanted.items()
        })  # fmt: skip

    async def keep_rules(self, tenant: Tenant, now: Instant) -> None:
        """Forget the sources of rules that a tenant no longer has, and look at the groups that they held back."""
        await self.alerts.keep_only(tenant.tenant_id, {one.rule_id for one in tenant.inhibit_rules.rules}, now)


@dataclass(frozen=True, slots=True)
class GroupSources:
    """The sources that were found, by group."""

    found: Mapping[GroupKey, Sources]

    def of(self, group: AlertGroup) -> Sources:
        """Those that may hold back what fires in a group."""
        return self.found.get(group.key, NO_SOURCES)


async def _wanted(tenant: Tenant, groups: Sequence[AlertGroup]) -> Mapping[GroupKey, frozenset[SourceKey]]:
    pace, wanted = Pace(), dict[GroupKey, frozenset[SourceKey]]()
    for group in groups:
        wanted[group.key] = keys_wanted(tenant.inhibit_rules, group, tenant.pattern_sizes)
        await pace.rest()
    return wanted
