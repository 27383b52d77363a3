"""Whose records a step works on: one step for each owner at a time, in the order in which they were asked for.

Several batches are under way at once. Two steps at what is one owner's would fold into the same alert groups, and one
of them in vain; steps at different owners' are nothing to each other.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

Claim = TypeVar("Claim")


class AtWork(Generic[Claim]):
    """The owners whose records are worked on, and who waits for them."""

    def __init__(self) -> None:
        self._asked: dict[Claim, deque[asyncio.Event]] = {}

    @asynccontextmanager
    async def some_of(self, owners: Sequence[Claim]) -> AsyncIterator[frozenset[Claim]]:
        """Those of these that nobody works on, as soon as there is one; nobody else gets them inside."""
        turn = asyncio.Event()
        for owner in owners:
            self._ask(owner, turn)
        try:
            await turn.wait()
            mine = frozenset(owner for owner in owners if self._asked[owner][0] is turn)
            self._leave(turn, set(owners) - mine)
            yield mine
        finally:
            self._leave(turn, owners)

    def _ask(self, owner: Claim, turn: asyncio.Event) -> None:
        asked = self._asked.setdefault(owner, deque())
        asked.append(turn)
        if asked[0] is turn:
            turn.set()

    def _leave(self, turn: asyncio.Event, owners: Iterable[Claim]) -> None:
        """Take nobody's turn any more: whoever is next in one of these lines may begin."""
        for owner in owners:
            asked = self._asked.get(owner)
            if asked is None or turn not in asked:
                continue
            asked.remove(turn)
            if asked:
                asked[0].set()
            else:
                del self._asked[owner]
