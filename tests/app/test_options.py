"""What the settings say of bounds reaches the gateway and the worker."""

from typing import Any

from router.app.compose import build_base, build_gateway, sender_limits
from router.app.options import body_bounds, in_flight_limits
from router.app.worker import build_worker
from router.core.parse.bounds import BodyBounds
from router.settings import KafkaSettings, LimitsSettings, RedisSettings, Settings, SlackSettings, WorkerSettings

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

    assert build_gateway(base, sender_limits(base)).admission.bounds == BOUNDS
    assert worker.held._ingest._reader.bounds == BOUNDS
