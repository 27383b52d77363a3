"""A batch of records: each comes to its end, or all come again; nobody's fault is anybody else's."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock, patch

import pytest
from structlog.testing import capture_logs

from router.core.model.alert import AlertId, TenantId
from router.core.model.instant import Instant
from router.core.model.rules.names import ReceiverName
from router.core.parse.bounds import BodyBounds
from router.core.parse.webhook import Parsing, parsing
from router.errors import UnavailableError
from router.ports.kafka import Record
from router.ports.state import ApplyResult, NextDue, StoreTransition
from router.roles.ingest import ingest as ingesting
from router.roles.ingest import pace
from router.roles.ingest import read as reading
from router.roles.ingest.folding import RUN, Folding
from router.roles.ingest.hold import PATIENCE_S
from router.roles.ingest.ingest import LETTERS, RECORD_ATTEMPTS, STEP_ATTEMPTS
from router.roles.ingest.read import ReadRecord, RecordReader
from router.roles.offload import LARGE
from tests.adapters.builders import ACME, BETA, after
from tests.bounds import tries
from tests.fakes.records import answering_together
from tests.roles.builders import DEAD, ELSEWHERE, a_body, a_document, a_record, an_alert, id_of, key_of
from tests.roles.worker import Site, Worker, a_site, a_worker
from tests.waiting import eventually

POISON = b"poison"
ELSEWHERE_KEY = key_of(receiver="elsewhere", path=("{}", '{alertname=~".+"}'))


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Record:
    """A record that makes us fail in a way nobody thought of."""

    def parse_or_fail(body: bytes, observed: Instant, bounds: BodyBounds) -> Parsing:
        if POISON in body:
            raise ZeroDivisionError("an error of ours")
        return parsing(body, observed, bounds)

    monkeypatch.setattr(reading, "parsing", parse_or_fail)
    return a_record(value=POISON, offset=7)


@contextmanager
def unanswered() -> Iterator[None]:
    """Nothing may be committed."""
    with pytest.raises(UnavailableError):
        yield


async def test_a_batch_is_folded_and_the_notifier_woken(site: Site, worker: Worker) -> None:
    worker.news.clear()

    await worker.take(a_record(an_alert("A")), a_record(an_alert("B"), received=after(-1), group="h"))

    assert site.group(key_of("g")).pending == 1
    assert site.group(key_of("h")).pending == 1
    assert worker.news.is_set()
    assert (await worker.turns.take(site.clock.time))[0] == ACME


async def test_an_empty_batch_changes_nothing(site: Site, worker: Worker) -> None:
    await worker.take()

    assert site.store.turns == {}


async def test_a_bad_record_is_set_aside_and_its_neighbours_are_folded(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert("A")), a_record(value=b"{"), a_record(an_alert("B")))

    assert set(site.group().alerts) == {id_of("A"), id_of("B")}
    assert site.dead == [("not_json", b"{")]


async def test_bad_records_of_a_batch_wait_for_kafka_together(site: Site, worker: Worker) -> None:
    """One after another, each would wait for all replicas, and others' records behind it."""
    bad = [a_record(value=b"{", offset=number) for number in range(LETTERS)]

    async with answering_together(site.records, LETTERS):
        await worker.take(*bad, a_record(an_alert("A"), offset=LETTERS))

    assert (len(site.dead), set(site.group().alerts)) == (LETTERS, {id_of("A")})


async def test_what_kafka_takes_long_to_take_keeps_no_neighbour_waiting() -> None:
    """A dead letter of one tenant is under way; what shared its step is folded, and the notifier woken."""
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    taken = asyncio.Event()
    site.records.faults.just_before("append", taken.wait)
    worker.news.clear()

    batch = asyncio.create_task(worker.take(a_record(value=b"{"), a_record(an_alert("A"), tenant="beta", offset=1)))
    await asyncio.wait_for(worker.news.wait(), 5)

    assert set(site.group(key_of("g"), BETA).alerts) == {id_of("A")}
    assert not batch.done(), "nothing is passed before it is there"
    taken.set()
    await batch
    assert site.dead == [("not_json", b"{")]


async def test_records_of_nobody_keep_no_tenant_waiting_while_redis_is_asked_who_that_is() -> None:
    site = await a_site(ACME)
    worker = await a_worker(site)
    known, asked = asyncio.Event(), site.tenants.absence

    async def slowly(tenant: TenantId) -> Any:
        await known.wait()
        return await asked(tenant)

    worker.news.clear()
    with patch.object(site.tenants, "absence", slowly):
        batch = asyncio.create_task(
            worker.take(a_record(an_alert("B"), tenant="nobody"), a_record(an_alert("A"), offset=1))
        )
        await asyncio.wait_for(worker.news.wait(), 5)

        assert set(site.group().alerts) == {id_of("A")}
        assert not batch.done(), "nothing is passed before all has its end"
        known.set()
        await batch
    assert [reason for reason, _ in site.dead] == ["unknown_tenant"]


async def test_small_records_are_folded_before_much_of_others_is_read() -> None:
    """Those with the least come first; a step reads so many bytes, and is folded then."""
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    padded = [
        a_record(
            an_alert(f"B{number}") | {"annotations": {"text": "x" * (LARGE - 1000)}}, tenant="beta", offset=number
        )
        for number in range(1, 4)
    ]
    read: list[bytes | None] = []
    reading_one, when_acme_was_stored = RecordReader.read, list[int]()

    async def noting(self: RecordReader, record: Record, now: Instant) -> Any:
        if site.store.tenants[ACME].groups and not when_acme_was_stored:
            when_acme_was_stored.append(len(read))
        read.append(record.value)
        return await reading_one(self, record, now)

    with patch.object(RecordReader, "read", noting):
        await worker.take(*padded, a_record(an_alert("A"), offset=9))

    assert when_acme_was_stored == [2], "its own record, and one more, which fills the step"
    assert site.group(tenant=BETA).firing == 3


async def test_an_error_of_ours_beside_is_that_records_alone(site: Site, worker: Worker) -> None:
    with patch.object(RecordReader, "set_aside", side_effect=ZeroDivisionError()):
        await worker.take(a_record(value=b"{"), a_record(an_alert("A"), offset=1))

    assert (site.dead, set(site.group().alerts)) == ([("internal_error", b"{")], {id_of("A")})


async def test_bad_alerts_of_a_batch_wait_for_kafka_together(site: Site, worker: Worker) -> None:
    bodies = [a_record(an_alert(f"A{number}"), {"labels": {}}, offset=number) for number in range(LETTERS)]

    async with answering_together(site.records, LETTERS):
        await worker.take(*bodies)

    assert (len(site.dead), len(site.group().alerts)) == (LETTERS, LETTERS)


async def test_records_of_a_sick_tenant_wait_for_kafka_together(site: Site, worker: Worker) -> None:
    site.store.lose(ACME)

    async with answering_together(site.records, 9):
        await worker.take(*(a_record(an_alert(f"A{number}"), offset=number) for number in range(9)))

    assert len(site.held) == 9


async def test_bad_records_are_set_aside_before_an_error_goes_on(site: Site, worker: Worker) -> None:
    site.tenants.faults.refuse("active")
    site.clock.faults.refuse("check")

    with unanswered():
        await worker.take(a_record(value=b"{"), a_record(an_alert(), tenant="nobody", offset=1))

    assert site.dead == [("not_json", b"{")]
    await worker.take(a_record(value=b"{"), a_record(an_alert("A"), offset=2))
    assert (len(site.dead), len(site.group().alerts)) == (1, 1), "it is passed over when its batch comes again"


async def test_what_another_batch_ends_meanwhile_is_still_passed_over(site: Site, worker: Worker) -> None:
    """A batch fails while a later one is under way, and ends: its dead letters stay the only ones."""
    site.tenants.faults.refuse("active")
    site.clock.faults.refuse("check")
    failing = a_record(value=b"{"), a_record(an_alert(), tenant="nobody", offset=1)
    with unanswered():
        await worker.take(*failing)

    await worker.take(a_record(value=b"[", offset=2), a_record(an_alert("A"), offset=3))
    await worker.take(*failing)

    assert [body for _, body in site.dead if body in {b"{", b"["}] == [b"{", b"["]


async def test_batches_that_bring_one_tenant_something_take_turns(site: Site, worker: Worker) -> None:
    """Two at once would both fold into one alert group, and one of them in vain."""
    at_once, most = 0, 0
    fold = Folding.fold

    async def folding(self: Folding, *arguments: Any) -> list[ReadRecord]:
        nonlocal at_once, most
        at_once, most = at_once + 1, max(most, at_once + 1)
        try:
            return await fold(self, *arguments)
        finally:
            at_once -= 1

    with patch.object(Folding, "fold", folding):
        await asyncio.gather(*(worker.take(a_record(an_alert(f"A{one}"), offset=one)) for one in range(4)))

    assert (most, len(site.group().alerts)) == (1, 4)


async def test_a_step_of_an_earlier_batch_keeps_only_its_own_tenants_waiting() -> None:
    """Of a later batch, who is not among them is folded at once, and then who was."""
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    reached, found = asyncio.Event(), worker.regrouping.groups.firing_in

    async def slow(wanted: Sequence[tuple[TenantId, ReceiverName, Sequence[AlertId]]]) -> Any:
        if any(tenant == ACME for tenant, _, _ in wanted) and not site.store.tenants[BETA].groups:
            await reached.wait()
        return await found(wanted)

    def beta_is_folded() -> bool:
        return bool(site.store.tenants[BETA].groups)

    with patch.object(site.groups, "firing_in", slow):
        earlier = asyncio.create_task(worker.take(a_record(an_alert("A"))))
        await asyncio.sleep(0)
        both = a_record(an_alert("A2"), offset=1), a_record(an_alert("B"), tenant="beta", offset=2)
        later = asyncio.create_task(worker.take(*both))
        await eventually(beta_is_folded)
        assert not earlier.done()
        reached.set()
        await asyncio.gather(earlier, later)

    assert (site.group().firing, site.group(tenant=BETA).firing) == (2, 1)


async def test_when_most_of_a_batch_is_bad_it_goes_on_and_says_so(site: Site, worker: Worker) -> None:
    with capture_logs() as logs:
        await worker.take(a_record(value=b"{"), a_record(value=b"{", offset=1), a_record(an_alert(), offset=2))

    assert [entry["bad"] for entry in logs if entry["event"] == "most_records_are_bad"] == [2]
    assert site.group().pending == 1


async def test_an_error_of_ours_is_found_out_alone(site: Site, worker: Worker, poison: Record) -> None:
    await worker.take(a_record(an_alert("A")), poison, a_record(an_alert("B")))

    assert set(site.group().alerts) == {id_of("A"), id_of("B")}
    assert site.dead == [("internal_error", POISON)]
    [letter] = [one for one in site.records.records if one.topic == DEAD]
    assert (letter.headers["error"], letter.headers["origin_offset"]) == (b"ZeroDivisionError", b"7")


async def test_an_error_of_ours_in_one_record_alone_is_set_aside(site: Site, worker: Worker, poison: Record) -> None:
    await worker.take(poison)

    assert site.dead == [("internal_error", POISON)]


async def test_an_error_that_does_not_come_again_costs_no_record(site: Site, worker: Worker) -> None:
    site.groups.faults.fail("apply", ZeroDivisionError())

    await worker.take(a_record(an_alert("A")), a_record(an_alert("B")))

    assert set(site.group().alerts) == {id_of("A"), id_of("B")}
    assert site.dead == []


ENGINES = {"clock": "now", "groups": "load_parts", "groups again": "apply"}


@pytest.mark.parametrize("engine", ENGINES)
async def test_an_engine_that_is_away_for_everybody_commits_nothing_and_the_batch_comes_again(
    site: Site, worker: Worker, engine: str
) -> None:
    getattr(site, engine.split()[0]).faults.refuse(ENGINES[engine])
    site.clock.faults.refuse("check")
    records = [a_record(an_alert("A")), a_record(an_alert("B"), group="h", offset=1)]
    with unanswered():
        await worker.take(*records)
    assert not site.store.tenants[ACME].groups
    assert site.held == []

    await worker.take(*records)

    assert (site.group().pending, site.group(key_of("h")).pending) == (1, 1)
    assert await site.books.read(ACME) == {"changes": 2, "pending": 2, "accepted": 2}


async def test_kafka_away_commits_nothing_while_there_is_a_dead_letter_to_write(site: Site, worker: Worker) -> None:
    site.records.faults.refuse("append")

    with unanswered():
        await worker.take(a_record(an_alert()), a_record(value=b"{"))


async def test_a_batch_whose_confirmation_was_lost_comes_again_and_changes_nothing_twice(
    site: Site, worker: Worker
) -> None:
    site.groups.faults.lose_reply("apply")
    site.clock.faults.refuse("check")
    with unanswered():
        await worker.take(a_record(an_alert("A", severity="critical")))
    once = site.group()

    await worker.take(a_record(an_alert("A", severity="critical")))

    assert (site.group().pending, site.group().firing, site.group().alerts) == (1, 1, once.alerts)
    assert (await site.books.read(ACME))["changes"] == 1


async def test_records_of_an_unknown_tenant_are_set_aside(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert(), tenant="nobody"), a_record(an_alert()))

    assert [reason for reason, _ in site.dead] == ["unknown_tenant"]
    assert site.group().pending == 1


async def test_records_of_a_tenant_that_was_erased_are_set_aside_with_the_reason(site: Site, worker: Worker) -> None:
    site.store.erased.add(TenantId("gone"))
    await worker.take(a_record(an_alert(), tenant="gone"))

    [letter] = site.letters
    assert letter.headers["reason"] == b"unknown_tenant"
    assert "was erased" in str(letter.headers)


async def test_a_configuration_that_was_just_applied_routes_the_batch(site: Site, worker: Worker) -> None:
    await site.tenants.publish(ACME, ELSEWHERE)

    await worker.take(a_record(an_alert()))

    assert set(site.store.tenants[ACME].groups) == {ELSEWHERE_KEY.group_id}
    assert worker.rules().version == 2


async def test_only_the_tenant_that_changed_is_routed_again() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    await site.tenants.publish(ACME, ELSEWHERE)

    await worker.take(a_record(an_alert()), a_record(an_alert(), tenant="beta"))

    assert site.group(tenant=BETA).rev == 1
    assert site.group(ELSEWHERE_KEY).rev == 1
    assert (await site.books.read(BETA))["accepted"] == 1


async def test_alerts_that_cannot_be_routed_since_configurations_change_all_the_time_are_held(
    site: Site, worker: Worker
) -> None:
    documents = [a_document(channel=f"C0{number:06}") for number in range(20 * STEP_ATTEMPTS)]
    for document in documents:
        site.groups.faults.just_before("apply", lambda document=document: site.tenants.publish(ACME, document))  # type: ignore[misc]

    await worker.take(a_record(an_alert()))

    assert site.held == [("unavailable", a_body(an_alert()))]
    assert not site.store.tenants[ACME].groups


async def test_what_one_step_met_is_tried_once_more(site: Site, worker: Worker) -> None:
    site.groups.faults.refuse("load_parts")

    await worker.take(a_record(an_alert()))

    assert (site.group().pending, site.held) == (1, [])


async def test_a_tenant_whose_part_of_redis_does_not_answer_is_held_alone() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    site.groups.faults.refuse("load_parts", 1 + STEP_ATTEMPTS)

    await worker.take(a_record(an_alert("A")), a_record(an_alert("B"), offset=1))

    assert [reason for reason, _ in site.held] == ["unavailable"] * 2
    assert worker.metrics.records.labels(outcome="held")._value.get() == 2

    await worker.take(a_record(an_alert("C"), offset=2), a_record(an_alert(), tenant="beta", offset=3))
    assert [reason for reason, _ in site.held] == ["unavailable"] * 3, "it is known to be sick, and not tried again"
    assert site.group(tenant=BETA).pending == 1


async def test_a_tenant_without_its_data_is_held_and_its_neighbours_are_folded() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    site.store.lose(ACME)

    with capture_logs() as logs:
        await worker.take(
            *(a_record(an_alert(f"A{number}"), offset=number) for number in range(250)),
            a_record(an_alert(), tenant="beta", offset=250),
        )

    assert [reason for reason, _ in site.held] == ["data_lost"] * 250
    assert [one.headers["origin_offset"] for one in site.records.records] == [b"%d" % number for number in range(250)]
    assert (site.group(tenant=BETA).pending, site.dead) == (1, [])
    [line] = [one for one in logs if one["event"] == "tenant_sick"]
    assert (line["tenant"], line["reason"]) == (ACME, "data_lost")


async def test_what_was_set_aside_is_not_set_aside_twice_when_its_batch_comes_again(
    site: Site, worker: Worker
) -> None:
    site.store.lose(ACME)
    batch = [a_record(value=b"{"), a_record(an_alert("A"), offset=1), a_record(an_alert("B"), offset=2)]
    for _ in range(2):
        site.records.faults.just_before("append", lambda: None)
    site.records.faults.just_before("append", lambda: site.records.faults.refuse("append"))
    with unanswered():
        await worker.take(*batch)
    assert (len(site.held), len(site.dead)) == (1, 1)

    await worker.take(*batch)

    assert (len(site.held), len(site.dead)) == (2, 1)


async def test_tenants_are_taken_in_turns_beginning_with_those_that_have_the_least() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    many = 3 * RUN
    batch = [a_record(an_alert(f"A{number}"), offset=number) for number in range(many)]
    batch.append(a_record(an_alert("B"), tenant="beta", offset=many))
    when_beta_was_stored: list[int] = []
    apply = site.groups.apply

    async def noting(transitions: Sequence[StoreTransition]) -> tuple[list[ApplyResult], NextDue]:
        if any(one.tenant == BETA for one in transitions):
            when_beta_was_stored.append(len(site.store.tenants[ACME].books))
        return await apply(transitions)

    with patch.object(site.groups, "apply", noting), patch.object(pace, "SLICE_S", 3600):
        await worker.take(*batch)

    assert when_beta_was_stored == [0], "nothing of the other was stored before"
    assert site.group().firing == many
    assert site.group(tenant=BETA).firing == 1


async def test_a_slow_step_of_one_tenant_holds_up_no_other() -> None:
    """The large body is worked on beside the loop, and its tenant's step waits until the other's are done."""
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    large = a_record(an_alert("A") | {"annotations": {"text": "x" * LARGE}})
    small = [a_record(an_alert(f"B{number}"), tenant="beta", offset=number) for number in range(1, 2 * RUN)]
    reached = asyncio.Event()
    found = worker.regrouping.groups.firing_in

    async def slow(wanted: Sequence[tuple[TenantId, ReceiverName, Sequence[AlertId]]]) -> Any:
        if wanted[0][0] == ACME:
            await reached.wait()
        elif site.store.tenants[BETA].groups and site.group(tenant=BETA).firing >= RUN:
            reached.set()
        return await found(wanted)

    with patch.object(site.groups, "firing_in", slow):
        async with asyncio.timeout(5):
            await worker.take(large, *small)

    assert (site.group().firing, site.group(tenant=BETA).firing) == (1, 2 * RUN - 1)


async def test_what_a_tenant_has_left_of_a_batch_that_lasts_too_long_is_held(site: Site, worker: Worker) -> None:
    worker.holding.patience_s = 0
    one_step = [an_alert(f"A{number}") for number in range(RUN)]

    await worker.take(a_record(*one_step), a_record(an_alert("B"), offset=1))
    assert [reason for reason, _ in site.held] == ["busy"]
    assert site.group().firing == RUN

    await worker.held.look()

    assert site.group().firing == RUN + 1


async def test_who_has_had_no_step_in_a_batch_that_lasts_too_long_has_one() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    worker.holding.patience_s = 0

    await worker.take(
        *(a_record(an_alert(f"A{n}"), offset=n) for n in range(RUN)), a_record(an_alert(), tenant="beta")
    )

    assert (site.group(tenant=BETA).firing, site.held) == (1, [])


async def test_nobodys_records_are_held_as_anothers_when_the_time_is_over_while_they_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The time of a batch ends between the look at it and a step that tenants share."""
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    worker.holding.patience_s = 0
    times = iter([0.0] * 3)
    monkeypatch.setattr(ingesting, "time", SimpleNamespace(monotonic=lambda: next(times, 1.0)))
    runs = [[an_alert(f"{name}{n}") for n in range(RUN)] for name in "AB"]

    async with asyncio.timeout(5):
        await worker.take(a_record(*runs[0]), a_record(*runs[1], tenant="beta", offset=1))

    assert (site.held, site.group().firing, site.group(tenant=BETA).firing) == ([], RUN, RUN)


@tries("attempts at a record that meets an error of ours")
async def test_attempts_at_a_record_that_meets_an_error_of_ours_are_bounded(
    site: Site, worker: Worker, beyond: int
) -> None:
    """Its first one is beside its neighbours."""
    record, attempts = a_record(an_alert()), [*[ZeroDivisionError] * (RECORD_ATTEMPTS + beyond), parsing]
    failing = Mock(side_effect=lambda *given: _next(attempts)(*given))
    with patch.object(reading, "parsing", failing):
        await worker.take(record)

    assert failing.call_count == 1 + min(RECORD_ATTEMPTS, RECORD_ATTEMPTS + beyond)
    assert site.dead == ([("internal_error", record.value)] if beyond > 0 else [])
    assert len(site.store.tenants[ACME].groups) == (0 if beyond > 0 else 1)


def _next(attempts: list[Any]) -> Callable[..., Any]:
    """The next thing to happen: an error is raised."""
    found = attempts.pop(0)
    if isinstance(found, type) and issubclass(found, Exception):
        raise found
    outcome: Callable[..., Any] = found
    return outcome


@tries("steps of one tenant that Redis does not answer while it answers others")
async def test_so_often_redis_may_not_answer_for_one_tenant(site: Site, worker: Worker, beyond: int) -> None:
    site.groups.faults.refuse("load_parts", STEP_ATTEMPTS - 1 + beyond)

    await worker.take(a_record(an_alert()))

    assert [reason for reason, _ in site.held] == ["unavailable"] * max(0, beyond)


@tries("time that a batch lasts")
async def test_what_is_left_of_a_batch_after_a_while_is_held(
    site: Site, worker: Worker, beyond: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([0.0])
    clock = SimpleNamespace(monotonic=lambda: next(times, PATIENCE_S + beyond / 1_000))
    monkeypatch.setattr(ingesting, "time", clock)
    worker.holding.patience_s = PATIENCE_S
    one_step = [an_alert(f"A{number}") for number in range(RUN)]

    await worker.take(a_record(*one_step), a_record(an_alert("B"), offset=1))

    assert [reason for reason, _ in site.held] == ["busy"] * max(0, beyond)


async def test_while_kafka_does_not_take_what_is_to_be_held_nothing_is_committed(site: Site, worker: Worker) -> None:
    site.store.lose(ACME)
    site.records.faults.refuse("append")

    with unanswered():
        await worker.take(a_record(an_alert()))


async def test_what_the_held_topic_never_takes_is_dead_lettered(site: Site, worker: Worker) -> None:
    site.store.lose(ACME)
    site.records.max_value = 10

    await worker.take(a_record(an_alert()))

    assert ([reason for reason, _ in site.dead], site.held) == (["not_held"], [])


async def test_records_of_a_tenant_that_was_removed_are_set_aside_when_they_are_read_again() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    await site.tenants.remove(ACME)

    await worker.take(a_record(an_alert()), a_record(an_alert(), tenant="beta", offset=1))

    assert [reason for reason, _ in site.dead] == ["unknown_tenant"]
    assert site.group(tenant=BETA).pending == 1


async def test_a_record_for_a_group_that_nobody_can_read_is_held_and_its_neighbours_go_on(
    site: Site, worker: Worker
) -> None:
    await worker.take(a_record(an_alert("A"), group="g"))
    site.store.garble(ACME, key_of("g").group_id)

    await worker.take(a_record(an_alert("B"), group="g"), a_record(an_alert("C"), group="h", offset=1))

    assert site.held == [("group_unreadable", a_body(an_alert("B"), group="g"))]
    assert set(site.group(key_of("h")).alerts) == {id_of("C")}


async def test_a_record_that_was_held_is_not_routed_again_by_a_new_configuration(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert("A"), group="g"))
    site.store.garble(ACME, key_of("g").group_id)
    site.groups.faults.just_before("apply", lambda: site.tenants.publish(ACME, a_document(channel="C0999999")))

    await worker.take(a_record(an_alert("B"), group="g"), a_record(an_alert("C"), group="h", offset=1))

    assert [reason for reason, _ in site.held] == ["group_unreadable"]
    assert site.group(key_of("h")).rev == 1


async def test_a_record_of_several_groups_is_held_once_and_reaches_those_that_can_be_read(
    worker: Worker,
) -> None:
    site = worker.site
    alone = [a_body(an_alert(name)).replace(b'"groupLabels": {"group": "g"}', b'"x": 0') for name in ("A", "B")]
    await worker.take(*(a_record(value=body) for body in alone))
    [a, b] = site.store.tenants[ACME].groups
    site.store.garble(ACME, a)
    both = a_body(an_alert("A"), an_alert("B")).replace(b'"groupLabels": {"group": "g"}', b'"x": 0')

    site.pass_time(9)
    await worker.take(a_record(value=both, received=after(9)))

    assert site.held == [("group_unreadable", both)]
    assert site.store.group(ACME, b).alerts[id_of("B")].registers.seen_firing == after(9)


async def test_replicas_that_stand_far_apart_in_a_body_are_one_alert(site: Site, worker: Worker) -> None:
    """It fires if any of them fires, also where a body is folded in portions."""
    names = [f"A{number}" for number in range(RUN)]
    ended = [an_alert(name, "resolved", prometheus_replica="a") for name in names]
    firing = [an_alert(name, prometheus_replica="b") for name in names]

    await worker.take(a_record(*ended, *firing))

    assert site.group().firing == RUN
