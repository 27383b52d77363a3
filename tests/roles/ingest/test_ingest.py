"""A batch of records: each comes to its end, or all come again; nobody's fault is anybody else's."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from router.core.model.alert import Webhook
from router.core.model.instant import Instant
from router.core.parse.webhook import parse
from router.errors import RebuildError, UnavailableError
from router.ports.kafka import Record
from router.roles.ingest import read as reading
from tests.adapters.builders import ACME, BETA, after
from tests.roles.builders import DEAD, ELSEWHERE, a_body, a_document, a_record, an_alert, id_of, key_of
from tests.roles.worker import Site, Worker, a_site, a_worker

POISON = b"poison"
ELSEWHERE_KEY = key_of(receiver="elsewhere", path=("{}", '{alertname=~".+"}'))


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Record:
    """A record that makes us fail in a way nobody thought of."""

    def parse_or_fail(body: bytes, observed: Instant) -> Webhook:
        if POISON in body:
            raise ZeroDivisionError("an error of ours")
        return parse(body, observed)

    monkeypatch.setattr(reading, "parse", parse_or_fail)
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
    assert (await site.turns.take(site.clock.time))[0] == ACME


async def test_an_empty_batch_changes_nothing(site: Site, worker: Worker) -> None:
    await worker.take()

    assert site.store.turns == {}


async def test_a_bad_record_is_set_aside_and_its_neighbours_are_folded(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert("A")), a_record(value=b"{"), a_record(an_alert("B")))

    assert set(site.group().alerts) == {id_of("A"), id_of("B")}
    assert site.dead == [("not_json", b"{")]


async def test_when_most_of_a_batch_is_bad_it_goes_on_and_says_so(site: Site, worker: Worker) -> None:
    with capture_logs() as logs:
        await worker.take(a_record(value=b"{"), a_record(value=b"{"), a_record(an_alert()))

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
async def test_an_engine_that_is_away_commits_nothing_and_the_batch_comes_again(
    site: Site, worker: Worker, engine: str
) -> None:
    getattr(site, engine.split()[0]).faults.refuse(ENGINES[engine])
    records = [a_record(an_alert("A")), a_record(an_alert("B"), group="h")]
    with unanswered():
        await worker.take(*records)
    assert not site.store.tenants[ACME].groups

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


async def test_configurations_that_change_all_the_time_hold_the_batch_up_and_lose_nothing(
    site: Site, worker: Worker
) -> None:
    documents = [a_document(channel=f"C0{number:06}") for number in range(20)]
    for document in documents:
        site.groups.faults.just_before("apply", lambda document=document: site.tenants.publish(ACME, document))  # type: ignore[misc]
    with unanswered():
        await worker.take(a_record(an_alert()))
    assert not site.store.tenants[ACME].groups

    await worker.take(a_record(an_alert()))

    assert site.group().pending == 1


async def test_a_tenant_without_its_data_stops_until_its_configuration_is_applied_again(
    site: Site, worker: Worker
) -> None:
    site.store.lose(ACME)
    with pytest.raises(RebuildError):
        await worker.take(a_record(an_alert()))
    assert site.dead == []

    await site.tenants.publish(ACME, a_document())
    await worker.take(a_record(an_alert()))

    assert site.group().pending == 1


async def test_records_of_a_tenant_that_was_removed_are_set_aside_when_they_come_again() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    await site.tenants.remove(ACME)
    batch = [a_record(an_alert()), a_record(an_alert(), tenant="beta")]
    with unanswered():
        await worker.take(*batch)

    await worker.take(*batch)

    assert [reason for reason, _ in site.dead] == ["unknown_tenant"]
    assert site.group(tenant=BETA).pending == 1


async def test_a_record_for_a_group_that_nobody_can_read_is_set_aside_and_its_neighbours_go_on(
    site: Site, worker: Worker
) -> None:
    await worker.take(a_record(an_alert("A"), group="g"))
    site.store.garble(ACME, key_of("g").group_id)

    await worker.take(a_record(an_alert("B"), group="g"), a_record(an_alert("C"), group="h"))

    assert site.dead == [("group_unreadable", a_body(an_alert("B"), group="g"))]
    assert [one.headers["stage"] for one in site.records.records] == [b"fold"]
    assert set(site.group(key_of("h")).alerts) == {id_of("C")}
    assert (await site.books.read(ACME))["dead_letters"] == 1


async def test_a_record_that_was_set_aside_is_not_routed_again_by_a_new_configuration(
    site: Site, worker: Worker
) -> None:
    await worker.take(a_record(an_alert("A"), group="g"))
    site.store.garble(ACME, key_of("g").group_id)
    site.groups.faults.just_before("apply", lambda: site.tenants.publish(ACME, a_document(channel="C0999999")))

    await worker.take(a_record(an_alert("B"), group="g"), a_record(an_alert("C"), group="h"))

    assert [reason for reason, _ in site.dead] == ["group_unreadable"]
    assert site.group(key_of("h")).rev == 1


async def test_a_record_of_several_groups_is_set_aside_once_and_reaches_those_that_can_be_read(
    worker: Worker,
) -> None:
    site = worker.site
    alone = [a_body(an_alert(name)).replace(b'"groupLabels": {"group": "g"}', b'"x": 0') for name in ("A", "B")]
    await worker.take(*(a_record(value=body) for body in alone))
    [a, b] = site.store.tenants[ACME].groups
    site.store.garble(ACME, a)
    both = a_body(an_alert("A"), an_alert("B")).replace(b'"groupLabels": {"group": "g"}', b'"x": 0')

    await worker.take(a_record(value=both, received=after(9)))

    assert site.dead == [("group_unreadable", both)]
    assert site.store.group(ACME, b).alerts[id_of("B")].registers.seen_firing == after(9)
