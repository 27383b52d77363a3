"""What went wrong in this process and is not noted for the operators yet: in memory, bounded, taken in one go."""

from collections.abc import Iterable
from typing import Final

from router.core.operators.troubles import Trouble, others
from router.ports.operators import Noted

MAX_NOTED: Final = 500
"""So many troubles are told apart between two notes; others are counted together."""


class Occurrences:
    """Fed by whoever meets a problem; costs a look into a set where nothing is wrong."""

    def __init__(self) -> None:
        self._counts: dict[Trouble, int] = {}
        self._begun: dict[Trouble, None] = {}
        self._ended: dict[Trouble, None] = {}
        self._lasting: set[Trouble] = set()

    def happened(self, trouble: Trouble, times: int = 1) -> None:
        """It happened, and does not last."""
        one = trouble if trouble in self._counts or len(self._counts) < MAX_NOTED else others(trouble.kind)
        self._counts[one] = self._counts.get(one, 0) + times

    def lasts(self, trouble: Trouble) -> None:
        """It has begun, or was met again; of too many at once the last are noted when they are met again."""
        self._ended.pop(trouble, None)
        if len(self._begun) < MAX_NOTED:
            self._begun[trouble] = None

    def ended(self, trouble: Trouble) -> None:
        """It is over, if it ever was: here, or in another process."""
        was_here = trouble in self._begun
        self._begun.pop(trouble, None)
        if was_here or trouble in self._lasting:
            self._lasting.discard(trouble)
            self._ended[trouble] = None

    def know(self, lasting: Iterable[Trouble]) -> None:
        """What lasts by what all processes have noted: the end of any of these is news."""
        self._lasting = set(lasting)

    def take(self) -> Noted:
        """All since the last time."""
        noted = Noted(self._counts, tuple(self._begun), tuple(self._ended))
        self._lasting |= self._begun.keys()
        self._counts, self._begun, self._ended = {}, {}, {}
        return noted

    def put_back(self, noted: Noted) -> None:
        """It could not be noted; what came since is newer."""
        for trouble, times in noted.counts.items():
            self.happened(trouble, times)
        for trouble in noted.begun:
            if trouble not in self._ended:
                self.lasts(trouble)
        for trouble in noted.ended:
            if trouble not in self._begun:
                self._ended[trouble] = None
