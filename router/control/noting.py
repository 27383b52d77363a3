"""What commands append to the audit log of what they do beside the record."""

from collections.abc import Callable
from typing import Protocol

from router.core.model.alert import TenantId
from router.errors import UnavailableError
from router.ports.audit import Entry


class Notes(Protocol):
    """The audit log of a record."""

    async def note(self, tenant: TenantId | None, entry: Entry) -> None:
        """Append an entry; raises UnavailableError."""


class UnlessAway:
    """Notes until the log does not answer, and warns of that once: silences, holds and redrives go on without it."""

    def __init__(self, log: Notes, warn: Callable[[str], None]) -> None:
        self._log = log
        self._warn = warn
        self._is_away = False

    async def note(self, entry: Entry) -> None:
        """Append an entry, if the log answers."""
        if self._is_away:
            return
        try:
            await self._log.note(entry.tenant, entry)
        except UnavailableError as error:
            self._is_away = True
            self._warn(f"what is done is not in the audit log, which does not answer: {error}")
