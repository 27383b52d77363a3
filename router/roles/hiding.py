"""People whose erasure is open: alert groups that name one are stored again with the mark in the name's place.

Whoever puts a person on a tenant's list, a command or the control API, may end after that: the workers of its pool do
the rest. Each of them looks, since what is stored is compared and set, and stops once it has found nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from router.core import engine
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.rules.tenant import Tenant
from router.ports.clock import Clock
from router.ports.control import StoredGroups
from router.ports.subjects import SPREADS, ErasedSubject, SubjectLists
from router.roles.polling import poll
from router.roles.transitions import Change, Transitions

LOOK_S: Final = 1.0
"""Seconds between two looks for erasures that are open."""

_AT_ONCE: Final = 100
_SOON: Final = 8
"""Looks at a tenant before they become rarer: each reads all of its alert groups."""
_RARELY: Final = 60
"""Looks that are left out between two at most."""

_log = structlog.get_logger("router.hiding")


class WithPeople(Protocol):
    """The tenants of this worker's pool."""

    def __iter__(self) -> Iterator[TenantId]:
        """Those that are known."""

    def __contains__(self, tenant: TenantId, /) -> bool:
        """Whether it is known, and of this pool."""

    def hides(self, tenant: TenantId) -> bool:
        """Whether anybody is on its list."""

    async def known(self, tenant: TenantId) -> Tenant | None:
        """Its rules, with who is on its list."""


@dataclass(slots=True)
class _Rest:
    """How often a tenant was looked at in vain, and how many looks it is left out of."""

    tries: int = 0
    left: int = 0

    def is_over(self) -> bool:
        """Whether it is looked at now; counts."""
        self.left -= 1
        return self.left < 0

    def again(self) -> None:
        """It was in vain."""
        self.tries += 1
        self.left = min(2 ** (self.tries - _SOON), _RARELY) if self.tries > _SOON else 0


class Hiding:
    """Looks after the tenants whose lists may have changed: at the start all, then those that are noted."""

    def __init__(
        self,
        tenants: WithPeople,
        lists: SubjectLists,
        groups: StoredGroups,
        transitions: Transitions,
        clock: Clock,
    ) -> None:
        self._tenants = tenants
        self._lists = lists
        self._groups = groups
        self._transitions = transitions
        self._clock = clock
        self._noted: set[TenantId] | None = None
        self._clean: dict[TenantId, frozenset[tuple[str, Instant]]] = {}
        self._rests: dict[TenantId, _Rest] = {}

    def note(self, tenant: TenantId) -> None:
        """What travels with the tenant's configuration was changed."""
        if self._noted is not None:
            self._noted.add(tenant)
            self._rests.pop(tenant, None)

    async def run(self) -> None:
        """Look again and again until cancelled."""
        await poll(LOOK_S, self.look, "erasures_wait")

    async def look(self) -> None:
        """Look after all that may have an open erasure.

        Raises:
            UnavailableError: Redis does not answer: what is done stays done.
        """
        noted = set(self._tenants) if self._noted is None else self._noted
        self._noted = noted
        for tenant in sorted(noted):
            rest = self._rests.get(tenant) or _Rest()
            if not rest.is_over():
                continue
            if tenant not in self._tenants or not self._tenants.hides(tenant) or await self._is_clean(tenant):
                noted.discard(tenant)
                self._rests.pop(tenant, None)
                continue
            rest.again()
            self._rests[tenant] = rest

    async def _is_clean(self, tenant: TenantId) -> bool:
        """Whether no stored group names anybody whose erasure is open, and none will."""
        listed, before = await self._lists.of(tenant), self._clean.get(tenant, frozenset())
        wanted = [one for one in listed.all if not one.ended_at]
        fresh = [one for one in wanted if _begun(one) not in before]
        self._clean[tenant] = before & frozenset(map(_begun, wanted))
        if not fresh:
            return True
        rules = await self._tenants.known(tenant)
        if rules is None or not all(one.digest in rules.erased.subjects.marks for one in fresh):
            return rules is None
        began = await self._clock.now()
        if await self._hidden(rules) or began < max(one.begun_at for one in fresh) + SPREADS:
            return False
        self._clean[tenant] |= frozenset(map(_begun, fresh))
        return True

    async def _hidden(self, rules: Tenant) -> int:
        """Store groups without who is on the list; how many were to be."""
        found = 0
        batch = list[AlertGroup]()
        async for group in self._groups.everything(rules.tenant_id):
            batch.append(group)
            if len(batch) == _AT_ONCE:
                found, batch = found + await self._store(rules, batch), []
        found += await self._store(rules, batch)
        if found:
            _log.info("people_hidden", tenant=rules.tenant_id, alert_groups=found)
        return found

    async def _store(self, rules: Tenant, groups: Sequence[AlertGroup]) -> int:
        """Of these; one that was changed meanwhile is for the next look."""
        now = await self._clock.now()
        made = ((one, engine.erase(one, rules.erased, now)) for one in groups)
        changes = [Change(rules, one, transition) for one, transition in made if transition.after is not one]
        answers = await self._transitions.apply_and_offer(changes, now) if changes else []
        return len(answers)


def _begun(one: ErasedSubject) -> tuple[str, Instant]:
    return one.subject_id, one.begun_at
