"""Nothing secret crosses a network in clear unless a setting allows it, and no error shows a part of a password."""

import pytest

from router.app.connections import redis_connection
from router.errors import ConfigurationError
from router.settings import read_settings

KAFKA, REDIS, SLACK = "KAFKA__BOOTSTRAP_SERVERS", "REDIS__URL", "SLACK__BASE_URL"
COLLECTOR = "TRACING__ENDPOINT"
TRANSIT = "TRANSIT__URL"
AWS_KMS = "AWS_KMS__ENDPOINT"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (KAFKA, REDIS, SLACK, COLLECTOR, TRANSIT, AWS_KMS):
        monkeypatch.delenv(f"ALERT_ROUTER_{name}", raising=False)


def refusal(monkeypatch: pytest.MonkeyPatch, **settings: str) -> str:
    """Why these settings are refused; "" if they are taken."""
    for name, value in settings.items():
        monkeypatch.setenv(f"ALERT_ROUTER_{name}", value)
    try:
        read_settings()
    except ConfigurationError as error:
        return str(error)
    return ""


SASL = {"KAFKA__SASL_USERNAME": "router", "KAFKA__SASL_PASSWORD": "hunter2"}
IN_CLEAR: list[tuple[dict[str, str], str]] = [
    ({KAFKA: "kafka:9092"}, "KAFKA"),
    ({KAFKA: "127.0.0.1:9092,10.0.0.7:9092"}, "KAFKA"),
    ({KAFKA: "[2001:db8::1]:9092"}, "KAFKA"),
    ({KAFKA: "kafka:9092", **SASL, "KAFKA__SECURITY_PROTOCOL": "SASL_PLAINTEXT"}, "KAFKA"),
    (
        {KAFKA: "kafka:9092", **SASL, "KAFKA__SECURITY_PROTOCOL": "SASL_PLAINTEXT", "KAFKA__SASL_MECHANISM": "PLAIN"},
        "KAFKA",
    ),
    ({REDIS: "redis://redis:6379/0"}, "REDIS"),
    ({REDIS: "redis://:hunter2@10.0.0.7"}, "REDIS"),
    ({REDIS: "redis://127.0.0.1:1,redis://redis:6379", "REDIS__CLUSTER": "true"}, "REDIS"),
    ({REDIS: "rediss://:hunter2@redis:6379/0?ssl_cert_reqs=none"}, "REDIS"),
    ({REDIS: "rediss://:hunter2@redis:6379/0?ssl_check_hostname=False"}, "REDIS"),
    ({SLACK: "http://slack.internal/api/"}, "SLACK"),
    ({TRANSIT: "http://openbao:8200"}, "TRANSIT"),
    ({AWS_KMS: "http://kms.internal"}, "AWS_KMS"),
    ({COLLECTOR: "http://collector:4318/v1/traces"}, "TRACING"),
]


@pytest.mark.parametrize(("settings", "section"), IN_CLEAR, ids=[", ".join(one.values()) for one, _ in IN_CLEAR])
def test_a_plain_connection_elsewhere_is_refused_until_it_is_allowed(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], section: str
) -> None:
    allow = f"{section}__ALLOW_PLAIN"

    why = refusal(monkeypatch, **settings)

    assert why.startswith(f"ALERT_ROUTER_{section}__")
    assert f"set ALERT_ROUTER_{allow}=true" in why
    assert "hunter2" not in why
    assert refusal(monkeypatch, **settings, **{allow: "true"}) == ""


@pytest.mark.parametrize(
    "settings",
    [
        {KAFKA: "127.0.0.1:9092"},
        {KAFKA: "localhost:9092, [::1]:9092"},
        {KAFKA: "kafka:9092", "KAFKA__SECURITY_PROTOCOL": "SSL"},
        {KAFKA: "kafka:9092", **SASL, "KAFKA__SECURITY_PROTOCOL": "SASL_SSL", "KAFKA__SASL_MECHANISM": "PLAIN"},
        {REDIS: "redis://127.0.0.1:6379/0"},
        {REDIS: "redis://localhost"},
        {REDIS: "rediss://:hunter2@redis:6379/0"},
        {REDIS: "rediss://redis:6379?ssl_cert_reqs=required&ssl_ca_certs=/etc/ca.pem"},
        {REDIS: "unix:///run/redis.sock?db=1"},
        {SLACK: "http://127.0.0.1:8090/api/"},
        {SLACK: "https://slack.com/api/"},
    ],
    ids=lambda settings: ", ".join(settings.values()),
)
def test_what_is_encrypted_or_stays_on_this_machine_is_taken(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    assert refusal(monkeypatch, **settings) == ""


def test_a_password_in_clear_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    in_clear = {"KAFKA__SECURITY_PROTOCOL": "SASL_PLAINTEXT", "KAFKA__SASL_MECHANISM": "PLAIN"}

    why = refusal(monkeypatch, **{KAFKA: "kafka:9092"}, **SASL, **in_clear)

    assert "the password and all alerts go to kafka in clear; use SASL_SSL" in why


@pytest.mark.parametrize(
    "url",
    [
        "redis://user:hunter2#x@host:6390",
        "redis://user:hunter2/x@host:6390",
        "redis://:12345/hunter2@host:6379/0",
        "redis://hunter2?x@host:6379/0",
        "redis://user:hunter2[x@host:6390",
        "redis://host:hunter2",
        "redis://user:x@host:6379/hunter2",
        "unix://user:x#hunter2@/run/redis.sock",
        "hunter2@127.0.0.1:6379",
        "redis://",
        "redis://127.0.0.1:0",
    ],
)
@pytest.mark.parametrize("allowed", ["true", "false"])
def test_a_url_that_would_be_read_as_another_server_shows_no_part_of_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str, allowed: str
) -> None:
    why = refusal(monkeypatch, REDIS__URL=url, REDIS__ALLOW_PLAIN=allowed)

    assert "ALERT_ROUTER_REDIS__URL: is not a URL of Redis" in why
    assert "%23" in why
    assert "hunter2" not in why
    assert "12345" not in why


async def test_a_password_with_every_sign_is_read_once_it_is_written_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERT_ROUTER_REDIS__URL", "redis://user:%23%2F%3F%40%3A%25@127.0.0.1:6379/0")
    settings = read_settings()

    assert settings.redis.url is not None
    connection = redis_connection(settings)
    try:
        assert "%23" not in repr(settings)
        assert "#/?@:%" not in repr(connection)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "url", ["slack.com/api", "ftp://slack.com/api", "https://user:hunter2@slack.com/api/", "https://"]
)
def test_an_address_of_slack_is_one(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    why = refusal(monkeypatch, SLACK__BASE_URL=url)

    assert "ALERT_ROUTER_SLACK__BASE_URL: is not an address of Slack's Web API" in why
    assert "hunter2" not in why


@pytest.mark.parametrize(
    "url", ["collector:4318", "grpc://collector:4317", "https://user:hunter2@collector/", "https://"]
)
def test_an_address_of_a_collector_is_one(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    why = refusal(monkeypatch, TRACING__ENDPOINT=url)

    assert "ALERT_ROUTER_TRACING__ENDPOINT: is not an address that takes traces" in why
    assert "hunter2" not in why
