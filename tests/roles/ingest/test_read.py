"""Reading one record: whose it is, when it was received, and what of it can be used."""

import json
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from router.core.model.instant import HOUR, SECOND, Instant
from router.core.parse.bounds import BodyBounds
from router.errors import UnavailableError
from router.ports.kafka import UNREAD, Record
from router.roles.ingest.read import ALONE, ReadRecord
from router.roles.offload import LARGE
from tests.adapters.builders import ACME, BETA, NOON, after
from tests.bounds import tries
from tests.roles.builders import a_body, a_document, a_record, an_alert
from tests.roles.worker import Site, Worker

TENANT = ("tenant", b"acme")
MAX_BODY = 4 * 1024 * 1024


async def read(worker: Worker, record: Record) -> ReadRecord | None:
    return await read_at(worker, record, worker.site.clock.time)


async def read_at(worker: Worker, record: Record, now: Instant) -> ReadRecord | None:
    """What can be used of it; what cannot is set aside."""
    reading = await worker.reader.read(record, now)
    await worker.reader.set_aside(reading)
    return reading.record


async def test_a_good_record_is_its_tenants_observed_when_it_was_received(worker: Worker) -> None:
    found = await read(worker, a_record(an_alert("A"), an_alert("B"), received=after(-3)))

    assert found is not None
    assert (found.tenant, found.seen.observed) == (ACME, after(-3))
    assert [alert.fingerprint for alert in found.seen.alerts] == ["A", "B"]


BAD = {
    "not_json": a_record(value=b"{"),
    "not_a_webhook": a_record(value=b"{}"),
    "tenant_missing": a_record(an_alert(), headers=[]),
    "unknown_tenant": a_record(an_alert(), tenant="nobody"),
    "bad_header": a_record(an_alert(), headers=[("tenant", b"\xff")]),
    "too_old": a_record(an_alert(), received=Instant(NOON - 24 * HOUR - 1)),
    "too_large": a_record(value=a_body(an_alert(text="x" * MAX_BODY))),
    "batch_too_large": a_record(value=b"packed", headers=[(UNREAD, b"batch_too_large")]),
    "batch_unreadable": a_record(value=b"packed", headers=[(UNREAD, b"batch_unreadable"), TENANT]),
    "too_many_alerts": a_record(value=json.dumps([0] * 10_001).encode()),
}


@tries("body of a record")
async def test_a_body_of_the_largest_size_is_read(worker: Worker, beyond: int) -> None:
    body = a_body(an_alert()).ljust(MAX_BODY + beyond)

    assert (await read(worker, a_record(value=body)) is not None) is (beyond <= 0)


async def test_a_producer_cannot_make_up_reasons(worker: Worker) -> None:
    headers = [TENANT, (UNREAD, b"anything")]

    assert await read(worker, a_record(value=a_body(an_alert()), headers=headers)) is not None


@pytest.mark.parametrize("reason", BAD)
async def test_a_record_that_cannot_be_read_is_set_aside_with_the_reason(
    site: Site, worker: Worker, reason: str
) -> None:
    site.records.max_value = 2 * MAX_BODY

    assert await read(worker, BAD[reason]) is None

    assert site.dead == [(reason, BAD[reason].value)]


async def test_a_record_without_a_body_is_set_aside(site: Site, worker: Worker) -> None:
    empty = Record("alerts.inbound", 0, 0, NOON, None, None, (TENANT,))

    assert await read(worker, empty) is None
    assert site.dead == [("not_json", b"")]


async def test_headers_that_differ_are_refused_and_equal_ones_are_one(site: Site, worker: Worker) -> None:
    twice = a_record(an_alert(), headers=[TENANT, TENANT])
    assert await read(worker, twice) is not None

    assert await read(worker, a_record(an_alert(), headers=[TENANT, ("tenant", b"beta")])) is None
    assert [reason for reason, _ in site.dead] == ["bad_header"]


@pytest.mark.parametrize("headers", [[], [("tenant", None)], [("tenant", b"acme")]])
async def test_a_bound_topic_names_the_tenant_itself(worker: Worker, headers: list[tuple[str, bytes | None]]) -> None:
    found = await read(worker, a_record(an_alert(), headers=headers, topic="alerts.bound"))

    assert found is not None
    assert found.tenant == ACME


async def test_a_record_of_another_tenant_in_a_bound_topic_is_set_aside(site: Site, worker: Worker) -> None:
    await site.open(BETA)

    assert await read(worker, a_record(an_alert(), tenant="beta", topic="alerts.bound")) is None
    assert [reason for reason, _ in site.dead] == ["binding_violated"]


@pytest.mark.parametrize("header", [[], [("received_at", b"yesterday")], [("received_at", b"")]])
async def test_without_a_readable_time_of_its_own_the_records_counts(
    worker: Worker, header: list[tuple[str, bytes | None]]
) -> None:
    found = await read(worker, a_record(an_alert(), headers=[TENANT, *header], received=after(-7)))

    assert found is not None
    assert found.seen.observed == after(-7)


async def test_a_record_within_the_horizon_is_read(worker: Worker) -> None:
    assert await read(worker, a_record(an_alert(), received=Instant(NOON - 24 * HOUR))) is not None


async def test_a_record_that_is_ahead_counts_as_read_now_and_its_tenant_is_named(site: Site, worker: Worker) -> None:
    with capture_logs() as logs:
        found = await read(worker, a_record(an_alert(), received=after(400)))

    assert found is not None
    assert found.seen.observed == NOON
    assert site.dead == []
    [line] = [one for one in logs if one["event"] == "clock_ahead"]
    assert (line["tenant"], line["ahead_s"], line["topic"]) == (ACME, 400, "alerts.inbound")
    counted = worker.metrics.registry.get_sample_value(
        "alert_router_tenant_problems_total", {"tenant": "acme", "reason": "clock_ahead"}
    )
    assert counted == 1


async def test_a_clock_that_is_a_little_ahead_is_nothing_to_report(worker: Worker) -> None:
    with capture_logs() as logs:
        assert await read(worker, a_record(an_alert(), received=after(2))) is not None

    assert logs == []


async def test_a_bad_alert_goes_alone_and_the_rest_is_read(site: Site, worker: Worker) -> None:
    found = await read(worker, a_record(an_alert("A"), {"labels": {}}, an_alert("B")))

    assert found is not None
    assert [alert.fingerprint for alert in found.seen.alerts] == ["A", "B"]
    assert site.dead == [("bad_alert", b'{"labels": {}}')]


async def test_an_alert_with_too_large_labels_goes_alone_and_says_why(site: Site, worker: Worker) -> None:
    worker.reader = replace(worker.reader, bounds=BodyBounds(label_value=100))
    good, bad = an_alert("A", text="x" * 100), an_alert("B", text="x" * 101)

    found = await read(worker, a_record(bad, good))

    assert found is not None
    assert [alert.labels["text"] for alert in found.seen.alerts] == ["x" * 100]
    assert site.dead == [("bad_alert", json.dumps(bad).encode())]
    [letter] = site.letters
    assert letter.headers["error"] == b"label 'text' has 101 bytes; at most 100 are allowed"


@tries("bad alerts of one body that get a dead letter each")
async def test_of_very_many_bad_alerts_the_rest_goes_together(site: Site, worker: Worker, beyond: int) -> None:
    bad = [{"labels": {}, "number": number} for number in range(ALONE + beyond)]

    await read(worker, a_record(an_alert(), *bad))

    letters = [json.loads(value or b"") for _, value in site.dead]
    assert letters == bad[:ALONE] + ([bad[ALONE:]] if beyond > 0 else [])


async def test_a_large_body_is_read_all_the_same(worker: Worker) -> None:
    body = a_body(an_alert("A") | {"annotations": {"text": "x" * LARGE}})

    found = await read(worker, a_record(value=body))

    assert found is not None
    assert [alert.fingerprint for alert in found.seen.alerts] == ["A"]


async def test_a_tenant_that_was_just_applied_is_known(site: Site, worker: Worker) -> None:
    await site.open(BETA)

    assert await read(worker, a_record(an_alert(), tenant="beta")) is not None


async def test_a_tenant_whose_configuration_no_program_of_ours_can_read_is_not_called_unknown(
    site: Site, worker: Worker
) -> None:
    await site.tenants.publish(BETA, '{"v": 99}')

    assert await read(worker, a_record(an_alert(), tenant="beta")) is None
    assert [reason for reason, _ in site.dead] == ["configuration_unreadable"]


async def test_records_of_a_tenant_whose_configuration_is_forged_are_held_until_it_is_applied_again(
    site: Site, worker: Worker
) -> None:
    await site.tenants.forge(BETA, a_document("beta"))
    await worker.take(a_record(an_alert(), tenant="beta"), a_record(an_alert(), offset=1))

    assert (site.dead, [reason for reason, _ in site.held]) == ([], ["configuration_untrusted"])
    assert site.group().firing == 1, "the victim beside it is served"

    await site.tenants.forge(BETA, a_document("beta"), None)
    await worker.tenants.load()
    site.pass_time(5)
    await worker.held.look()
    assert site.group(tenant=BETA).firing == 1


async def test_nobody_is_called_unknown_while_redis_is_away(site: Site, worker: Worker) -> None:
    site.tenants.faults.refuse("active")

    with pytest.raises(UnavailableError):
        await read(worker, a_record(an_alert(), tenant="beta"))

    assert site.dead == []


async def test_a_known_tenant_is_read_while_redis_is_away(site: Site, worker: Worker) -> None:
    site.store.faults.away = True

    assert await read_at(worker, a_record(an_alert()), Instant(NOON + SECOND)) is not None


async def test_a_record_that_could_not_be_set_aside_comes_again(site: Site, worker: Worker) -> None:
    site.records.faults.refuse("append")

    with pytest.raises(UnavailableError):
        await read(worker, a_record(value=b"{"))


async def test_a_document_of_a_tenant_is_found_by_its_own_name_alone(site: Site, worker: Worker) -> None:
    await site.tenants.publish(BETA, a_document("beta"))

    found = await read(worker, a_record(an_alert(), tenant="beta"))

    assert found is not None
    assert worker.rules(found.tenant).tenant_id == BETA
