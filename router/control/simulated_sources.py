"""Alerts that inhibit others while webhooks are simulated: what Redis would hold of them."""

from collections.abc import Iterable

from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.key import GroupKey
from router.core.model.rules.inhibit import SourceKey
from router.core.model.rules.tenant import Tenant
from router.core.mute.inhibition import Source, Sources, changed_sources, keys_wanted

_Member = tuple[GroupKey, AlertId]


class SimulatedSources:
    """The sources of one tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._known: dict[SourceKey, dict[_Member, Instant]] = {}

    def take(self, before: AlertGroup, after: AlertGroup) -> bool:
        """Take in what a group states; whether others may be free by that."""
        changes = changed_sources(self._tenant, before, after)
        for key, change in changes.items():
            members = self._known.setdefault(key, {})
            members |= {(after.key, alert): until for alert, until in change.until.items()}
            for alert in change.ended:
                members.pop((after.key, alert), None)
        return any(change.ended for change in changes.values())

    def of(self, group: AlertGroup) -> Sources:
        """Those that may hold back what fires in a group."""
        wanted = keys_wanted(self._tenant.inhibit_rules, group, self._tenant.pattern_sizes)
        return {key: _latest(self._known[key].items()) for key in wanted if self._known.get(key)}


def _latest(members: Iterable[tuple[_Member, Instant]]) -> Source:
    (_, alert), until = max(members, key=lambda one: one[1])
    return Source(alert, until)
