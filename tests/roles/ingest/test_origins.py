"""Who speaks for a tenant: one of us by a signature, a topic that is bound to it, others only as the settings let."""

from dataclasses import replace
from typing import Final

import pytest

from router.adapters.crypto.signing import SigningRing
from router.control.letters.letter import read_letter
from router.control.letters.redrive import headers_again
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import to_rfc3339
from router.core.seal.sent import SENT_MAGIC
from router.ports.kafka import SIGNATURE, Record, Stamped
from router.roles.ingest.hold import HeldReason
from router.roles.ingest.origins import Unsigned, Worth
from router.roles.signed import body_digest
from tests.adapters.builders import ACME, BETA, NOON, after
from tests.fakes.records import Appended
from tests.roles.builders import DEAD, HELD, a_document, a_record, an_alert, id_of, key_of
from tests.roles.signing import (
    FOREIGN,
    INBOUND,
    NEW,
    NEW_THEN_OLD,
    OLD,
    OLD_THEN_NEW,
    a_signed_record,
    headers_of,
    read_back,
    sign,
    with_headers,
)
from tests.roles.worker import Site, Worker, a_site, a_worker

BOUND: Final = "alerts.bound"
ACCEPT, BOUND_ONLY = Unsigned.ACCEPT, Unsigned.BOUND_ONLY


@pytest.fixture
async def site() -> Site:
    return await a_site(ACME, BETA)


async def verifying(site: Site, unsigned: Unsigned = BOUND_ONLY, ring: SigningRing | None = NEW) -> Worker:
    return await a_worker(site, signing=ring, unsigned=unsigned)


def fires(site: Site, name: str = "A", tenant: TenantId = ACME) -> bool:
    group = site.store.tenants[tenant].groups.get(key_of().group_id)
    return isinstance(group, AlertGroup) and id_of(name) in group.alerts


def worth(worker: Worker) -> dict[str, float]:
    """How many signatures were worth what."""
    [metric] = worker.metrics.signatures.collect()
    return {one.labels["worth"]: one.value for one in metric.samples if one.name.endswith("_total") and one.value}


def reasons(site: Site) -> list[str]:
    return [reason for reason, _ in site.dead]


async def test_what_one_of_us_has_signed_is_taken(site: Site) -> None:
    worker = await verifying(site)

    await worker.take(a_signed_record(an_alert("A")))

    assert fires(site, "A")
    assert (site.dead, worth(worker)) == ([], {"good": 1})


FORGED = {
    "another tenant": with_headers(a_signed_record(an_alert("A"), tenant="beta"), tenant=b"acme"),
    "another time": with_headers(a_signed_record(an_alert("A")), received_at=b"2026-11-26T12:00:00.000001Z"),
    "no time": with_headers(a_signed_record(an_alert("A")), received_at=None),
    "another source": with_headers(a_signed_record(an_alert("A")), alert_source=b"alertmanager"),
    "another body": replace(a_signed_record(an_alert("B")), value=a_record(an_alert("A")).value),
    "an unknown key": a_signed_record(an_alert("A"), ring=FOREIGN),
    "no signature at all": with_headers(a_record(an_alert("A")), signature=b"yes"),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("unsigned", Unsigned)
async def test_a_wrong_signature_is_set_aside_and_is_nothing_of_the_tenants(
    site: Site, unsigned: Unsigned, forged: Record
) -> None:
    worker = await verifying(site, unsigned)

    await worker.take(forged, a_signed_record(an_alert("V"), tenant="beta", offset=1))

    assert reasons(site) == ["signature_invalid"]
    assert not fires(site, "A")
    assert fires(site, "V", BETA)
    assert "dead_letters" not in site.store.tenants[ACME].books
    assert "dead_letter_tenant" not in site.letters[0].headers


async def test_what_is_signed_with_an_unknown_key_names_it_and_what_to_do(site: Site) -> None:
    worker = await verifying(site)

    await worker.take(a_signed_record(an_alert("A"), ring=FOREIGN))

    [letter] = site.letters
    error = letter.headers["error"].decode()
    assert FOREIGN.newest in error
    assert "ALERT_ROUTER_SIGNING__KEY" in error
    assert worth(worker) == {"unknown_key": 1}


async def test_what_nobody_has_signed_is_taken_or_not_by_the_setting(site: Site) -> None:
    strict, lenient = await verifying(site, BOUND_ONLY), await verifying(site, ACCEPT)

    await strict.take(a_record(an_alert("A")))
    await lenient.take(a_record(an_alert("B"), offset=1))

    assert reasons(site) == ["signature_missing"]
    assert b"BOUND_TOPICS" in site.letters[0].headers["error"]
    assert (fires(site, "A"), fires(site, "B")) == (False, True)
    assert worth(strict) == worth(lenient) == {"missing": 1}


@pytest.mark.parametrize("headers", [[], [("tenant", b"acme")], [("signature", b"of another program")]])
async def test_a_bound_topic_takes_its_producers_records_whatever_is_signed(
    site: Site, headers: list[tuple[str, bytes | None]]
) -> None:
    worker = await verifying(site)

    await worker.take(a_record(an_alert("A"), headers=headers, topic=BOUND))

    assert fires(site, "A")
    assert (site.dead, worth(worker)) == ([], {})


async def test_without_a_key_nobody_looks_at_signatures(site: Site) -> None:
    worker = await verifying(site, ACCEPT, ring=None)

    await worker.take(*(replace(one, offset=offset) for offset, one in enumerate(FORGED.values())))

    assert (site.dead, worth(worker)) == ([], {})


@pytest.mark.parametrize(
    ("gateway", "worker"),
    [
        pytest.param(OLD, OLD_THEN_NEW, id="workers know the new key first"),
        pytest.param(OLD_THEN_NEW, OLD, id="or gateways do"),
        pytest.param(NEW_THEN_OLD, OLD_THEN_NEW, id="gateways sign with it first"),
        pytest.param(OLD_THEN_NEW, NEW_THEN_OLD, id="or workers do"),
        pytest.param(NEW, NEW_THEN_OLD, id="gateways forget the old one first"),
        pytest.param(NEW_THEN_OLD, NEW, id="or workers do, when all gateways sign with the new one"),
    ],
)
async def test_keys_are_rotated_while_records_come_whoever_is_first(
    site: Site, gateway: SigningRing, worker: SigningRing
) -> None:
    await (await verifying(site, ring=worker)).take(a_signed_record(an_alert("A"), ring=gateway))

    assert fires(site, "A")
    assert site.dead == []


async def test_a_key_that_came_too_late_costs_a_redrive(site: Site) -> None:
    await (await verifying(site, ring=OLD)).take(a_signed_record(an_alert("A"), ring=NEW))
    assert reasons(site) == ["signature_invalid"]

    await (await verifying(site, ring=OLD_THEN_NEW)).take(redriven(site.letters[0]))

    assert fires(site, "A")
    assert len(site.dead) == 1


async def test_a_dead_letter_that_was_signed_is_as_good_when_it_is_redriven(site: Site) -> None:
    worker = await verifying(site)
    await worker.take(a_signed_record(an_alert("A"), tenant="gamma"))
    assert reasons(site) == ["unknown_tenant"]
    await site.open(gamma := TenantId("gamma"), a_document("gamma"))

    await worker.take(redriven(site.letters[0]))

    assert fires(site, "A", gamma)


async def test_an_alert_that_was_set_aside_alone_is_signed_alone(site: Site) -> None:
    worker = await verifying(site)
    await worker.take(a_signed_record(an_alert("A"), {"labels": {}}))
    [letter] = site.letters

    again = redriven(letter)

    assert worker.origins.allowed(again, ACME, body_digest(again.value))
    assert not worker.origins.allowed(again, ACME, body_digest(a_record(an_alert("A"), {"labels": {}}).value))


async def test_an_alert_of_an_unsigned_body_is_not_signed_for_it(site: Site) -> None:
    worker = await verifying(site, ACCEPT)

    await worker.take(a_record(an_alert("A"), {"labels": {}}))

    [letter] = site.letters
    assert SIGNATURE not in letter.headers


async def test_what_is_held_of_a_signed_body_comes_back_by_its_signature(site: Site) -> None:
    worker = await verifying(site)
    await hold(worker, a_signed_record(an_alert("A")))

    await come_back(worker)

    assert fires(site, "A")
    assert site.dead == []


@pytest.mark.parametrize("headers", [[], [("tenant", b"acme")]])
async def test_what_is_held_of_a_bound_topic_is_signed_by_who_holds_it(
    site: Site, headers: list[tuple[str, bytes | None]]
) -> None:
    worker = await verifying(site)
    await hold(worker, a_record(an_alert("A"), topic=BOUND, headers=headers))

    await come_back(worker)

    assert fires(site, "A")
    assert site.dead == []


@pytest.mark.parametrize("ahead_s", [-3600, 3600])
async def test_that_counts_for_the_time_at_which_it_was_read_whatever_its_producer_states(
    site: Site, ahead_s: float
) -> None:
    worker = await verifying(site)
    record = with_headers(a_record(an_alert("A"), topic=BOUND), received_at=to_rfc3339(after(ahead_s)).encode())
    await hold(worker, replace(record, stamped=Stamped.BY_BROKER))

    await come_back(worker)

    assert site.group().alerts[id_of("A")].registers.seen_firing == NOON


@pytest.mark.parametrize("name", ["received_at", "alert_source", "tenant", "observed_at"])
async def test_headers_that_are_no_text_hold_nobody_up_while_their_record_is_held(site: Site, name: str) -> None:
    worker = await verifying(site)
    await hold(worker, with_headers(a_record(an_alert("A"), topic=BOUND), **{name: b"\xff"}), HeldReason.BUSY)

    await come_back(worker)

    assert reasons(site) in (["bad_header"], ["binding_violated"])


async def test_what_contradicts_its_bound_topic_is_not_signed_for_being_held(site: Site) -> None:
    worker = await verifying(site)
    record = a_record(an_alert("A"), tenant="beta", topic=BOUND)

    await worker.holding.hold(record, ACME, HeldReason.BUSY)

    [held] = worker.held_log.held
    assert SIGNATURE not in headers_of(held)
    await come_back(worker)
    assert reasons(site) == ["binding_violated"]


async def test_a_forged_record_of_the_held_topic_has_no_bound_topic_behind_it(site: Site) -> None:
    worker = await verifying(site)
    own = {"held_reason": b"data_lost", "held_until": b"0", "origin_topic": BOUND.encode()}
    numbers = dict.fromkeys(("origin_partition", "origin_offset", "origin_timestamp"), b"1")
    forged = with_headers(a_record(an_alert("A")), **own, **numbers)
    await site.records.append(HELD, forged.value, b"", [(name, one) for name, one in forged.headers if one])

    await worker.held.look()

    assert reasons(site) == ["signature_missing"]
    assert not fires(site, "A")


async def test_a_copy_of_a_known_body_needs_a_signature_of_its_own(site: Site) -> None:
    worker = await verifying(site)
    one = a_signed_record(an_alert("A"))
    for offset in range(3):
        await worker.take(replace(one, offset=offset))

    await worker.take(with_headers(replace(one, offset=3), signature=None))
    await worker.take(with_headers(replace(one, offset=4), tenant=b"beta"))

    assert reasons(site) == ["signature_missing", "signature_invalid"]


def redriven(letter: Appended) -> Record:
    """The letter as `dead-letter redrive` appends it, and a worker reads that."""
    found = read_letter(replace(read_back(letter), topic=DEAD))
    assert found is not None
    again = Appended(found.origin.topic, found.value, found.key, headers_again(found))
    return read_back(again, offset=100)


async def hold(worker: Worker, record: Record, reason: HeldReason = HeldReason.DATA_LOST) -> None:
    """It comes while the tenant's data is gone, or while it is held for another reason, before it is looked at."""
    if reason is HeldReason.DATA_LOST:
        worker.site.store.lose(ACME)
        await worker.take(record)
    else:
        await worker.holding.hold(record, ACME, reason)
    assert [reason for reason, _ in worker.site.held] == [reason]


async def come_back(worker: Worker) -> None:
    await worker.site.tenants.publish(ACME, a_document())
    worker.site.pass_time(10)
    await worker.held.look()


async def test_what_its_sender_has_sealed_is_signed_as_it_was_sent(site: Site) -> None:
    worker = await verifying(site)
    sealed = sign(replace(a_record(an_alert()), value=SENT_MAGIC + b"sealed"))
    opened = replace(sealed, value=a_record(an_alert()).value, envelope=sealed.value)
    await worker.ingest.handle([opened])

    assert fires(site)
    await worker.ingest.handle([replace(opened, envelope=SENT_MAGIC + b"of another", offset=1)])
    assert reasons(site) == ["signature_invalid"]


async def test_what_is_held_of_a_bound_topic_is_signed_as_its_producer_sealed_it(site: Site) -> None:
    worker = await verifying(site)
    record = replace(a_record(an_alert(), topic=BOUND), envelope=SENT_MAGIC + b"sealed")
    held = await worker.origins.to_be_held(record, "")
    digest = body_digest(record.envelope)

    assert worker.origins.of_held().check(replace(held, topic=INBOUND), ACME, digest) is Worth.GOOD
