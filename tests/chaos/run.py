"""A run: episodes of load, a fault and its recovery, and what the checker finds after each and at the end."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from tests.chaos import checker, watching
from tests.chaos.evidence import GroupName, Recovery
from tests.chaos.faults.fault import Effect, Fault
from tests.chaos.load import Group, Load
from tests.chaos.stage import READER, SLACK_TIMEOUT_S, TENANTS, Stage, groups
from tests.chaos.watching import Bookkeeper, Journal
from tests.waiting import eventually

BEFORE_S: Final = 2.0
"""Of load, before each fault."""
_GIVE_UP_S: Final = 60.0
"""After a fault; what is not true by then is not going to be."""
_LOOK_S: Final = 0.2
_LATEST_S: Final = 20.0
"""After the last change: until what is to be sent once more, such as an edit after an unclear one, has been."""


@dataclass(frozen=True, slots=True)
class Episode:
    """What became of one fault."""

    fault: Fault
    began_s: float
    ended_s: float
    recovery: Recovery
    violations: tuple[str, ...]


@dataclass
class Run:
    """All episodes on one stage."""

    stage: Stage
    seed: int
    end_s: float
    """No fault begins later."""
    groups: list[Group] = field(default_factory=groups)
    episodes: list[Episode] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    seconds: Counter[str] = field(default_factory=Counter)
    """Messages beside the first of their group that a fault explains, by tenant."""
    more: Counter[str] = field(default_factory=Counter)
    """Messages beside the first of their group at the end, by tenant."""
    hidden_s: list[tuple[float, float]] = field(default_factory=list)
    """From when until when Slack did not show what it had taken."""
    records: int = 0
    """Inbound records that were found handled, or not."""

    def __post_init__(self) -> None:
        self.load = Load(self.groups, self.stage.post, str(self.seed))
        self.books = Bookkeeper(self.stage)
        self.journal = Journal(self.stage)

    async def play(self, faults: Sequence[Fault], announce: Callable[[Episode], None]) -> None:
        """Every fault in turn, each with its own dice, so that one of them alone meets the same."""
        keeping = asyncio.create_task(self.books.run())
        self.load.start()
        try:
            for fault in faults:
                if time.time() > self.end_s:
                    break
                episode = await self._episode(fault, random.Random(f"{self.seed}:{fault.name}"))
                self.episodes.append(episode)
                announce(episode)
            await self._finish()
        finally:
            await self.load.stop()
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
        self.violations += self.books.violations

    async def _episode(self, fault: Fault, dice: random.Random) -> Episode:
        self.load.go_on()
        await asyncio.sleep(BEFORE_S)
        began = time.time()
        before = await self._more()
        await fault.strike(self.stage, dice)
        ended = time.time()
        self.load.pause()
        took = await self._true_after(ended)
        recovery = Recovery(fault.name, fault.bound.seconds, took)
        found = [*checker.in_time(recovery), *self.load.died()]
        if took is None:
            found += await self._untrue()
        if Effect.HIDES in fault.effects:
            self.hidden_s.append((began, ended))
        if fault.effects & {Effect.MOVES, Effect.FORGETS}:
            self.seconds += (await self._more()) - before
        found += await self._second_messages()
        return Episode(fault, began, ended, recovery, tuple(found))

    async def _true_after(self, ended: float) -> float | None:
        while time.time() - ended < _GIVE_UP_S:
            if self.load.idle and not await self._untrue():
                return time.time() - ended
            await asyncio.sleep(_LOOK_S)
        return None

    @property
    def _firing(self) -> dict[GroupName, frozenset[str]]:
        return {group.name: frozenset(group.firing) for group in self.groups}

    async def _untrue(self) -> list[str]:
        shown, counted = await watching.shown(self.stage), await self._counted()
        storms = [checker.folded(one.folded, shown, counted[one.tenant]) for one in self.stage.storms]
        return [*checker.truth(self._firing, shown, counted), *chain.from_iterable(storms)]

    async def _counted(self) -> Counter[str]:
        """Second messages of which the product knows, or that a loss explains, by tenant."""
        if self.stage.losses_s:
            await self.journal.read()
        return self.books.counted + checker.forgotten(self.journal.calls, self.stage.losses_s)

    async def _more(self) -> Counter[str]:
        shown, found = await watching.shown(self.stage), Counter[str]()
        for group in self.groups:
            found[group.name.tenant] += max(0, len(checker.messages_of(group.name, shown)) - 1)
        return found

    async def _second_messages(self) -> list[str]:
        await self.journal.read()
        unclear = checker.unclear(self.journal.calls, READER, self.hidden_s)
        unsure = checker.in_flight(unclear, self.stage.kills_s, SLACK_TIMEOUT_S)
        unsure += checker.forgotten(self.journal.calls, self.stage.losses_s)
        known = await self._counted()
        names = [group.name for group in self.groups]
        allowed = {tenant: self.seconds[tenant] + unsure[tenant] for tenant in TENANTS}
        counted = {tenant: self.seconds[tenant] + known[tenant] for tenant in TENANTS}
        return checker.seconds(names, await watching.shown(self.stage), allowed, counted)

    async def _finish(self) -> None:
        """What holds once everything has come to rest."""
        for storm in self.stage.storms:
            await storm.abate(left=0)
        await self._true_after(time.time())
        await self._rest()
        await self.journal.read()
        shown = await watching.shown(self.stage)
        self.violations += await self._untrue()
        self.violations += checker.pace(self.journal.calls, self.stage.losses_s)
        self.violations += checker.patience(self.journal.calls, self.stage.losses_s)
        for tenant, since_s, until_s in self.stage.suspended:
            self.violations += checker.silence(self.journal.calls, tenant, since_s, until_s)
        self.violations += checker.strangers(shown, self.journal.calls, await watching.channels(self.stage))
        self.more = await self._more()
        inbound, offsets = await watching.records(self.stage)
        self.records = sum(one.offset < offsets.committed.get(one.partition, 0) for one in inbound)
        self.violations += checker.handled(inbound, offsets, await watching.in_redis(self.stage))
        self.violations += checker.allowed({name: child.log for name, child in self.stage.roles.items()})
        anomalies = (await self.stage.emulator("anomalies"))["anomalies"]
        unexplained = [one for one in anomalies if not any(ts in one["detail"] for ts in self.stage.deleted)]
        self.violations += [
            f"at Slack: {one['kind']}: {one['detail']} ({one['team_id']}, {one['channel']})" for one in unexplained
        ]

    async def _rest(self) -> None:
        with suppress(AssertionError):
            await eventually(self.books.settled, within_s=_LATEST_S, every_s=_LOOK_S)
        pending = {one.tenant: one.counts.get("pending", 0) for one in self.books.latest.values()}
        self.violations += [f"{name}: {count} changes pending at rest" for name, count in pending.items() if count]
