"""Bodies that are known: passed without a look where they bring nothing, and never where they bring something."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Final
from unittest.mock import patch

import pytest

from router.core.model.alert import TenantId
from router.core.model.instant import SECOND, Instant
from router.core.parse.webhook import parse
from router.errors import PayloadError, UnavailableError
from router.ports.kafka import Record, record_key
from router.roles.ingest.hold import HeldReason
from router.roles.ingest.known import LIFE
from router.roles.ingest.read import RecordReader
from tests.adapters.builders import ACME, BETA, NOON
from tests.bounds import tries
from tests.roles.builders import ELSEWHERE, a_body, a_document, a_record, a_resolve, an_alert, id_of, key_of
from tests.roles.worker import Site, Worker, a_site, a_worker


def sender_group_of(body: bytes, group: str) -> str:
    """What the gateway makes the key of; of what it would not take, what stands for it."""
    try:
        return parse(body, NOON).sender_group
    except PayloadError:
        return group


class Sender:
    """An Alertmanager behind a gateway: bodies in order, each at its time, under the gateway's key."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._sent = 0
        self._starts = site.clock.time

    def fires(self, *names: str, group: str = "g", tenant: str = "acme") -> Record:
        """A body by which these fire, byte for byte the same each time."""
        return self.record(a_body(*(an_alert(one, starts=self._starts) for one in names), group=group), group, tenant)

    def ends(self, name: str, *others: str, group: str = "g") -> Record:
        """A body by which one has ended, and the others fire."""
        alerts = [
            a_resolve(name, ended=self._site.clock.time),
            *(an_alert(one, starts=self._starts) for one in others),
        ]
        return self.record(a_body(*alerts, group=group), group)

    def record(self, body: bytes, group: str = "g", tenant: str = "acme") -> Record:
        """A body of a sender's group; a second has passed since the one before."""
        self._site.pass_time(1)
        self._sent += 1
        now = self._site.clock.time
        one = a_record(value=body, tenant=tenant, received=now, offset=self._sent)
        return replace(one, key=record_key(tenant, sender_group_of(body, group)))


def fires(site: Site, name: str = "A", group: str = "g") -> bool:
    """Whether an alert fires, as it is stored."""
    return site.group(key_of(group)).alerts[id_of(name)].registers.firing


async def looks(worker: Worker, *records: Record) -> int:
    """How many of the records of a batch are read."""
    read = RecordReader.read
    with patch.object(RecordReader, "read", autospec=True, side_effect=read) as reading:
        await worker.take(*records)
    return reading.call_count


async def turns_of_the_loop() -> None:
    """Others have gone on as far as they can."""
    for _ in range(100):
        await asyncio.sleep(0)


async def known(site: Site, worker: Worker, sender: Sender, *names: str, group: str = "g") -> None:
    """Make a body known: it came twice."""
    for _ in range(2):
        await worker.take(sender.fires(*(names or ("A",)), group=group))


@pytest.fixture
async def site() -> Site:
    return await a_site(ACME, BETA)


@pytest.fixture
async def worker(site: Site) -> Worker:
    return await a_worker(site)


@pytest.fixture
def sender(site: Site) -> Sender:
    return Sender(site)


async def test_a_body_is_not_looked_at_from_its_third_time_on(site: Site, worker: Worker, sender: Sender) -> None:
    assert [await looks(worker, sender.fires("A")) for _ in range(5)] == [1, 1, 0, 0, 0]


async def test_what_is_passed_is_counted_as_if_it_had_been_folded(site: Site, worker: Worker, sender: Sender) -> None:
    for _ in range(5):
        await worker.take(sender.fires("A", "B"), sender.fires("C", group="h"))

    books = site.store.tenants[ACME].books
    assert (books["accepted"], books["duplicates"], books["changes"]) == (15, 12, 3)


async def test_the_books_of_a_batch_are_written_in_one_step(site: Site, worker: Worker, sender: Sender) -> None:
    await known(site, worker, sender)
    asked = site.group_marks.faults.asked
    before = asked["_counted"]

    assert await looks(worker, *(sender.fires("A") for _ in range(10))) == 0

    assert asked["_counted"] == before + 1


async def test_firing_ended_and_firing_again_byte_for_byte_is_firing(
    site: Site, worker: Worker, sender: Sender
) -> None:
    await known(site, worker, sender)

    await worker.take(sender.ends("A"))
    assert not fires(site)
    await worker.take(sender.fires("A"))

    assert fires(site)


async def test_that_holds_within_one_batch(site: Site, worker: Worker, sender: Sender) -> None:
    await known(site, worker, sender)

    await worker.take(sender.fires("A"), sender.ends("A"), sender.fires("A"))

    assert fires(site)


async def test_that_holds_where_another_worker_learns_of_the_end(site: Site, worker: Worker, sender: Sender) -> None:
    other = await a_worker(site)
    await known(site, worker, sender)

    await other.take(sender.ends("A"))
    await worker.take(sender.fires("A"))

    assert fires(site)


async def test_that_holds_where_another_worker_learns_of_it_in_the_middle_of_a_batch(
    site: Site, worker: Worker, sender: Sender
) -> None:
    other = await a_worker(site)
    await known(site, worker, sender)
    end, again, more = sender.ends("A"), sender.fires("A"), sender.fires("B", group="h")
    site.groups.faults.just_before("apply", lambda: other.take(end))

    await worker.take(again, more)

    assert fires(site)


class Gate:
    """Keeps the next fold waiting until it is opened."""

    def __init__(self, site: Site) -> None:
        self._reached, self._open = asyncio.Event(), asyncio.Event()
        site.groups.faults.just_before("apply", self._wait)

    async def _wait(self) -> None:
        self._reached.set()
        await self._open.wait()

    async def holds(self, worker: Worker, *records: Record) -> asyncio.Task[None]:
        """A batch that is under way until then."""
        batch = asyncio.create_task(worker.take(*records))
        await self._reached.wait()
        return batch

    def open(self) -> None:
        """Let it go on."""
        self._open.set()


async def test_that_holds_while_the_batch_with_the_end_is_still_under_way(
    site: Site, worker: Worker, sender: Sender
) -> None:
    await known(site, worker, sender)
    gate = Gate(site)
    first = await gate.holds(worker, sender.ends("A"))
    second = asyncio.create_task(worker.take(sender.fires("A")))
    await turns_of_the_loop()
    assert not second.done()

    gate.open()
    await asyncio.gather(first, second)

    assert fires(site)


async def test_that_holds_where_the_batch_with_the_end_fails_and_comes_again(
    site: Site, worker: Worker, sender: Sender
) -> None:
    await known(site, worker, sender)
    gate, end = Gate(site), sender.ends("A")
    first = await gate.holds(worker, end)
    second = asyncio.create_task(worker.take(sender.fires("A")))
    await turns_of_the_loop()

    site.groups.faults.refuse("apply", 2)
    site.clock.faults.refuse("check", 2)
    gate.open()
    with pytest.raises(UnavailableError):
        await first
    with suppress(UnavailableError):
        await second
    await worker.take(end)
    await worker.take(sender.fires("A"))

    assert fires(site)


async def test_what_another_tenant_has_under_way_is_not_waited_for(
    site: Site, worker: Worker, sender: Sender
) -> None:
    await known(site, worker, sender)
    gate = Gate(site)
    slow = await gate.holds(worker, sender.fires("A", tenant="beta"))

    assert await looks(worker, sender.fires("A")) == 0

    gate.open()
    await slow


async def test_that_holds_with_a_rebalance_in_between(site: Site, worker: Worker, sender: Sender) -> None:
    other = await a_worker(site)
    await known(site, worker, sender)
    end, again = sender.ends("A"), sender.fires("A")

    await other.take(end)
    other.ingest.forget()
    worker.ingest.forget()
    await worker.take(end, again)

    assert fires(site)


async def test_a_worker_that_was_given_partitions_knows_nothing(site: Site, worker: Worker, sender: Sender) -> None:
    await known(site, worker, sender)
    worker.ingest.forget()

    assert await looks(worker, sender.fires("A")) == 1


async def test_that_holds_through_another_group_of_the_sender_in_the_same_batch(
    site: Site, worker: Worker, sender: Sender
) -> None:
    """The same alert in two groups of the sender: what ends in one has ended in both."""
    await known(site, worker, sender)
    await worker.take(sender.fires("A", group="h"))
    await known(site, worker, sender)

    await worker.take(sender.ends("A", group="h"), sender.fires("A"))

    assert fires(site)


async def test_another_body_of_the_same_group_makes_it_unknown(site: Site, worker: Worker, sender: Sender) -> None:
    await known(site, worker, sender)

    await worker.take(sender.fires("A", "B"))

    assert await looks(worker, sender.fires("A")) == 1


async def test_bodies_of_other_groups_leave_it_known(site: Site, worker: Worker, sender: Sender) -> None:
    await known(site, worker, sender)
    await known(site, worker, sender, "B", group="other")

    assert await looks(worker, sender.fires("A"), sender.fires("B", group="other")) == 0


async def test_a_notification_makes_it_unknown_once(site: Site, worker: Worker, sender: Sender) -> None:
    """A repeat needs an observation since the last notification."""
    await known(site, worker, sender)
    await worker.settle_down()

    assert [await looks(worker, sender.fires("A")) for _ in range(3)] == [1, 0, 0]


@tries("time for which such a body is known")
async def test_a_body_is_known_for_a_minute(site: Site, worker: Worker, sender: Sender, beyond: int) -> None:
    await known(site, worker, sender)
    site.clock.advance(LIFE - SECOND + beyond)

    assert await looks(worker, sender.fires("A")) == int(beyond >= 0)


async def test_what_fires_stays_fresh(site: Site, worker: Worker, sender: Sender) -> None:
    for _ in range(150):
        await worker.take(sender.fires("A"))
        assert site.clock.time - site.group().alerts[id_of("A")].registers.seen_firing < LIFE


@tries("time for which such a body is known")
async def test_what_was_observed_long_before_is_looked_at(
    site: Site, worker: Worker, sender: Sender, beyond: int
) -> None:
    await known(site, worker, sender)
    observed = Instant(site.clock.time - LIFE - beyond)

    record = replace(sender.fires("A"), headers=a_record(received=observed).headers)

    assert await looks(worker, record) == int(beyond >= 0)


async def test_a_body_that_came_by_a_clock_ahead_is_passed_as_one_read_now(
    site: Site, worker: Worker, sender: Sender
) -> None:
    await known(site, worker, sender)

    ahead = replace(sender.fires("A"), headers=a_record(received=Instant(site.clock.time + 400 * SECOND)).headers)

    assert await looks(worker, ahead) == 0


async def test_a_body_that_was_held_or_set_aside_is_looked_at(site: Site, worker: Worker, sender: Sender) -> None:
    await known(site, worker, sender)
    one = sender.fires("A")

    kept = replace(one, headers=(*one.headers, ("observed_at", b"2026-11-26T12:00:00Z")))

    assert await looks(worker, kept) == 1


async def test_it_is_known_only_where_it_came_from(site: Site, worker: Worker, sender: Sender) -> None:
    await known(site, worker, sender)
    record = sender.fires("A")

    for moved in (replace(record, topic="more"), replace(record, partition=1), replace(record, key=b"another")):
        assert await looks(worker, moved) == 1
        await known(site, worker, sender)


async def test_bodies_under_another_key_than_the_gateways_are_never_known(
    site: Site, worker: Worker, sender: Sender
) -> None:
    records = [replace(sender.fires("A"), key=b"own") for _ in range(4)]

    assert [await looks(worker, one) for one in records] == [1, 1, 1, 1]


HEADERS: Final = {
    "a second tenant": ("tenant", b"beta"),
    "a second time": ("received_at", b"2026-11-01T12:00:00Z"),
    "a batch not read": ("alert-router-unread", b"batch_too_large"),
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
async def test_odd_headers_are_looked_at(
    site: Site, worker: Worker, sender: Sender, header: tuple[str, bytes]
) -> None:
    await known(site, worker, sender)
    record = sender.fires("A")

    assert await looks(worker, replace(record, headers=(*record.headers, header))) == 1


async def test_bodies_that_mean_more_than_their_alerts_are_never_known(
    site: Site, worker: Worker, sender: Sender
) -> None:
    ended = sender.ends("A", "B").value or b""
    cut = a_body(an_alert("B"), group="g").replace(b'"version"', b'"truncatedAlerts": 2, "version"')
    partly_bad = a_body(an_alert("B"), {"labels": 1}, group="g")
    for body in (ended, cut, partly_bad):
        assert [await looks(worker, sender.record(body)) for _ in range(4)] == [1, 1, 1, 1], body


async def test_a_tenants_bodies_are_that_tenants_alone(site: Site, worker: Worker, sender: Sender) -> None:
    await known(site, worker, sender)

    assert await looks(worker, sender.fires("A", tenant="beta")) == 1
    assert fires_of_beta(site)


def fires_of_beta(site: Site) -> bool:
    return site.group(tenant=BETA).alerts[id_of("A")].registers.firing


async def test_a_new_configuration_makes_everything_unknown(site: Site, worker: Worker, sender: Sender) -> None:
    await known(site, worker, sender)
    await site.tenants.publish(ACME, ELSEWHERE)

    await worker.take(sender.fires("A"))

    assert site.group(key_of(receiver="elsewhere", path=("{}", '{alertname=~".+"}'))).firing == 1


async def test_data_that_was_lost_is_folded_again(site: Site, worker: Worker, sender: Sender) -> None:
    await known(site, worker, sender)
    site.store.lose(ACME)
    await site.tenants.publish(ACME, a_document())

    await worker.take(sender.fires("A"))

    assert fires(site)


async def test_what_waits_makes_unknown_what_was_known(site: Site, worker: Worker, sender: Sender) -> None:
    """An end that is held counts as observed when it came: what comes after it must be folded."""
    await known(site, worker, sender)
    worker.holding.note(ACME, HeldReason.BUSY)
    await worker.take(sender.ends("A"))
    with patch.object(worker.holding, "sickness", return_value=None):
        await worker.take(sender.fires("A"))
    site.pass_time(10)

    await worker.held.look()

    assert fires(site)


async def test_a_dead_letter_makes_unknown_what_was_known(site: Site, worker: Worker, sender: Sender) -> None:
    await known(site, worker, sender)

    await worker.take(sender.record(b"{"))

    assert await looks(worker, sender.fires("A")) == 1


@pytest.mark.parametrize("method", ["standings", "_counted"])
async def test_while_redis_does_not_answer_nothing_is_known(
    site: Site, worker: Worker, sender: Sender, method: str
) -> None:
    await known(site, worker, sender)
    site.group_marks.faults.refuse(method)

    assert await looks(worker, sender.fires("A")) == 1
    assert site.store.tenants[ACME].books["accepted"] == 3


async def test_a_tenant_whose_part_is_away_is_looked_at_and_the_others_are_passed(
    site: Site, worker: Worker, sender: Sender
) -> None:
    for tenant in ("acme", "beta"):
        for _ in range(2):
            await worker.take(sender.fires("A", tenant=tenant))
    site.store.unanswered.add(TenantId("beta"))

    assert await looks(worker, sender.fires("A"), sender.fires("A", tenant="beta")) == 1
