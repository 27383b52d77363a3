"""What the settings say of bounds reaches the gateway and the worker."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from router.app.comparing import receivers_of
from router.app.compose import build_base, build_gateway, sender_limits
from router.app.options import (
    body_bounds,
    body_limits,
    connection_limits,
    consumer_options,
    deadlines,
    event_topics,
    in_flight_limits,
    server_tls,
)
from router.app.worker import build_worker
from router.core.parse.bounds import BodyBounds
from router.errors import ConfigurationError
from router.http.connections import ConnectionLimits
from router.settings import (
    GatewaySettings,
    KafkaSettings,
    LimitsSettings,
    RedisSettings,
    Settings,
    SlackSettings,
    WorkerSettings,
)

LIMITS: dict[str, Any] = {
    "alerts_per_body": 9,
    "label_name_bytes": 101,
    "label_value_bytes": 2_002,
    "labels_per_alert": 33,
    "labels_bytes": 4_004,
    "annotation_bytes": 50_000,
    "annotations_per_alert": 66,
    "annotations_bytes": 70_007,
}
BOUNDS = BodyBounds(
    alerts=9,
    label_name=101,
    label_value=2_002,
    labels=33,
    labels_bytes=4_004,
    annotation=50_000,
    annotations=66,
    annotations_bytes=70_007,
)


def test_calls_in_flight_follow_from_the_budgets_unless_they_are_set() -> None:
    """240 posts and 40 edits a minute, with bursts of 20 and 8; a call is slow after two seconds."""
    free = in_flight_limits(Settings())
    bounded = in_flight_limits(Settings(worker=WorkerSettings(in_flight_per_workspace=9)))

    assert (free.per_tenant, free.per_workspace) == (38, 38)
    assert (bounded.per_tenant, bounded.per_workspace) == (9, 9)
    assert in_flight_limits(Settings(worker=WorkerSettings(in_flight_per_tenant=3))).per_tenant == 3


def test_each_setting_is_the_bound_that_it_names() -> None:
    assert set(LIMITS) == set(LimitsSettings.model_fields)
    assert body_bounds(Settings(limits=LimitsSettings(**LIMITS))) == BOUNDS


def test_without_settings_the_bounds_are_those_of_the_code() -> None:
    assert body_bounds(Settings(limits=LimitsSettings())) == BodyBounds()


async def test_the_gateway_and_the_worker_have_the_same() -> None:
    nowhere = "127.0.0.1:1"
    settings = Settings(
        kafka=KafkaSettings(bootstrap_servers=nowhere),
        redis=RedisSettings(url=f"redis://{nowhere}"),
        slack=SlackSettings(base_url=f"http://{nowhere}/"),
        limits=LimitsSettings(**LIMITS),
    )
    base = build_base(settings, {})
    worker = build_worker(base)

    assert build_gateway(base, sender_limits(base), base.keyring).admission.bounds == BOUNDS
    assert worker.held._ingest._reader.bounds == BOUNDS


@pytest.mark.parametrize(
    ("bound", "owner", "owners"),
    [
        ({"tenant": "acme"}, "acme", ["acme"]),
        ({"label": "team", "tenants": {"a": "acme", "b": "beta"}}, "beta", ["acme", "beta"]),
        ({"label": "team", "tenants": {"a": "acme"}}, None, ["acme"]),
    ],
)
def test_a_topic_of_events_is_bound_to_a_tenant_or_by_a_label(
    bound: dict[str, Any], owner: str | None, owners: list[str]
) -> None:
    settings = Settings(kafka=KafkaSettings.model_validate({"event_topics": {"am": bound}}))
    topic = event_topics(settings)["am"]
    assert (topic.owner({"team": "b"}), topic.owners) == (owner, owners)
    assert consumer_options(settings).topics == ("alerts.inbound", "am")


@pytest.mark.parametrize(
    "bound",
    [
        {},
        {"label": "team"},
        {"tenants": {"a": "acme"}},
        {"tenant": "acme", "label": "team"},
        {"tenant": "acme", "label": "team", "tenants": {"a": "acme"}},
        {"tenant": "acme", "format": "webhook"},
    ],
)
def test_a_topic_of_events_is_bound_in_one_way(bound: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        KafkaSettings.model_validate({"event_topics": {"am": bound}})


def test_the_receivers_whose_alerts_are_taken_from_events_are_known_by_tenant() -> None:
    alerts = {"alerts": {"receiver": "router"}}
    both = {"label": "team", "tenants": {"a": "acme", "b": "beta"}, "alerts": {"receiver": "other"}}
    bound = {"one": {"tenant": "acme", **alerts}, "two": both, "three": {"tenant": "gamma"}}
    topics = event_topics(Settings(kafka=KafkaSettings.model_validate({"event_topics": bound})))
    assert receivers_of(topics) == {"acme": {"router", "other"}, "beta": {"other"}}


def test_connections_of_senders_follow_from_the_settings() -> None:
    few = Settings(
        gateway=GatewaySettings(connections=100, connections_per_peer=500, body_timeout_s=1, kafka_timeout_s=2)
    )

    assert connection_limits(Settings()) == ConnectionLimits(2048, 512)
    assert connection_limits(few) == ConnectionLimits(100, 100)
    assert (body_limits(Settings()).at_once, body_limits(few).at_once) == (512, 25)
    assert deadlines(few).request_s == 1 + 2 + 10 + 30


@pytest.mark.parametrize(
    "halves",
    [
        {"tls_certificate": Path("tls.crt")},
        {"tls_key": Path("tls.key")},
        {"tls_client_ca": Path("ca.crt")},
    ],
)
def test_half_of_what_tls_needs_is_refused(halves: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="tls_certificate and tls_key"):
        GatewaySettings(**halves)


def test_without_tls_there_is_none_and_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    missing = GatewaySettings(tls_certificate=tmp_path / "tls.crt", tls_key=tmp_path / "tls.key")

    assert server_tls(Settings()) is None
    with pytest.raises(ConfigurationError, match=r"tls\.crt: No such file"):
        server_tls(Settings(gateway=missing))
