"""Whether this worker's own work stands still, as opposed to one tenant's."""

import asyncio
from dataclasses import dataclass

from router.roles.notify.backlog import Backlog
from router.roles.notify.places import Places
from router.roles.notify.pulse import Pulse


@dataclass(frozen=True, slots=True)
class Standstill:
    """What the checks `turns` and `slack` of `/ready` look at."""

    pulse: Pulse
    backlog: Backlog
    places: Places

    async def turns_taken(self) -> bool:
        """Whether turns are taken, and somebody who has work is served."""
        return not self.pulse.stands_still and not self.backlog.all_starve

    async def slack_answers(self) -> bool:
        """Whether calls to Slack come back."""
        return not self.places.all_hang(asyncio.get_running_loop().time())
