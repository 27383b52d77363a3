"""The groups that a call of their digest has shown: each settles with its own books, compared and set."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from router.core import engine
from router.core.engine import Shown
from router.core.model.group import AlertGroup
from router.core.slack.answer import Accepted, Answer
from router.observe.metrics import Metrics
from router.ports.clock import Clock
from router.ports.state import ApplyResult, GroupStates
from router.roles.notify.in_flight import Delivery
from router.roles.transitions import Change, Transitions

_TOGETHER: Final = 50


@dataclass(frozen=True, slots=True)
class MemberSettlement:
    """Stores what digests have shown of their groups.

    Until then a group waits as before: where nobody lives to settle it, the next call of its digest shows it again.
    """

    groups: GroupStates
    transitions: Transitions
    clock: Clock
    metrics: Metrics

    async def settle(self, delivery: Delivery, answer: Answer) -> None:
        """Take the answer in, for every group that the call has shown.

        Raises:
            UnavailableError: not all of it is stored yet; it may be done once more.
        """
        if not isinstance(answer, Accepted) or not delivery.claim.notification.op.shows_group:
            return
        for start in range(0, len(delivery.shown), _TOGETHER):
            await self._settle(delivery, answer, delivery.shown[start : start + _TOGETHER])

    async def _settle(self, delivery: Delivery, answer: Accepted, shown: Sequence[Shown]) -> None:
        left = [(one, one.member.group) for one in shown]
        while left:
            now = await self.clock.now()
            found = [
                (one, current, engine.settle_member(current, one, delivery.claim, answer, now))
                for one, current in left
            ]
            changes = [
                (one, Change(delivery.tenant, current, moved)) for one, current, moved in found if moved is not None
            ]
            answers = await self.transitions.settle_all([change for _, change in changes], now)
            stored = answers.count(ApplyResult.OK)
            self.metrics.notifications.labels(reason="digest").inc(stored)
            self.metrics.tenants.notified(delivery.tenant.tenant_id, stored)
            pairs = zip(changes, answers, strict=True)
            left = await self._load_again(
                delivery, [one for (one, _), result in pairs if result is ApplyResult.CONFLICT]
            )

    async def _load_again(self, delivery: Delivery, shown: Sequence[Shown]) -> list[tuple[Shown, AlertGroup]]:
        """As they are now; without those that are gone, or that a newer program has taken over."""
        ids = [one.member.group.key.group_id for one in shown]
        found = await self.groups.load(delivery.tenant.tenant_id, ids) if ids else []
        return [(one, group) for one, group in zip(shown, found, strict=True) if isinstance(group, AlertGroup)]
