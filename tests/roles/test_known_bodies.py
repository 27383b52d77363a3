"""Lives in which bodies come again byte for byte: known or not, they end in the same state and the same books.

The first is the life of `test_two_workers` with its bodies in partitions: each sender's group has its order and its
owner, and moves from one worker to the other in between. The second is lived twice, without faults: once by workers
that know bodies, once by workers that know none.
"""

from collections import Counter
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from router.core.model.instant import SECOND, Span
from router.core.parse.webhook import parse
from router.ports.kafka import Record, record_key
from tests.adapters.builders import ACME, NOON
from tests.examples import examples
from tests.roles.test_two_workers import GROUPS, HOME, VERBS, Deed, World
from tests.roles.worker import Site, Worker, a_site, a_worker

SHORT: Final = (1, SECOND, 2 * SECOND, 12 * SECOND, Span(40 * SECOND))


def keyed(record: Record) -> Record:
    """The record under the gateway's key."""
    return replace(record, key=record_key(ACME, parse(record.value or b"", NOON).sender_group))


class Partitions(World):
    """Each sender's group is a partition, which one worker has."""

    def __init__(self, site: Site, workers: list[Worker], seed: int) -> None:
        super().__init__(site, workers, seed)
        self.owners: dict[bytes, int] = {}
        self.passed = 0

    def send(self, group: str, ended: str | None = None) -> None:
        sent = len(self.sent)
        super().send(group, ended)
        if len(self.sent) > sent:
            self.sent[-1] = self.inbox[-1] = keyed(self.sent[-1])

    async def _take(self, worker: Worker) -> None:
        """The next records of each partition that is the worker's."""
        batch, cut = list[Record](), set[bytes]()
        for record in self.inbox:
            key = record.key or b""
            if self.workers[self.owners.setdefault(key, 0)] is not worker or self.chance.random() > 0.8:
                cut.add(key)
            if key not in cut:
                batch.append(record)
        await worker.ingest.handle(batch)
        for one in batch:
            self._end(one)

    def _end(self, record: Record) -> None:
        """It is passed; a rewind may have brought it again behind that."""
        place = next((place for place, one in enumerate(self.inbox) if one is record), None)
        if place is not None:
            del self.inbox[place]

    async def happen(self, deed: Deed) -> None:
        if deed.verb == "again":
            await self.send_again(list(GROUPS)[deed.which % len(GROUPS)])
            return
        if deed.verb != "rebalance":
            await super().happen(deed)
            return
        for key in self.owners:
            self.owners[key] = self.chance.randrange(len(self.workers))
        for worker in self.workers:
            worker.ingest.forget()

    async def send_again(self, name: str) -> None:
        """The same body four times, taken one by one."""
        if not self.fires.get(name):
            self.turn(name)
        for _ in range(4):
            self.site.clock.advance(SECOND)
            self.send(GROUPS[name])
            await self.work()

    def count_passed(self) -> None:
        for worker in self.workers:
            self.passed += round(worker.metrics.records.labels(outcome="known")._value.get())


PARTITIONED: Final = st.builds(
    Deed, st.sampled_from((*VERBS, "rebalance", *("again",) * 6, *("turn",) * 4)), st.integers(0, 40)
)
passed: Final = Counter[str]()


@pytest.mark.long
@pytest.mark.night
@examples(150, HealthCheck.function_scoped_fixture)
@given(st.lists(PARTITIONED, max_size=60), st.integers(0, 1_000_000))
async def test_whatever_fails_known_bodies_hide_no_change(script: list[Deed], seed: int) -> None:
    site = Site()
    await site.open(ACME, HOME)
    world = Partitions(site, [await a_worker(site), await a_worker(site)], seed)
    await world.live(script)
    world.count_passed()
    passed["records"] += world.passed


@pytest.mark.long
@pytest.mark.night
def test_such_lives_hold_bodies_that_are_known() -> None:
    """Else they would prove nothing."""
    assert passed["records"] > 50


class Calm(Partitions):
    """The same without faults, each batch whole."""

    knows = True

    async def _take(self, worker: Worker) -> None:
        batch = [one for one in self.inbox if self.workers[self.owners.setdefault(one.key or b"", 0)] is worker]
        given = batch if self.knows else [replace(one, key=b"another") for one in batch]
        await worker.ingest.handle(given)
        for one in batch:
            self._end(one)

    async def work(self) -> None:
        for worker in self.workers:
            await self._take(worker)
            await worker.take_turn()
            await worker.in_flight.drain()

    async def happen(self, deed: Deed) -> None:
        match deed.verb:
            case "turn":
                self.turn(list(GROUPS)[deed.which % len(GROUPS)])
            case "send":
                self.site.clock.advance(1)
                self.send("gh"[deed.which % 2])
            case "pass":
                self.site.clock.advance(SHORT[deed.which % len(SHORT)])
            case "work":
                await self.work()
            case _:
                await super().happen(deed)


async def ends_in(script: list[Deed], seed: int, *, knows: bool) -> tuple[object, object, object, int]:
    """Which alerts fire and what was shown of them, what Slack shows, the books; and how many bodies were passed."""
    site = await a_site()
    world = Calm(site, [await a_worker(site), await a_worker(site)], seed)
    world.knows = knows
    for deed in script:
        await world.happen(deed)
    await world.calm_down()
    world.assert_slack_shows_the_truth()
    world.count_passed()
    alerts = {
        (group.key.group_id, name): (one.shown_firing, one.last_shown.state, one.content and one.content.labels)
        for group in world.groups()
        for name, one in group.alerts.items()
    }
    texts = {place: message.text for place, message in site.slack.messages.items()}
    return alerts, texts, dict(site.store.tenants[ACME].books), world.passed


@pytest.mark.long
@pytest.mark.night
@examples(100)
@given(
    st.lists(
        st.builds(
            Deed,
            st.sampled_from(("turn", "turn", "send", "again", "again", "pass", "work", "rebalance")),
            st.integers(0, 40),
        ),
        max_size=60,
    ),
    st.integers(0, 1_000_000),
)
async def test_known_or_not_a_life_ends_in_the_same_state_and_books(script: list[Deed], seed: int) -> None:
    *without, none = await ends_in(script, seed, knows=False)
    *end, some = await ends_in(script, seed, knows=True)

    assert end == without
    assert none == 0
    passed["calm"] += some


@pytest.mark.long
@pytest.mark.night
def test_those_lives_hold_bodies_that_are_known() -> None:
    assert passed["calm"] > 50
