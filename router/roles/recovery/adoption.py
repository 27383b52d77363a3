"""Messages that are there, and whose groups Redis has lost, are taken over: they are edited on, not posted again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from router.core import engine
from router.core.decide.policy import CallTimes, kept_for, policy_for
from router.core.engine import Place
from router.core.model.group import AlertGroup, Digest
from router.core.model.instant import Instant
from router.core.model.rules.tenant import Tenant
from router.errors import RebuildError, UnavailableError
from router.ports.clock import Clock
from router.ports.state import ApplyResult, GroupStates, UnknownForm
from router.roles.transitions import Change, Transitions

TOGETHER: Final = 50
"""Groups that are taken over in one round trip."""
_ATTEMPTS: Final = 20


@dataclass(frozen=True, slots=True)
class Adoption:
    """Takes places over; what was shown later than an event notes stays as it is."""

    groups: GroupStates
    transitions: Transitions
    clock: Clock
    times: CallTimes

    async def adopt(self, tenant: Tenant, places: Sequence[Place]) -> int:
        """Take over all that still matter; how many messages that were.

        Raises:
            RebuildError: the tenant's data is lost again.
            UnavailableError: Redis does not answer, or the configuration has changed meanwhile.
        """
        now, adopted = await self.clock.now(), 0
        matter = [one for one in places if _matters(one, tenant, now)]
        for start in range(0, len(matter), TOGETHER):
            adopted += await self._adopt_some(tenant, matter[start : start + TOGETHER])
        return adopted

    async def changes(self, tenant: Tenant, places: Sequence[Place]) -> list[Change]:
        """What taking these over would change."""
        now = await self.clock.now()
        loaded = await self.groups.load(tenant.tenant_id, [one.shown.key.group_id for one in places])
        pairs = [
            (group or _new(place, tenant), place)
            for group, place in zip(loaded, places, strict=True)
            if not isinstance(group, UnknownForm) and _matters(place, tenant, now)
        ]
        policies = [policy_for(tenant, group, self.times) for group, _ in pairs]
        made = [
            Change(tenant, group, engine.adopt(group, place, policy, now))
            for (group, place), policy in zip(pairs, policies, strict=True)
        ]
        return [one for one in made if not one.changes_nothing]

    async def _adopt_some(self, tenant: Tenant, places: Sequence[Place]) -> int:
        adopted = 0
        for _ in range(_ATTEMPTS):
            changes = await self.changes(tenant, places)
            if not changes:
                return adopted
            answers = await self.transitions.apply_and_offer(changes, await self.clock.now())
            if ApplyResult.REBUILD in answers:
                raise RebuildError(f"Redis has lost the data of tenant {tenant.tenant_id!r} again")
            pairs = zip(changes, answers, strict=True)
            adopted += messages_of([one for one, answer in pairs if answer is ApplyResult.OK])
        raise UnavailableError(f"the groups of tenant {tenant.tenant_id!r} change faster than they can be taken over")


def _new(place: Place, tenant: Tenant) -> AlertGroup:
    """A group of which nothing is stored; where the configuration has no such route, it is to be routed again."""
    key = place.shown.key
    is_routed = (key.receiver, key.path) in tenant.timings
    digest = Digest() if place.digest is not None else None
    return replace(AlertGroup(key, digest=digest), config_version=tenant.rules_version if is_routed else 0)


def _matters(place: Place, tenant: Tenant, now: Instant) -> bool:
    """Whether anything fires there, or an old record could still make it fire again."""
    key = place.shown.key
    return place.fires or now - place.notified_at <= kept_for(tenant.timing(key.receiver, key.path))


def messages_of(changes: Sequence[Change]) -> int:
    """How many messages these changes take over: groups that a digest shows have none of their own."""
    return sum(one.transition.after.posted is not None for one in changes)
