"""Dead letters: the record as it was, why, and where it came from."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from router.core.model.alert import TenantId
from router.errors import PayloadError, UnavailableError
from router.ports.kafka import Record
from tests.adapters.builders import ACME, NOON
from tests.roles.builders import DEAD, a_record
from tests.roles.worker import Site, Worker
from tests.schemas import assert_valid

ERROR = PayloadError("not_json", "expected value at line 1")


def added(headers: Mapping[str, bytes]) -> dict[str, str]:
    """The headers as texts, but for those that the record had."""
    return {name: value.decode() for name, value in headers.items() if name not in {"tenant", "received_at"}}


async def add(worker: Worker, record: Record, tenant: TenantId | None = ACME) -> None:
    await worker.dead_letters.add(record, tenant, ERROR)


async def test_the_record_is_kept_as_it_was_with_the_reason_and_its_origin(site: Site, worker: Worker) -> None:
    await add(worker, a_record(value=b"{", offset=42))

    [letter] = site.records.records
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
    }
    assert_valid("dead-letter", added(letter.headers))


async def test_what_a_record_says_of_itself_does_not_hide_why_it_was_set_aside(site: Site, worker: Worker) -> None:
    await add(worker, a_record(value=b"{", headers=[("reason", b"none"), ("trace", None), ("tenant", b"acme")]))

    [letter] = site.records.records
    names = [name for name, _ in letter.all_headers]
    assert letter.headers["reason"] == b"not_json"
    assert (names.count("reason"), names.count("tenant"), names.count("trace")) == (1, 1, 0)


async def test_a_body_that_no_topic_takes_is_left_at_its_origin(site: Site, worker: Worker) -> None:
    site.records.max_value = 10

    await add(worker, a_record(value=b"x" * 11, offset=42))

    [letter] = site.records.records
    assert (letter.value, letter.key) == (None, None)
    assert letter.headers["body_left_out"] == b"too large; it is at its origin"
    assert_valid("dead-letter", added(letter.headers))
    assert letter.headers["origin_offset"] == b"42"


async def test_a_very_long_error_is_cut(site: Site, worker: Worker) -> None:
    await worker.dead_letters.add(a_record(), ACME, PayloadError("not_json", "x" * 5000))

    assert len(site.records.records[0].headers["error"]) == 1000


async def test_it_is_counted_for_its_tenant_where_that_is_known(site: Site, worker: Worker) -> None:
    await add(worker, a_record())
    await add(worker, replace(a_record(), offset=1), None)

    assert await site.books.read(ACME) == {"dead_letters": 1}
    assert worker.metrics.dead_letters.labels(reason="not_json")._value.get() == 2


async def test_what_kafka_does_not_take_is_not_counted_and_must_come_again(site: Site, worker: Worker) -> None:
    site.records.faults.refuse("append")

    with pytest.raises(UnavailableError):
        await add(worker, a_record())

    assert (site.records.records, await site.books.read(ACME)) == ([], {})
