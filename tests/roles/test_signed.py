"""What is appended by those who know whose it is: signed over tenant, time, source and body."""

import pytest

from router.errors import UnavailableError
from router.ports.kafka import SIGNATURE, Headers
from router.ports.signing import Verdict
from router.roles.offload import LARGE
from router.roles.signed import Claims, SignedLog, body_digest, verdict
from tests.fakes.records import FakeRecordLog
from tests.roles.signing import INBOUND, NEW, OLD

BODY = b'{"alerts": []}'
HEADERS = [
    ("tenant", b"acme"),
    ("received_at", b"2026-11-26T12:00:00Z"),
    ("alert_source", b"alertmanager"),
    ("x", b"1"),
]
CLAIMS = Claims(b"acme", b"2026-11-26T12:00:00Z", b"alertmanager")


def without_signature(headers: Headers) -> Headers:
    return [one for one in headers if one[0] != SIGNATURE]


async def signature(body: bytes | None = BODY, headers: list[tuple[str, bytes]] = HEADERS) -> str:
    records = FakeRecordLog()
    await SignedLog(records, NEW).append(INBOUND, body, b"key", headers)
    [record] = records.records
    assert (record.topic, record.value, record.key) == (INBOUND, body, b"key")
    assert [one for one in record.all_headers if one[0] != SIGNATURE] == [
        one for one in headers if one[0] != SIGNATURE
    ]
    return record.headers[SIGNATURE].decode()


@pytest.mark.parametrize("body", [BODY, b"", None, b"x" * (LARGE + 1)])
async def test_what_is_appended_is_signed_and_else_as_it_was(body: bytes | None) -> None:
    assert verdict(NEW, await signature(body), CLAIMS, body_digest(body)) is Verdict.GOOD


@pytest.mark.parametrize(
    "claims",
    [
        Claims(b"beta", CLAIMS.received_at, CLAIMS.source),
        Claims(b"acme", b"2026-11-26T12:00:01Z", CLAIMS.source),
        Claims(b"acme", CLAIMS.received_at),
        Claims(b"acme2026", b"-11-26T12:00:00Z", CLAIMS.source),
    ],
)
async def test_a_signature_is_good_for_nothing_else(claims: Claims) -> None:
    made = await signature()

    assert verdict(NEW, made, claims, body_digest(BODY)) is Verdict.WRONG
    assert verdict(NEW, made, CLAIMS, body_digest(BODY + b" ")) is Verdict.WRONG
    assert verdict(OLD, made, CLAIMS, body_digest(BODY)) is Verdict.UNKNOWN_KEY


async def test_a_signature_that_was_there_gives_way() -> None:
    made = await signature(headers=[*HEADERS, (SIGNATURE, b"v1:00000000:AAAA")])

    assert verdict(NEW, made, CLAIMS, body_digest(BODY)) is Verdict.GOOD


async def test_what_kafka_does_not_take_now_is_reported_as_ever() -> None:
    records = FakeRecordLog()
    records.faults.refuse("append")

    with pytest.raises(UnavailableError):
        await SignedLog(records, NEW).append(INBOUND, BODY, None, HEADERS)
    assert await SignedLog(records, NEW).reached()
