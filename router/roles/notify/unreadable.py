"""Groups in a form that is not known here: left to those who know it, longer each time that nobody took them.

While two releases run side by side the newer one takes such a group as soon as it is due: whoever has met one stands
back a little, since two who wake at the same moment always wake in the same order. After going back to the older
release there is nobody who could take it, and each look would be for nothing.
"""

from typing import Final

from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, MINUTE, NEVER, Instant, Span
from router.core.model.key import GroupId

SOON: Final = Span(200 * MILLISECOND)
"""So much later such a group is due again."""
LATEST: Final = MINUTE
"""As late at most, when nobody has taken it meanwhile."""
REMEMBERED: Final = 10_000
"""Such groups at most; those that were met first are forgotten, and are due soon again."""
STAND_BACK: Final = Span(20 * MILLISECOND)
"""So much later than others a turn of the round is taken."""


class Unreadable:
    """When each of them is to be looked at again."""

    def __init__(self) -> None:
        self._met = NEVER
        self._left: dict[tuple[TenantId, GroupId], tuple[Span, str]] = {}

    def next_look(self, place: tuple[TenantId, GroupId], rev: str, now: Instant) -> tuple[Instant, bool]:
        """When a group that was met now is due again, and whether it is worth a line in the log.

        One that is still at the same `rev` was taken by nobody.
        """
        self._met = now
        wait, known = self._left.pop(place, (Span(0), ""))
        is_left = wait > 0 and known == rev
        longer = min(Span(2 * wait), LATEST) if is_left else SOON
        self._left[place] = longer, rev
        if len(self._left) > REMEMBERED:
            del self._left[next(iter(self._left))]
        return Instant(now + longer), not is_left or longer == LATEST

    def behind(self, now: Instant) -> Span:
        """How much later than others to take a turn now."""
        return STAND_BACK if now < self._met + LATEST else Span(0)
