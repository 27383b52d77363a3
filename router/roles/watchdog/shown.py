"""What the groups of heartbeats know: that one is missing, also where an older Redis has no note of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from router.core.decide.heartbeat import Beat
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER
from router.core.model.rules.heartbeat import Heartbeat
from router.core.route.heartbeat import group_of
from router.ports.state import GroupStates


@dataclass(frozen=True, slots=True)
class Shown:
    """Reads the groups that show missing heartbeats."""

    groups: GroupStates

    async def complete(
        self, tenant: TenantId, expected: Mapping[str, Heartbeat], beats: Mapping[str, Beat]
    ) -> Mapping[str, Beat]:
        """The same, where nothing is noted as its group has it: missing since that was observed last.

        Raises:
            UnavailableError: Redis does not answer.
        """
        names = [name for name, beat in beats.items() if name in expected and not beat.missing_since]
        if not names:
            return beats
        groups = await self.groups.load(tenant, [group_of(expected[name]).group_id for name in names])
        return {**beats, **{name: _as_in(group, beats[name]) for name, group in zip(names, groups, strict=True)}}


def _as_in(group: object, beat: Beat) -> Beat:
    if not isinstance(group, AlertGroup) or not group.firing:
        return beat
    observed = max((one.registers.seen_firing for one in group.alerts.values()), default=NEVER)
    return replace(beat, missing_since=observed, observed_at=observed)
