"""Whom metrics name: the tenants of whom most alerts came lately, the same ones in every worker."""

from itertools import islice
from typing import Final

from router.errors import UnavailableError
from router.observe.tenants import TenantMetrics
from router.ports.activity import Activity
from router.ports.clock import Clock
from router.roles.polling import poll
from router.roles.tenants import ActiveTenants

NOTED_EVERY_S: Final = 10.0


class Naming:
    """Notes what this worker accepts, and names the `most` busiest; as long as there is room, others as well."""

    def __init__(
        self, activity: Activity, tenants: ActiveTenants, clock: Clock, metrics: TenantMetrics, most: int
    ) -> None:
        self._activity = activity
        self._tenants = tenants
        self._clock = clock
        self._metrics = metrics
        self._most = most

    async def run(self) -> None:
        """Note and name until cancelled."""
        await poll(NOTED_EVERY_S, self.look, "activity_not_noted")

    async def look(self) -> None:
        """Note what came since the last time, and find out who is to be named.

        Raises:
            UnavailableError: Redis does not answer; who is named stays so, and nothing is forgotten.
        """
        now, accepted = await self._clock.now(), self._metrics.take_accepted()
        try:
            await self._activity.note({one: by for one, by in accepted.items() if one in self._tenants}, now)
        except UnavailableError:
            self._metrics.give_back(accepted)
            raise
        busiest = [one for one in await self._activity.busiest(now, self._most) if one in self._tenants]
        self._metrics.name(islice(dict.fromkeys([*busiest, *sorted(self._tenants)]), self._most))
