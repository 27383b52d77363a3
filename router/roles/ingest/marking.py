"""What Alertmanager's events say of mutes, noted with the alert groups that show those alerts."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from router.core import engine
from router.core.fold.upstream import Findings
from router.core.match.labels import Labels
from router.core.model.alert import AlertId, TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.key import GroupId
from router.core.model.muted import Muted, Upstream
from router.core.model.rules.names import ReceiverName
from router.core.model.rules.tenant import Tenant
from router.core.model.transition import Transition
from router.core.route.identity import without
from router.core.route.tree import match
from router.ports.clock import Clock
from router.ports.state import ApplyResult, GroupStates
from router.roles.transitions import Change, Transitions

MAX_SILENCES: Final = 10_000
"""Silences of which a worker remembers where they mute; of others it hears again at the next flush."""
_ATTEMPTS: Final = 5
_TOGETHER: Final = 100
"""Alert groups that one step reads and stores."""
_ALERTS_TOGETHER: Final = 500
"""Alerts of them: others get their turn after each step."""

Next = Callable[[AlertGroup, Instant], Transition]


@dataclass(frozen=True, slots=True)
class Marking:
    """Finds the groups of muted alerts, and stores what mutes them."""

    groups: GroupStates
    transitions: Transitions
    clock: Clock
    muted_in: OrderedDict[tuple[TenantId, str], set[GroupId]] = field(default_factory=OrderedDict)
    """The groups in which each silence mutes something, as far as this process has heard; the oldest make room."""

    async def mark(self, rules: Tenant, alerts: Mapping[AlertId, Labels], news: Mapping[AlertId, Upstream]) -> int:
        """Note what mutes these alerts; how many of them any group shows.

        Raises:
            UnavailableError: Redis does not answer.
        """
        found = await self._showing(rules, alerts)
        for group, shown in found.items():
            for alert in shown:
                self._remember(rules.tenant_id, news[alert].muted, group)

        def learned(group: AlertGroup, now: Instant) -> Transition:
            mine = {one: news[one] for one in group.alerts if one in news}
            timing = rules.timing(group.key.receiver, group.key.path)
            return engine.learn(group, Findings(mine, now), timing, now)

        await self.store(rules, {group: sorted(shown) for group, shown in found.items()}, learned)
        return len({alert for shown in found.values() for alert in shown})

    async def change(self, rules: Tenant, silence: Muted, at: Instant) -> bool:
        """A silence lasts as long as this says; whether it mutes anything here, as far as is known.

        Raises:
            UnavailableError: Redis does not answer.
        """
        groups = self.muted_in.get((rules.tenant_id, silence.name), set())

        def changed(group: AlertGroup, now: Instant) -> Transition:
            timing = rules.timing(group.key.receiver, group.key.path)
            return engine.change_silence(group, silence, at, timing, now)

        members = await self.groups.members(rules.tenant_id, sorted(groups)) if groups else []
        await self.store(rules, dict(zip(sorted(groups), members, strict=True)), changed)
        return bool(groups)

    def _remember(self, tenant: TenantId, muted: Muted | None, group: GroupId) -> None:
        if muted is None or not muted.author:
            return  # an inhibition ends with no event
        place = tenant, muted.name
        self.muted_in.setdefault(place, set()).add(group)
        self.muted_in.move_to_end(place)
        if len(self.muted_in) > MAX_SILENCES:
            self.muted_in.popitem(last=False)

    async def _showing(self, rules: Tenant, alerts: Mapping[AlertId, Labels]) -> Mapping[GroupId, set[AlertId]]:
        """The groups in which these alerts are not over."""
        wanted: dict[ReceiverName, list[AlertId]] = {}
        for alert, labels in alerts.items():
            routes = match(rules.route, without(labels, rules.ignored_labels), rules.pattern_sizes)
            for receiver in dict.fromkeys(route.receiver for route in routes):
                wanted.setdefault(receiver, []).append(alert)
        asked = [(rules.tenant_id, receiver, some) for receiver, some in wanted.items()]
        found: dict[GroupId, set[AlertId]] = {}
        for where in await self.groups.firing_in(asked) if asked else ():
            for alert, groups in where.items():
                for group in groups:
                    found.setdefault(group, set()).add(alert)
        return found

    async def store(self, rules: Tenant, wanted: Mapping[GroupId, Sequence[AlertId]], after: Next) -> None:
        """Take these alerts of each group one transition further; what others change meanwhile is read again."""
        for portion in _portions(wanted):
            left: Iterable[GroupId] = portion
            for _ in range(_ATTEMPTS):
                left = await self._step(rules, {one: portion[one] for one in left}, after)
                if not left:
                    break

    async def _step(self, rules: Tenant, wanted: Mapping[GroupId, Sequence[AlertId]], after: Next) -> list[GroupId]:
        """The groups that were changed by others meanwhile."""
        parts = [(rules.tenant_id, group, alerts) for group, alerts in wanted.items()]
        loaded = [one for one in await self.groups.find_parts(parts) if isinstance(one, AlertGroup)]
        now = await self.clock.now()
        changes = [Change(rules, one, after(one, now)) for one in loaded]
        news = [one for one in changes if not one.changes_nothing]
        answers = await self.transitions.settle_all(news, now)
        pairs = zip(news, answers, strict=True)
        return [one.before.key.group_id for one, answer in pairs if answer is ApplyResult.CONFLICT]


def _portions(wanted: Mapping[GroupId, Sequence[AlertId]]) -> Iterator[Mapping[GroupId, Sequence[AlertId]]]:
    """All of it, a step at a time: of a large group a part."""
    portion, alerts = dict[GroupId, Sequence[AlertId]](), 0
    for group, members in wanted.items():
        for start in range(0, len(members), _ALERTS_TOGETHER):
            some = members[start : start + _ALERTS_TOGETHER]
            if len(portion) >= _TOGETHER or group in portion or alerts + len(some) > _ALERTS_TOGETHER:
                yield portion
                portion, alerts = {}, 0
            portion[group] = some
            alerts += len(some)
    if portion:
        yield portion
