"""Events of Alertmanager's recorder as the bodies that webhooks would have."""

import json
from typing import Any, Final

import pytest

from router.core.model.alert import Status
from router.core.model.instant import parse_rfc3339
from router.core.parse.heard import HeardGroup, read_group
from router.core.parse.webhook import parse
from tests.docs.pages import TOP

LINES: Final = (TOP / "tests/data/alertmanager-0.35-events.jsonl").read_bytes().split(b"\n")
GROUPS: Final = [one for line in LINES if line.strip() and (one := read_group(line)) is not None]
NOW: Final = parse_rfc3339("2026-11-26T00:22:00Z")


def whole(group: HeardGroup) -> set[tuple[str, str]]:
    """The alerts that a notification is about, by instance or name, and how they stand."""
    return {(one.labels.get("instance", one.labels["alertname"]), one.status.value) for one in group.alerts}


def test_a_notification_holds_what_the_webhook_of_the_same_flush_does_and_no_muted_alert() -> None:
    notified = [whole(one) for one in GROUPS if one.is_whole and one.receiver == "router"]

    assert notified == [
        {("db-1", "firing"), ("db-2", "firing")},
        {("db-1", "firing")},
        {("ClusterDown", "firing")},
        {("db-2", "firing")},
        {("db-1", "resolved"), ("db-2", "firing")},
        {("ClusterDown", "resolved")},
    ]


def test_an_alert_that_is_put_into_its_group_is_a_part_of_it() -> None:
    parts = [one for one in GROUPS if not one.is_whole]

    assert all(len(one.alerts) == 1 for one in parts)
    assert {one.receiver for one in parts} == {"router", "quiet"}


def test_its_body_is_read_as_that_of_a_webhook() -> None:
    group = next(one for one in GROUPS if one.is_whole and ("db-1", "resolved") in whole(one))

    webhook = parse(group.body(group.alerts), NOW)

    assert webhook.group_labels == {"alertname": "DiskFull", "cluster": "eu-1"}
    by_instance = {one.labels["instance"]: one for one in webhook.alerts}
    assert by_instance["db-1"].ends_at == parse_rfc3339("2026-11-26T00:21:23Z")
    assert by_instance["db-2"].status is Status.FIRING
    assert by_instance["db-2"].fingerprint == "a853daf3f46740c4"


def an_event(kind: str, event: Any) -> bytes:
    return json.dumps({"data": {kind: event}}).encode()


def test_any_other_event_says_nothing_of_alerts() -> None:
    assert read_group(an_event("silenceCreated", {})) is None


@pytest.mark.parametrize(
    "event", [{}, {"groupInfo": {}}, {"groupInfo": {"receiverName": "a", "groupKey": "k"}, "alerts": [{}]}, 5]
)
def test_what_cannot_be_read_is_refused(event: object) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        read_group(an_event("notification", event))
