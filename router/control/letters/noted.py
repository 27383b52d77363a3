"""Dead letters that are appended again, each with an entry in the audit log."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final
from uuid import uuid4

from router.control.letters.letter import DeadLetter
from router.control.noted_silences import Note, noted
from router.core.model.alert import TenantId
from router.ports.audit import Action
from router.ports.record import Attempts

_EVERY: Final = TenantId("*")


class NotedLetters:
    """The letters of one request: none is appended that is not noted first; the request is claimed with the first.

    A request for letters of all tenants is none of a single one's, so that its claim has an entry of its own.
    """

    def __init__(self, note: Note, attempts: Attempts) -> None:
        self._note = note
        self._attempts = attempts
        self._is_claimed = False

    async def append(self, tenant: TenantId, letter: DeadLetter, append: Callable[[], Awaitable[None]]) -> None:
        """Append one, by what does it alone.

        Raises:
            RepeatedError: the same request was carried out, or is being.
            PayloadError, UnavailableError: as `append` does; another entry says so.
        """
        entry = self._attempts(Action.DEADLETTER_REDRIVE, tenant, f"dead-letter/{letter.id}")
        if self._is_claimed or entry.claim is None:
            entry = replace(entry, claim=None)
        elif entry.claim.tenant != tenant:
            await self._note(replace(entry, id=str(uuid4()), tenant=_EVERY, resource="dead-letters"))
            entry = replace(entry, claim=None)
        self._is_claimed = True
        await noted(self._note, entry, append)
