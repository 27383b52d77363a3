"""What is wrong with tenants, as all processes have noted it, and the messages that show it to the operators."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from router.core.model.instant import Instant, Span
from router.core.operators.notice import Notice
from router.core.operators.troubles import Kind, Tally, Trouble


@dataclass(frozen=True, slots=True)
class Noted:
    """What happened, so often; what has begun to last or lasts on, and what has ended."""

    counts: Mapping[Trouble, int] = field(default_factory=dict)
    begun: Sequence[Trouble] = ()
    ended: Sequence[Trouble] = ()

    def __bool__(self) -> bool:
        return bool(self.counts or self.begun or self.ended)


class Troubles(Protocol):
    """What all processes have noted; bounded for each kind."""

    async def note(self, noted: Noted, now: Instant) -> None:
        """It was met just now. Of what is asked again after it was not answered, counts may be too high."""

    async def all(self) -> Mapping[Kind, Sequence[Tally]]:
        """All that is not forgotten, of every kind, in any order."""

    async def forget(self, kind: Kind, troubles: Collection[Trouble], before: Instant) -> None:
        """Of these, what was not met again since then."""


class OperatorMessages(Protocol):
    """The messages in one channel."""

    async def all(self) -> Mapping[Kind, Notice]:
        """What is stored of each kind that was ever shown there."""

    async def claim(self, kind: Kind, who: str, span: Span) -> bool:
        """Whether nobody else works at it: for so long nobody else will."""

    async def keep(self, kind: Kind, who: str, notice: Notice) -> bool:
        """Store it; False, and nothing stored, where the claim has lapsed."""

    async def release(self, kind: Kind, who: str) -> None:
        """Others may work at it again."""
