"""Appending to Kafka: the body as it was sent, and the headers that the worker reads."""

from dataclasses import replace

import pytest
import structlog

from router.core.parse.webhook import parse
from router.http.problems import Problem
from router.roles.gateway.append import Inbound, InboundLog
from tests.adapters.builders import ACME, BETA, NOON
from tests.fakes.records import FakeRecordLog
from tests.roles.builders import INBOUND, a_body, an_alert

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
BODY = a_body(an_alert())


@pytest.fixture
def records() -> FakeRecordLog:
    return FakeRecordLog()


def inbound(body: bytes = BODY, *, trace: str = "") -> Inbound:
    return Inbound(
        ACME, body, parse(body, NOON).sender_group, NOON, [("traceparent", trace.encode())] if trace else []
    )


async def append(records: FakeRecordLog, one: Inbound) -> None:
    await InboundLog(records, lambda _: INBOUND).append(one)


async def test_the_body_is_appended_as_it_was_sent(records: FakeRecordLog) -> None:
    await append(records, inbound(trace=TRACE))

    [record] = records.records
    assert (record.topic, record.value) == (INBOUND, BODY)
    assert record.headers == {
        "tenant": b"acme",
        "received_at": b"2026-11-26T12:00:00.000000Z",
        "content-type": b"application/json",
        "traceparent": TRACE.encode(),
    }


def test_bodies_of_one_sender_group_have_one_key_and_others_another() -> None:
    first, again = inbound(a_body(an_alert("A"))), inbound(a_body(an_alert("B")))
    other, theirs = inbound(a_body(an_alert("A"), group="h")), replace(first, tenant=BETA)

    assert first.key() == again.key()
    assert len({first.key(), other.key(), theirs.key()}) == 3


@pytest.mark.parametrize("fault", ["refuse", "lose_reply"])
async def test_while_kafka_cannot_take_it_the_sender_comes_back(records: FakeRecordLog, fault: str) -> None:
    getattr(records.faults, fault)("append")

    with pytest.raises(Problem) as raised:
        await append(records, inbound())

    assert (raised.value.status, raised.value.name, raised.value.retry_after_s) == (503, "not-accepted", 5)


async def test_kafka_that_is_away_is_one_warning_until_it_is_back(records: FakeRecordLog) -> None:
    log = InboundLog(records, lambda _: INBOUND)
    records.faults.away = True
    with structlog.testing.capture_logs() as logged:
        for _ in range(50):
            with pytest.raises(Problem):
                await log.append(inbound())
        records.faults.away = False
        await log.append(inbound())
        records.faults.away = True
        with pytest.raises(Problem):
            await log.append(inbound())

    assert [(one["event"], one["tenant"], one["times"]) for one in logged] == [("append_failed", "acme", 1)] * 2


async def test_what_no_topic_takes_is_refused_for_good(records: FakeRecordLog) -> None:
    records.max_value = 10

    with pytest.raises(Problem) as raised:
        await append(records, inbound())

    assert (raised.value.status, raised.value.retry_after_s) == (413, None)


async def test_a_body_is_appended_to_its_own_tenants_topic(records: FakeRecordLog) -> None:
    log = InboundLog(records, {ACME: "alerts.inbound.gold", BETA: INBOUND}.__getitem__)

    for one in (inbound(), replace(inbound(), tenant=BETA)):
        await log.append(one)
    assert [one.topic for one in records.records] == ["alerts.inbound.gold", INBOUND]
