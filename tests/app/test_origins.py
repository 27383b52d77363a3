"""Who speaks for tenants, by the settings: nothing is refused that anybody could sign, and what is open is logged."""

from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from router.adapters.crypto.ring import fresh_key
from router.app.compose import Base, build_base, inbound_log
from router.app.letters import Vouched, open_vouched_letters
from router.app.origins import record_origins, warn_of_unsigned
from router.errors import ConfigurationError
from router.ports.signing import Verdict
from router.roles.ingest.origins import Unsigned
from router.roles.signed import Claims, SignedLog, body_digest, verdict
from router.settings import KafkaSettings, RedisSettings, Settings, SigningSettings
from tests.fakes.records import FakeRecordLog
from tests.roles.signing import INBOUND, NEW

BODY = b"{}"


def a_base(key: str | None = None, unsigned: Any = "accept") -> Base:
    kafka = KafkaSettings(bootstrap_servers="127.0.0.1:9092", unsigned=unsigned, bound_topics={"own": "acme"})
    redis = RedisSettings(url=SecretStr("redis://127.0.0.1:6379/0"))
    signing = SigningSettings(key=SecretStr(key) if key else None)
    return build_base(Settings(kafka=kafka, redis=redis, signing=signing), {})


async def test_what_nobody_could_sign_is_not_refused() -> None:
    with pytest.raises(ConfigurationError, match="KAFKA__UNSIGNED=bound-only wants ALERT_ROUTER_SIGNING__KEY"):
        record_origins(a_base(unsigned="bound-only"))

    origins = record_origins(a_base(fresh_key(), "bound-only"))
    assert (origins.unsigned, origins.bound) == (Unsigned.BOUND_ONLY, {"own": "acme"})


@pytest.mark.parametrize(
    ("key", "unsigned", "logged"),
    [
        (None, "accept", ["nothing_is_signed"]),
        (fresh_key(), "accept", ["unsigned_records_are_taken"]),
        (fresh_key(), "bound-only", []),
    ],
)
async def test_what_is_left_open_is_logged_once_at_the_start(
    key: str | None, unsigned: str, logged: list[str]
) -> None:
    with capture_logs() as logs:
        warn_of_unsigned(a_base(key, unsigned))

    assert [one["event"] for one in logs] == logged
    assert all("set ALERT_ROUTER_" in one["remedy"] for one in logs)


async def test_whoever_has_the_key_signs_what_he_appends() -> None:
    assert isinstance(inbound_log(a_base(fresh_key())), SignedLog)
    assert not isinstance(inbound_log(a_base()), SignedLog)


async def test_an_operator_vouches_for_the_time_at_which_a_record_was_observed() -> None:
    records = FakeRecordLog()
    headers = [
        ("tenant", b"acme"),
        ("received_at", b"2099-01-01T00:00:00Z"),
        ("observed_at", b"2026-11-26T12:00:00Z"),
    ]

    await Vouched(SignedLog(records, NEW)).append(INBOUND, BODY, None, headers)

    [record] = records.records
    claims = Claims(b"acme", b"2026-11-26T12:00:00Z")
    assert verdict(NEW, record.headers["signature"].decode(), claims, body_digest(BODY)) is Verdict.GOOD
    assert record.headers["received_at"] == record.headers["observed_at"]


async def test_without_a_key_nobody_vouches_for_anything() -> None:
    with pytest.raises(ConfigurationError, match="--sign wants the key of the workers"):
        async with open_vouched_letters(a_base().settings):
            pass
