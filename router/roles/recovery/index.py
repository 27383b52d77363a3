"""The index over all tenants, watched: when Redis has lost it, what this process knows of it is stored again.

Nobody is called unknown before it can be ruled out that the index has lost it: until no record is left that was
accepted before the loss.
"""

from collections.abc import Callable
from typing import Final

import structlog

from router.core.decide.policy import REPLAY_HORIZON
from router.core.model.instant import NEVER, Instant
from router.ports.clock import Clock
from router.ports.generation import Generation, Generations
from router.ports.recovery import Past
from router.roles.polling import poll
from router.roles.tenants import ActiveTenants

LOOK_S: Final = 1.0
_REMEDY: Final = "apply all configurations and create tokens again; tenants that are known are waited for"


class IndexWatch:
    """Looks at the generation of the index; `new_id` gives a name that nobody has used."""

    def __init__(
        self, generations: Generations, tenants: ActiveTenants, past: Past, clock: Clock, new_id: Callable[[], str]
    ) -> None:
        self._generations = generations
        self._tenants = tenants
        self._past = past
        self._clock = clock
        self._new_id = new_id
        self._known = ""
        self._was_on_hold = False
        self._log = structlog.get_logger("router.recovery")

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        await poll(LOOK_S, self.look, "index_waits")

    async def look(self) -> None:
        """Look once.

        Raises:
            UnavailableError: an engine does not answer; look again.
        """
        found = await self._generations.current() or await self._begin()
        if self._known and found.id != self._known:
            await self._generations.keep(list(self._tenants), list(self._tenants.suspended))
            if self._was_on_hold:
                await self._generations.hold_everybody()
        else:
            self._was_on_hold = self._tenants.hold.is_on
        self._known = found.id

    async def _begin(self) -> Generation:
        """The next generation: without doubt only where there was none before."""
        is_lost = bool(self._known) or await self._past.exists()
        until = Instant(await self._clock.now() + REPLAY_HORIZON) if is_lost else NEVER
        found = await self._generations.begin(Generation(self._new_id(), until))
        if is_lost:
            self._log.error("index_lost", tenants=len(list(self._tenants)), remedy=_REMEDY)
        return found
