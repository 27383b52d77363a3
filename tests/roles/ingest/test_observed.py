"""When a record was observed: by the one clock that all of them share, and the same whenever it is read."""

from dataclasses import replace

import pytest

from router.core.model.instant import HOUR, SECOND, Instant, to_rfc3339
from router.errors import PayloadError
from router.ports.kafka import OBSERVED_AT, RECEIVED_AT, SIGNATURE, Record, Stamped
from router.roles.ingest.observed import BROKER_LEAD, claim, claimed, counted, stated
from tests.adapters.builders import ACME, NOON, after
from tests.roles.builders import a_record, a_resolve, an_alert, id_of
from tests.roles.worker import Site, Worker

BROKER = Stamped.BY_BROKER
PRODUCER = Stamped.BY_PRODUCER


def stamped(by: Stamped, appended_s: float, **headers_s: float) -> Record:
    """A record with its own time and those of its headers, in seconds from noon."""
    headers = [(name, to_rfc3339(after(seconds)).encode()) for name, seconds in headers_s.items()]
    return replace(a_record(an_alert(), received=after(appended_s), headers=headers), stamped=by)


@pytest.mark.parametrize(
    ("record", "expected_s"),
    [
        pytest.param(stamped(BROKER, -1, received_at=-30), -1, id="the brokers before the gateways"),
        pytest.param(stamped(BROKER, -1, received_at=400), -1, id="however far the gateway was ahead"),
        pytest.param(stamped(PRODUCER, -1, received_at=-30), -30, id="else the gateways"),
        pytest.param(stamped(PRODUCER, -7), -7, id="else the records own"),
        pytest.param(stamped(BROKER, -1, received_at=-30, observed_at=-50), -50, id="what it had comes first"),
        pytest.param(stamped(PRODUCER, 3), 0, id="a producer that is ahead counts as read now"),
        pytest.param(stamped(PRODUCER, -1, received_at=400), 0, id="a stamp that is ahead counts as read now"),
        pytest.param(stamped(PRODUCER, -1, observed_at=400), 0, id="nor is a time that it had believed"),
        pytest.param(stamped(BROKER, 4), 4, id="the order of a broker that is a little ahead counts"),
        pytest.param(stamped(BROKER, 400), 5, id="up to a few seconds"),
        pytest.param(stamped(BROKER, -9, observed_at=4), -9, id="nobody kept a time that the broker does not know"),
    ],
)
def test_the_time_of_a_record(record: Record, expected_s: float) -> None:
    assert counted(claimed(record), record, NOON) == after(expected_s)


@pytest.mark.parametrize(
    ("record", "expected_s"),
    [
        pytest.param(stamped(BROKER, -29, received_at=-30), -29, id="the brokers"),
        pytest.param(stamped(BROKER, -1, received_at=-30), -28, id="but not of what is appended once more"),
        pytest.param(stamped(BROKER, -31, received_at=-30), -31, id="a little behind as well"),
        pytest.param(stamped(BROKER, -60, received_at=-30), -32, id="but not however far"),
        pytest.param(stamped(PRODUCER, -1, received_at=-30), -30, id="else what it is signed for"),
        pytest.param(stamped(PRODUCER, -1, received_at=-30, observed_at=-1), -28, id="whatever was kept"),
        pytest.param(stamped(PRODUCER, -1, received_at=-30, observed_at=-40), -32, id="earlier as well"),
        pytest.param(stamped(BROKER, -1), -1, id="a signature without a time vouches for none"),
    ],
)
def test_the_time_of_a_record_whose_signature_is_good(record: Record, expected_s: float) -> None:
    assert counted(claim(record, stated(record).vouched()), record, NOON) == after(expected_s)


def test_a_signature_that_nobody_has_verified_brings_no_time_to_come() -> None:
    record = stamped(BROKER, -1, received_at=400)

    assert claimed(replace(record, headers=(*record.headers, (SIGNATURE, b"v1:0:0")))) == after(-1)


@pytest.mark.parametrize("name", [RECEIVED_AT, OBSERVED_AT])
@pytest.mark.parametrize("text", [b"yesterday", b"", b"2026-11-26T12:00:00"])
def test_a_time_that_cannot_be_read_is_none(name: str, text: bytes) -> None:
    record = a_record(an_alert(), received=after(-7), headers=[(name, text)])

    assert claimed(record) == after(-7)


@pytest.mark.parametrize("name", [RECEIVED_AT, OBSERVED_AT])
@pytest.mark.parametrize("values", [[b"\xff"], [b"2026-11-26T12:00:00Z", b"2026-11-26T12:00:01Z"]])
def test_headers_that_are_no_text_or_differ_are_refused(name: str, values: list[bytes]) -> None:
    with pytest.raises(PayloadError):
        claimed(a_record(an_alert(), headers=[(name, one) for one in values]))


async def test_a_brokers_time_is_kept_while_the_record_is_held(site: Site, worker: Worker) -> None:
    site.store.lose(ACME)
    fired = replace(a_record(an_alert("A"), received=after(400)), timestamp=NOON, stamped=BROKER)
    await worker.take(fired)
    await worker.take(replace(a_record(a_resolve("A"), offset=1), timestamp=after(1), stamped=BROKER))
    site.pass_time(60)
    await site.open(ACME)

    await worker.held.look()

    assert len(site.held) == 2
    assert not site.group().alerts[id_of("A")].registers.firing


async def test_what_was_ahead_when_it_was_held_is_not_taken_for_new_later(site: Site, worker: Worker) -> None:
    site.store.lose(ACME)
    await worker.take(a_record(an_alert("A"), received=after(400)))
    site.pass_time(60)
    await site.open(ACME)

    await worker.held.look()

    assert site.group().alerts[id_of("A")].registers.seen_firing == NOON


async def test_a_dead_letter_knows_the_time_by_which_it_counts(site: Site, worker: Worker) -> None:
    record = replace(a_record(value=b"{", received=after(400)), timestamp=after(-3), stamped=BROKER)

    await worker.take(record)

    [letter] = site.letters
    assert letter.headers["observed_at"] == to_rfc3339(after(-3)).encode()


async def test_that_is_so_if_its_headers_are_bad(site: Site, worker: Worker) -> None:
    await worker.take(
        a_record(value=b"{", received=after(-3), headers=[("received_at", b"\xff"), ("tenant", b"acme")])
    )

    [letter] = site.letters
    assert letter.headers["observed_at"] == to_rfc3339(after(-3)).encode()


async def test_too_old_is_judged_by_the_time_it_had(site: Site, worker: Worker) -> None:
    long_ago = to_rfc3339(Instant(NOON - 25 * HOUR)).encode()

    await worker.take(a_record(an_alert(), headers=[("tenant", b"acme"), (OBSERVED_AT, long_ago)]))

    assert [reason for reason, _ in site.dead] == ["too_old"]


def test_a_brokers_lead_is_a_few_seconds() -> None:
    assert SECOND < BROKER_LEAD < 10 * SECOND
