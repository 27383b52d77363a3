"""Whether sending is on hold for everybody, by what was last read of it: as old as configurations are at most.

It spares work that would be refused: what keeps a call from being begun is stored beside each tenant's groups.
"""

from collections.abc import Mapping
from typing import Final

import structlog

from router.core.model.instant import NEVER, Instant, to_rfc3339
from router.ports.tenants import Tenants

_log: Final = structlog.get_logger("router.hold")


class HoldOfAll:
    """The kill switch, as this process knows it."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants
        self.since: Instant = NEVER

    async def look(self) -> None:
        """Ask for it.

        Raises:
            UnavailableError: Redis does not answer; what was known holds.
        """
        before, self.since = self.since, await self._tenants.held_since()
        if self.is_on and before == NEVER:
            _log.warning("sending_held", since=to_rfc3339(self.since))
        elif before != NEVER and not self.is_on:
            _log.warning("sending_released", held_since=to_rfc3339(before))

    def note(self) -> Mapping[str, object]:
        """The field of `/ready` while it is on."""
        return {"on_hold_since": to_rfc3339(self.since)} if self.is_on else {}

    @property
    def is_on(self) -> bool:
        """Whether nothing is to be sent for anybody."""
        return self.since != NEVER
