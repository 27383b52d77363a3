"""Dead letters: the record as it was, why, and where it came from."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from unittest.mock import patch

import pytest
from structlog.testing import capture_logs

from router.core.model.alert import TenantId
from router.errors import PayloadError, UnavailableError
from router.ports.kafka import Record
from router.roles.ingest.dead_letters import LETTER_ATTEMPTS
from router.roles.ingest.letter import FIRST_BYTES, Letter
from tests.adapters.builders import ACME, NOON, after
from tests.bounds import tries
from tests.roles.builders import DEAD, a_record, an_alert
from tests.roles.worker import Site, Worker, a_worker
from tests.schemas import assert_valid

ERROR = PayloadError("not_json", "expected value at line 1")


def added(headers: Mapping[str, bytes]) -> dict[str, str]:
    """The headers as texts, but for those that the record had."""
    return {name: value.decode() for name, value in headers.items() if name not in {"tenant", "received_at"}}


async def add(worker: Worker, record: Record, tenant: TenantId | None = ACME) -> None:
    await worker.dead_letters.add(record, tenant, ERROR)


async def test_the_record_is_kept_as_it_was_with_the_reason_and_its_origin(site: Site, worker: Worker) -> None:
    await add(worker, a_record(value=b"{", offset=42))

    [letter] = site.letters
    assert (letter.topic, letter.value, letter.key) == (DEAD, b"{", b"key")
    assert letter.headers == {
        "tenant": b"acme",
        "received_at": b"2026-11-26T12:00:00.000000Z",
        "reason": b"not_json",
        "stage": b"parse",
        "error": b"expected value at line 1",
        "origin_topic": b"alerts.inbound",
        "origin_partition": b"3",
        "origin_offset": b"42",
        "origin_timestamp": str(NOON).encode(),
        "observed_at": b"2026-11-26T12:00:00.000000Z",
        "dead_letter_id": b"alerts.inbound-3-42",
        "dead_letter_tenant": b"acme",
    }
    assert_valid("dead-letter", added(letter.headers))


async def test_what_a_record_says_of_itself_does_not_hide_why_it_was_set_aside(site: Site, worker: Worker) -> None:
    await add(worker, a_record(value=b"{", headers=[("reason", b"none"), ("trace", None), ("tenant", b"acme")]))

    [letter] = site.letters
    names = [name for name, _ in letter.all_headers]
    assert letter.headers["reason"] == b"not_json"
    assert (names.count("reason"), names.count("tenant"), names.count("trace")) == (1, 1, 0)


@tries("body of a dead letter that the topic does not take")
async def test_so_many_bytes_of_a_body_that_no_topic_takes_are_kept(site: Site, worker: Worker, beyond: int) -> None:
    body = b"x" * (FIRST_BYTES + beyond)
    site.records.faults.fail("append", PayloadError("too_large", "the broker takes less"))

    await add(worker, a_record(value=body))

    [letter] = site.letters
    assert letter.value == body[:FIRST_BYTES]
    assert len(letter.value) == min(len(body), FIRST_BYTES)
    assert letter.headers["body_bytes"] == str(len(body)).encode()


async def test_of_a_body_that_no_topic_takes_the_first_bytes_and_the_digest_are_kept(
    site: Site, worker: Worker
) -> None:
    site.records.max_value = FIRST_BYTES
    body = b"x" * FIRST_BYTES + b"y"

    await add(worker, a_record(value=body, offset=42))

    [letter] = site.letters
    assert (letter.value, letter.key) == (b"x" * FIRST_BYTES, b"key")
    assert letter.headers["body_left_out"] == b"too large; it is at its origin"
    assert_valid("dead-letter", added(letter.headers))
    assert letter.headers["body_bytes"] == str(len(body)).encode()
    assert letter.headers["body_sha256"] == sha256(body).hexdigest().encode()
    assert (letter.headers["tenant"], letter.headers["origin_offset"]) == (b"acme", b"42")


async def test_a_topic_that_takes_next_to_nothing_gets_the_digest_alone(site: Site, worker: Worker) -> None:
    site.records.max_value = 0

    await add(worker, a_record(value=b"x", headers=[("tenant", b"t" * 5000)]))

    [letter] = site.letters
    assert (letter.value, letter.key) == (b"", b"")
    assert letter.headers["body_sha256"] == sha256(b"x").hexdigest().encode()
    assert "tenant" not in letter.headers


@pytest.mark.parametrize(
    ("key", "value", "was_null"), [(None, None, b"key,value"), (None, b"", b"key"), (b"", None, b"value")]
)
async def test_a_record_without_key_or_value_is_set_aside_and_it_is_noted(
    site: Site, worker: Worker, key: bytes | None, value: bytes | None, was_null: bytes
) -> None:
    await worker.dead_letters.add(replace(a_record(), key=key, value=value), None, ERROR)

    [letter] = site.letters
    assert (letter.value, letter.key, letter.headers["was_null"]) == (b"", b"", was_null)


async def test_what_is_never_taken_is_named_in_the_log_and_passed(site: Site, worker: Worker) -> None:
    site.records.max_value = -1

    with capture_logs() as logs:
        await add(worker, a_record(offset=42))

    [line] = [one for one in logs if one["event"] == "record_given_up"]
    assert (line["topic"], line["partition"], line["offset"]) == ("alerts.inbound", "3", "42")
    assert (line["tenant"], line["reason"], line["log_level"]) == (ACME, "not_json", "error")
    assert worker.metrics.records.labels(outcome="given_up")._value.get() == 1
    assert site.letters == []


@tries("attempts at a dead letter while Kafka answers")
async def test_attempts_are_bounded_while_kafka_answers(site: Site, worker: Worker, beyond: int) -> None:
    """The last attempt is the one that may succeed."""
    failures = LETTER_ATTEMPTS - 1 + beyond
    site.records.faults.refuse("append", failures)
    for _ in range(min(failures, LETTER_ATTEMPTS - 1)):
        with pytest.raises(UnavailableError):
            await add(worker, a_record())

    await add(worker, a_record())
    assert worker.metrics.records.labels(outcome="given_up")._value.get() == max(0, beyond)
    assert len(site.letters) == (0 if beyond > 0 else 1)
    site.records.records.clear()

    await add(worker, a_record(offset=1))
    assert len(site.letters) == 1


async def test_attempts_are_not_counted_while_kafka_is_away_for_everybody(site: Site, worker: Worker) -> None:
    site.records.is_reached = False
    site.records.faults.refuse("append", 2 * LETTER_ATTEMPTS)
    for _ in range(2 * LETTER_ATTEMPTS):
        with pytest.raises(UnavailableError):
            await add(worker, a_record())

    await add(worker, a_record())

    assert len(site.letters) == 1


async def test_a_very_long_error_is_cut(site: Site, worker: Worker) -> None:
    await worker.dead_letters.add(a_record(), ACME, PayloadError("not_json", "x" * 5000))

    assert len(site.letters[0].headers["error"]) == 1000


async def test_it_is_counted_for_its_tenant_where_that_is_known(site: Site, worker: Worker) -> None:
    await add(worker, a_record())
    await add(worker, replace(a_record(), offset=1), None)

    assert await site.books.read(ACME) == {"dead_letters": 1}
    assert worker.metrics.dead_letters.labels(reason="not_json")._value.get() == 2


async def test_what_kafka_does_not_take_is_not_counted_and_must_come_again(site: Site, worker: Worker) -> None:
    site.records.faults.refuse("append")

    with pytest.raises(UnavailableError):
        await add(worker, a_record())

    assert (site.letters, await site.books.read(ACME)) == ([], {})


async def test_what_is_there_is_not_set_aside_again_since_it_could_not_be_counted(site: Site, worker: Worker) -> None:
    site.books.faults.refuse("count")

    with capture_logs() as logs:
        await add(worker, a_record())

    assert len(site.letters) == 1
    assert [one["tenant"] for one in logs if one["event"] == "dead_letter_not_counted"] == [ACME]


async def test_what_comes_again_is_not_set_aside_again(site: Site, worker: Worker) -> None:
    await add(worker, a_record(offset=42))
    await add(worker, a_record(offset=42))

    assert len(site.letters) == 1
    assert await site.books.read(ACME) == {"dead_letters": 1}


async def test_alerts_of_one_record_are_set_aside_each_once_under_ids_of_their_own(
    site: Site, worker: Worker
) -> None:
    bad = [{"labels": {}, "number": number} for number in range(2)]
    record = a_record(an_alert("A"), *bad, offset=42)

    await worker.take(record)
    await worker.take(record)

    ids = [one.headers["dead_letter_id"].decode() for one in site.letters]
    assert [one.value for one in site.letters] == [json.dumps(one).encode() for one in bad]
    assert len(set(ids)) == 2
    assert all(re.fullmatch(r"alerts\.inbound-3-42-[0-9a-f]{16}", one) for one in ids)


async def test_another_worker_sets_it_aside_under_the_same_id(site: Site, worker: Worker) -> None:
    record = a_record(an_alert("A"), {"labels": {}}, offset=42)
    await worker.take(record)

    await (await a_worker(site)).take(record)

    first, second = site.letters
    assert first.headers["dead_letter_id"] == second.headers["dead_letter_id"]


async def test_readers_of_the_events_learn_of_it_once(site: Site, worker: Worker) -> None:
    record = a_record(value=b"{", received=after(-3), offset=42)
    await add(worker, record)
    await add(worker, record)

    [event] = site.events
    assert event == {
        "v": 1,
        "event": "record_dead_lettered",
        "id": "alerts.inbound-3-42",
        "sequence": after(-3),
        "tenant": "acme",
        "reason": "not_json",
        "outcome": "dead_lettered",
        "stage": "parse",
        "origin": {"topic": "alerts.inbound", "partition": "3", "offset": "42"},
        "received_at": "2026-11-26T11:59:57.000000Z",
    }
    assert_valid("event", event)


async def test_an_event_names_no_tenant_where_none_is_known(site: Site, worker: Worker) -> None:
    await add(worker, a_record(), None)

    [event] = site.events
    assert event["tenant"] is None
    assert_valid("event", event)


async def test_what_is_there_without_its_event_comes_again_for_the_event_alone(site: Site, worker: Worker) -> None:
    with (
        patch.object(Letter, "event_form", side_effect=UnavailableError("Kafka: TimeoutError")),
        suppress(UnavailableError),
    ):
        await add(worker, a_record())
    assert (len(site.letters), site.events) == (1, [])

    await add(worker, a_record())

    assert (len(site.letters), len(site.events)) == (1, 1)
    assert await site.books.read(ACME) == {"dead_letters": 1}


async def test_an_event_that_is_never_taken_holds_nobody_up(site: Site, worker: Worker) -> None:
    site.records.max_value = 10

    with capture_logs() as logs:
        await add(worker, a_record(value=b"{"))

    assert (len(site.letters), site.events) == (1, [])
    assert "event_given_up" in [one["event"] for one in logs]
