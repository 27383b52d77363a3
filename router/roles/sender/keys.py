"""Tenants' public keys as a gateway offers them: asked for once a minute in which they are used, the last ones kept.

While the gateway cannot offer any, those that are here go on for some minutes: a key that was offered opens until it
is destroyed. What the gateway refuses is passed on.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.http.problems import Problem
from router.ports.sender import Offer, SenderGateway, Shown

FRESH_S: Final = 60.0
"""Seconds for which keys are used without another question; a gateway allows no more."""
STALE_S: Final = 600.0
"""Seconds for which they are used while the gateway does not answer."""
_KEPT: Final = 256
"""Tenants whose keys are kept; those that were not used for longest make room for others."""
_FOREIGN: Final = "the gateway offers the keys of tenant {found!r} where those of {tenant!r} were asked for"
_log = structlog.get_logger("router.sender")


@dataclass(slots=True)
class _Place:
    """What is known of one tenant; who asks for it waits for whoever asks already."""

    offer: Offer | None = None
    asked_s: float = 0.0
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class SenderKeys:
    """The keys of all tenants; `steady` counts seconds and never steps."""

    def __init__(self, gateway: SenderGateway, steady: Callable[[], float]) -> None:
        self._gateway = gateway
        self._steady = steady
        self._places: OrderedDict[TenantId, _Place] = OrderedDict()

    async def of(self, tenant: TenantId, shown: Shown) -> Offer:
        """What is offered for a tenant's bodies now.

        Raises:
            Problem: as the gateway refuses it, or 502 where it does not answer or answers with another's.
        """
        place = self._place(tenant)
        async with place.asking:
            if place.offer is None or self._steady() - place.asked_s >= FRESH_S:
                place.offer = await self._asked(tenant, shown, place)
            return place.offer

    def forget(self, tenant: TenantId) -> None:
        """Ask again before anything is sealed with what is here."""
        self._places.pop(tenant, None)

    def _place(self, tenant: TenantId) -> _Place:
        place = self._places.setdefault(tenant, _Place())
        self._places.move_to_end(tenant)
        if len(self._places) > _KEPT:
            self._places.popitem(last=False)
        return place

    async def _asked(self, tenant: TenantId, shown: Shown, place: _Place) -> Offer:
        before = place.offer
        try:
            found = await self._gateway.offer(tenant, shown, before.tag if before is not None else "")
        except Problem as problem:
            if before is not None and _may_pass(problem) and self._steady() - place.asked_s < STALE_S:
                return before
            raise
        place.asked_s = self._steady()
        return self._taken(tenant, found, before)

    def _taken(self, tenant: TenantId, found: Offer | None, before: Offer | None) -> Offer:
        offer = found or before
        if offer is None or offer.keys.tenant != tenant:
            name = offer.keys.tenant if offer is not None else ""
            raise Problem(502, "gateway-unreachable", _FOREIGN.format(found=name, tenant=tenant))
        if before is None or offer.keys.epoch != before.keys.epoch:
            _log.info("sender_key_taken", tenant=tenant, epoch=offer.keys.epoch)
        return offer


def _may_pass(problem: Problem) -> bool:
    """Whether it is a trouble of the gateway's own, and not its answer to who asks."""
    return problem.status >= 500 or problem.status == 429
