"""What operators are to be shown, in memory, and the messages that show it."""

from collections.abc import Collection, Mapping, Sequence

from router.core.model.instant import MILLISECOND, Instant, Span
from router.core.operators.notice import Notice
from router.core.operators.troubles import Kind, Tally, Trouble, others
from router.ports.operators import Noted
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore

_MOST = 1000


class FakeTroubles(Faulty):
    """What all processes have noted."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._tallies: dict[Trouble, Tally] = {}

    @asked
    async def note(self, noted: Noted, now: Instant) -> None:
        for trouble in noted.ended:
            self._tallies.pop(trouble, None)
        full = {kind for kind in Kind if sum(one.kind is kind for one in self._tallies) >= _MOST}
        at = Instant(now // MILLISECOND * MILLISECOND)
        for trouble in (*noted.begun, *noted.counts):
            met = others(trouble.kind) if trouble.kind in full else trouble
            before = self._tallies[met].count if met in self._tallies else 0
            self._tallies[met] = Tally(met, before + noted.counts.get(trouble, 1 - before), at)

    @asked
    async def all(self) -> Mapping[Kind, Sequence[Tally]]:
        return {kind: [one for one in self._tallies.values() if one.trouble.kind is kind] for kind in Kind}

    @asked
    async def forget(self, kind: Kind, troubles: Collection[Trouble], before: Instant) -> None:
        for trouble, tally in list(self._tallies.items()):
            if trouble.kind is kind and tally.last < before:
                del self._tallies[trouble]


class FakeOperatorMessages(Faulty):
    """The messages in one channel."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._clock = store.clock
        self._notices: dict[Kind, Notice] = {}
        self._claims: dict[Kind, tuple[str, Instant]] = {}

    @asked
    async def all(self) -> Mapping[Kind, Notice]:
        return dict(self._notices)

    @asked
    async def claim(self, kind: Kind, who: str, span: Span) -> bool:
        if self._holder(kind) is not None:
            return False
        self._claims[kind] = (who, Instant(self._clock.time + span))
        return True

    @asked
    async def keep(self, kind: Kind, who: str, notice: Notice) -> bool:
        if self._holder(kind) != who:
            return False
        self._notices[kind] = notice
        return True

    @asked
    async def release(self, kind: Kind, who: str) -> None:
        if self._holder(kind) == who:
            del self._claims[kind]

    def _holder(self, kind: Kind) -> str | None:
        who, until = self._claims.get(kind, ("", Instant(0)))
        return who if self._clock.time < until else None
