"""Notes what went wrong in this process where all workers find it; costs nothing while nothing does."""

from dataclasses import dataclass
from typing import Final

from router.errors import UnavailableError
from router.observe.occurrences import Occurrences
from router.ports.clock import Clock
from router.ports.operators import Troubles
from router.roles.polling import poll

NOTE_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class OperatorNotes:
    """Of one process."""

    occurrences: Occurrences
    troubles: Troubles
    clock: Clock

    async def run(self) -> None:
        """Note until cancelled."""
        await poll(NOTE_S, self.note, "operators_notes_wait")

    async def note(self) -> None:
        """Note what there is.

        Raises:
            UnavailableError: Redis does not answer; it is noted the next time.
        """
        noted = self.occurrences.take()
        if not noted:
            return
        try:
            await self.troubles.note(noted, await self.clock.now())
        except UnavailableError:
            self.occurrences.put_back(noted)
            raise
