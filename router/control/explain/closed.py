"""Channels that one alert group has found dead, and for which the others wait until it has found them well again."""

from dataclasses import dataclass, field, replace
from typing import Final

from router.control.explain.explanation import Explanation, Place
from router.core.decide.policy import CallTimes, policy_for
from router.core.decide.standing import Outcome
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.phase import Parked
from router.core.model.rules.tenant import Tenant

_TIMES: Final = CallTimes()
_DEAD: Final = "channel_dead"
"""How the reason of a group begins that is parked because of its channel, as `settle` writes it."""


@dataclass(slots=True)
class ClosedChannels:
    """What the groups of a tenant say of their channels; each is looked at once."""

    tenant: Tenant
    _parked: dict[str, Parked] = field(default_factory=dict)
    _notified_at: dict[str, Instant] = field(default_factory=dict)

    def look_at(self, group: AlertGroup) -> None:
        """Take note of what it has found out about its channel."""
        if isinstance(group.phase, Parked) and group.phase.reason.startswith(_DEAD):
            self._parked[policy_for(self.tenant, group, _TIMES).receiver.channel] = group.phase
        newest = max(group.notified_at, self._notified_at.get(group.posted_to, NEVER))
        self._notified_at[group.posted_to] = newest

    def applied_to(self, explanation: Explanation) -> Explanation:
        """The same where nothing waits for a channel that is dead."""
        return replace(explanation, places=tuple(self._of(one) for one in explanation.places))

    def _of(self, place: Place) -> Place:
        channel = place.policy.receiver.channel
        parked = self._parked.get(channel)
        if parked is None or place.standing.outcome is not Outcome.QUEUED or self._is_well_again(channel, parked):
            return place
        standing = replace(place.standing, outcome=Outcome.PARKED, why=parked.reason, until=parked.until)
        return replace(place, standing=standing)

    def _is_well_again(self, channel: str, parked: Parked) -> bool:
        found_dead = parked.until - _TIMES.channel_retry
        return self._notified_at.get(channel, NEVER) > found_dead
