"""Tenants whose data Redis has lost are put together again, by one process at a time; until then nothing is sent.

First what `alerts.events` notes as shown is taken over, then what came in since is folded once more. Both may be done
twice, so whoever dies at it leaves it to the next one.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from router.core.decide.policy import REPLAY_HORIZON
from router.core.model.alert import TenantId
from router.core.model.instant import SECOND, Instant
from router.errors import RebuildError
from router.ports.clock import Clock
from router.ports.generation import Generations
from router.ports.recovery import Past, Proofs
from router.roles.polling import poll
from router.roles.recovery.adoption import Adoption, messages_of
from router.roles.recovery.replay import Replay
from router.roles.recovery.trail import Trail
from router.roles.tenants import ActiveTenants

LOOK_S: Final = 1.0
_RENEW_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was done for a tenant, or would be: messages taken over, and whether it stays suspended."""

    tenant: TenantId
    messages: int
    suspended: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What was done for each tenant, or would be; and how many records of them all are folded again."""

    tenants: tuple[Recovered, ...] = ()
    records: int = 0


@dataclass(frozen=True, slots=True)
class Sources:
    """What Redis has of the tenants, and what went before."""

    generations: Generations
    proofs: Proofs
    past: Past
    clock: Clock


class Recovery:
    """Puts data together; `name` is that of this process."""

    def __init__(
        self, tenants: ActiveTenants, sources: Sources, adoption: Adoption, replay: Replay, name: str
    ) -> None:
        self._tenants = tenants
        self._sources = sources
        self._adoption = adoption
        self._replay = replay
        self._name = name
        self._log = structlog.get_logger("router.recovery")

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        await poll(LOOK_S, self.look, "recovery_waits")

    async def look(self) -> None:
        """Put together what is to be, if nobody else is at it.

        Raises:
            UnavailableError: an engine does not answer; look again.
        """
        unproven = sorted(one for one in self._tenants.unproven if one in self._tenants)
        if not unproven or not await self._sources.proofs.lease(self._name):
            return
        renewing = asyncio.create_task(poll(_RENEW_S, self._renew, "recovery_waits"))
        try:
            await self.recover(unproven)
        finally:
            renewing.cancel()
        await self._sources.proofs.release(self._name)

    async def _renew(self) -> None:
        """As long as this process is at it, nobody else need be."""
        await self._sources.proofs.lease(self._name)

    async def recover(self, tenants: Sequence[TenantId]) -> Report:
        """Put the data of these tenants together; what was done for each.

        Raises:
            UnavailableError: an engine does not answer; nothing is lost, recover again.
        """
        if not await self._sources.past.exists():
            await self._sources.proofs.prove(tenants)
            return Report()
        began = await self._sources.clock.now()
        trail = await self._follow(tenants)
        await self._sources.generations.keep([], {*trail.suspended, *self._tenants.suspended} & {*tenants})
        done = tuple([await self._adopt(one, trail) for one in tenants])
        records = await self._replay.replay(tenants, Instant(began - REPLAY_HORIZON))
        await self._sources.proofs.prove(tenants)
        took = (await self._sources.clock.now() - began) / SECOND
        messages = sum(one.messages for one in done)
        self._log.warning(
            "data_recovered", tenants=len(done), messages=messages, records=records, seconds=round(took, 1)
        )
        return Report(done, records)

    async def plan(self, tenants: Sequence[TenantId]) -> Report:
        """What `recover` would do for these tenants."""
        trail, planned = await self._follow(tenants), list[Recovered]()
        for tenant in tenants:
            rules = await self._tenants.find(tenant)
            changes = await self._adoption.changes(rules, trail.places(tenant)) if rules else []
            planned.append(Recovered(tenant, messages_of(changes), tenant in trail.suspended))
        since = Instant(await self._sources.clock.now() - REPLAY_HORIZON)
        return Report(tuple(planned), await self._replay.count(frozenset(tenants), since))

    async def _follow(self, tenants: Collection[TenantId]) -> Trail:
        trail = Trail(tenants)
        async for batch in self._sources.past.events():
            trail.follow(batch)
        return trail

    async def _adopt(self, tenant: TenantId, trail: Trail) -> Recovered:
        rules = await self._tenants.find(tenant)
        if rules is None:
            raise RebuildError(f"tenant {tenant!r} has no configuration: apply it again")
        messages = await self._adoption.adopt(rules, trail.places(tenant))
        return Recovered(tenant, messages, tenant in trail.suspended)
