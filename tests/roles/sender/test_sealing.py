"""Beside a sender each body is sealed and handed on, and the sender is answered as the gateway answers."""

import json

import pytest
from structlog.testing import capture_logs

from router.core.model.alert import TenantId
from router.core.parse.webhook import parse
from router.core.seal.sent import Suite, read_sent
from router.http.problems import Problem
from router.ports.kafka import record_key
from router.ports.sender import Shown
from tests.adapters.builders import ACME, NOON
from tests.roles.sender.beside import MAX_BODY, Beside

GROUP = '{}:{alertname="Disk"}'


def webhook(*names: str, **fields: object) -> bytes:
    alerts = [
        {"status": "firing", "labels": {"alertname": name}, "startsAt": "2026-11-26T05:00:00Z"} for name in names
    ]
    return json.dumps({"version": "4", "groupKey": GROUP, "alerts": alerts, **fields}).encode()


@pytest.mark.parametrize("suite", Suite)
async def test_the_gateway_gets_what_the_tenants_key_alone_opens(suite: Suite) -> None:
    beside = Beside()
    beside.sealing_with(suite)
    body = webhook("DiskFull", "DiskSlow")
    answer = await beside.post(body)

    [(tenant, _, sealed)] = beside.gateway.posted
    assert answer == (202, {"accepted": 2})
    assert (tenant, read_sent(sealed.data).suite, beside.gateway.opened()) == (ACME, suite, [body])
    assert b"Disk" not in sealed.data


async def test_it_states_how_many_alerts_there_are_and_the_key_that_a_gateway_gives_their_group() -> None:
    beside = Beside()
    bad = {"labels": {"alertname": "Bad"}, "startsAt": "yesterday"}
    body = webhook(alerts=[{"labels": {"alertname": "Good"}}, bad])
    await beside.post(body)

    [(_, _, sealed)] = beside.gateway.posted
    assert (sealed.alerts, sealed.group) == (2, record_key(ACME, parse(body, NOON).sender_group).decode())


async def test_the_senders_token_and_trace_are_passed_on_and_its_own_only_without_one() -> None:
    beside = Beside(own="Bearer ar_own")
    await beside.post(webhook("A"), traceparent="00-1-2-01")
    await beside.post(webhook("A"), authorization="")

    assert [shown for _, shown, _ in beside.gateway.posted] == [
        Shown("Bearer ar_theirs", "00-1-2-01"),
        Shown("Bearer ar_own", ""),
    ]


@pytest.mark.parametrize(
    "problem",
    [
        Problem(401, "unknown-token", "this token is not known"),
        Problem(413, "body-too-large", "a body may have 10 bytes"),
        Problem(429, "quota-exceeded", "too many", 7),
        Problem(502, "gateway-unreachable", "it does not answer", 5),
        Problem(503, "not-accepted", "Kafka does not answer", 5),
    ],
    ids=lambda problem: problem.name,
)
async def test_the_sender_is_refused_as_the_gateway_refuses(problem: Problem) -> None:
    beside = Beside()
    beside.gateway.refuses = problem
    with capture_logs() as logs:
        status, document = await beside.post(webhook("Secret"))

    assert (status, document["type"].rpartition(":")[2]) == (problem.status, problem.name)
    assert [(one["event"], one["reason"]) for one in logs if one["log_level"] == "warning"] == [
        ("not_handed_on", problem.name)
    ]
    assert "Secret" not in str(logs)


@pytest.mark.parametrize(
    ("body", "headers", "status", "name"),
    [
        (b"{", {}, 400, "not-json"),
        (b"{}", {}, 400, "not-a-webhook"),
        (webhook("A", "B", "C", "D"), {}, 400, "too-many-alerts"),
        (webhook("A", receiver="x" * MAX_BODY), {}, 413, "body-too-large"),
        (webhook("A"), {"content_type": "text/plain"}, 415, "not-json"),
        (webhook("A"), {"content_type": "application/alert-router-sealed"}, 415, "not-json"),
        (webhook("A"), {"content_encoding": "gzip"}, 415, "encoded-body"),
        (webhook("A"), {"to": "../acme"}, 404, "http-error"),
        (webhook("A"), {"to": "Acme?x="}, 404, "http-error"),
    ],
)
async def test_what_a_gateway_would_refuse_is_refused_here_and_nothing_is_asked(
    body: bytes, headers: dict[str, str], status: int, name: str
) -> None:
    beside = Beside()
    answer, document = await beside.post(body, **headers)

    assert (answer, document["type"].rpartition(":")[2]) == (status, name)
    assert (beside.gateway.asked, beside.gateway.posted) == ([], [])


async def test_a_body_without_alerts_is_accepted_as_a_gateway_does_and_not_sealed() -> None:
    beside = Beside()

    assert await beside.post(webhook()) == (202, {"accepted": 0})
    assert beside.gateway.posted == []


async def test_nothing_is_sent_in_clear_where_the_tenant_has_no_keys() -> None:
    beside = Beside()
    beside.gateway.refuses_keys = Problem(404, "no-sender-key", "the tenant has no keys of its own")
    status, _ = await beside.post(webhook("A"))

    assert (status, beside.gateway.posted) == (404, [])


async def test_a_key_is_asked_for_again_once_the_gateway_takes_nothing_sealed() -> None:
    beside = Beside()
    await beside.post(webhook("A"))
    beside.gateway.refuses = Problem(415, "sealed-not-taken", "the tenant has no keys of its own")
    await beside.post(webhook("A"))
    beside.gateway.refuses, beside.gateway.epoch = None, 2
    await beside.post(webhook("A"))

    epochs = [read_sent(sealed.data).key.epoch for _, _, sealed in beside.gateway.posted]
    assert epochs == [1, 1, 2]


async def test_a_gateway_that_offers_another_tenants_keys_is_not_believed() -> None:
    beside = Beside()
    beside.gateway.tenant = TenantId("beta")
    status, document = await beside.post(webhook("A"))

    assert (status, beside.gateway.posted) == (502, [])
    assert "'beta'" in document["detail"]
