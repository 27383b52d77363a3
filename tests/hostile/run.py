"""A run: quiet rounds and hostile ones by turns, until the time is over and something could be judged."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from tests.hostile import canaries
from tests.hostile.attackers import Order
from tests.hostile.cores import shares
from tests.hostile.judge import End, Round, enough
from tests.hostile.site import BARE, SLACK, Site
from tests.hostile.victim import Served, measure
from tests.waiting import eventually

QUIET_S: Final = 4.0
HOSTILE_S: Final = 8.0
LONGER: Final = 2
"""So many times as long a run goes on at most while no round could be judged."""
_SLOWEST: Final = 1 / 8
_REST_S: Final = 15.0
_STUCK_S: Final = 60.0
"""What is not dealt with so long after the last attack is stuck."""


@dataclass
class Run:
    """All rounds on one site."""

    site: Site
    announce: Callable[[Round], None]
    rounds: list[Round] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    base: dict[str, int] = field(default_factory=dict)
    pace: float = 1.0
    """The share of the attackers' usual pace: halved where the cores do not suffice for them and the system."""

    async def play(self, seconds: float) -> End:
        """Round after round for so long, or longer while nothing can be judged; then what is left."""
        began = time.monotonic()
        await measure(self.site.stage, 0, QUIET_S / 2)
        self.base = self.site.memory()
        while (passed := time.monotonic() - began) < seconds or (
            not enough(self.rounds) and passed < LONGER * seconds
        ):
            await self._round(hostile=len(self.rounds) % 2 == 1)
        return await self._end()

    async def _round(self, *, hostile: bool) -> None:
        number, seconds = len(self.rounds) + 1, HOSTILE_S if hostile else QUIET_S
        if hostile:
            await self.site.draw(Order(number, seconds, self.pace))
        await self.site.silences()
        before, began = self.site.waited(), time.monotonic()
        attack = asyncio.create_task(self.site.attack()) if hostile else None
        served = await measure(self.site.stage, number, seconds)
        found = await attack if attack else {"thrown": {}, "violations": []}
        waited = shares(before, self.site.waited(), time.monotonic() - began)
        self.violations += found["violations"]
        one = await self._seen(served, waited, Round(number, hostile, thrown=found["thrown"]))
        self.rounds.append(one)
        self.announce(one)
        if hostile:
            self.pace = self.pace if one.is_calm else max(_SLOWEST, self.pace / 2)
            with suppress(AssertionError):
                await eventually(self._is_at_rest, within_s=_REST_S, every_s=0.5)

    async def _seen(self, served: Served, waited: dict[str, float], one: Round) -> Round:
        silences = await self.site.silences()
        bare = max(silences.pop(BARE), silences.pop(SLACK))
        grown = {role: max(0, size - self.base[role]) for role, size in self.site.memory().items()}
        return replace(
            one,
            latencies=served.latencies,
            refused=served.refused,
            hidden=served.hidden,
            silences=silences,
            bare=bare,
            grown=grown,
            waited=waited,
        )

    async def _is_at_rest(self) -> bool:
        return not await self.site.lag()

    async def _end(self) -> End:
        with suppress(AssertionError):
            await eventually(self._is_at_rest, within_s=_STUCK_S, every_s=0.5)
        logs = self.site.logs()
        betrayed = [f"no private word in a log: {one}" for one in canaries.sung(logs)]
        return End(
            await self.site.lag(), await self.site.unready(), betrayed + canaries.faults(logs) + self.violations
        )
