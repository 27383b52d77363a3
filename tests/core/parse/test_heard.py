"""Events that say which alerts fire or end, read as the bodies that webhooks of the same half minute had."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from router.core.model.alert import Status
from router.core.model.instant import parse_rfc3339
from router.core.parse.heard import read_group
from router.core.parse.webhook import parse

DATA: Final = Path(__file__).parents[2] / "data"
EVENTS: Final = (DATA / "alertmanager-0.35-events.jsonl").read_text(encoding="utf-8").splitlines()
BODIES: Final = (DATA / "alertmanager-0.35.jsonl").read_text(encoding="utf-8").splitlines()
NOTIFIED: Final = [line for line in EVENTS if '"notification"' in line]
AT: Final = parse_rfc3339("2026-11-26T00:21:30Z")


def sent(body: bytes) -> tuple[Any, ...]:
    """What a body says, without where its sender is."""
    found = parse(body, AT)
    alerts = {one.alert_id: (one.status, one.annotations, one.starts_at, one.ends_at) for one in found.alerts}
    return alerts, found.group_labels, found.sender_route, found.truncated, found.rejected


@pytest.mark.parametrize(("event", "body"), list(zip(NOTIFIED, BODIES, strict=True)))
def test_a_notification_is_the_body_of_the_webhook_of_that_flush(event: str, body: str) -> None:
    group = read_group(event.encode())
    assert group is not None
    assert group.is_whole
    assert sent(group.body(group.alerts)) == sent(body.encode())


@pytest.mark.parametrize("line", [one for one in EVENTS if '"alertGrouped"' in one or '"alertResolved"' in one])
def test_one_alert_of_a_group_comes_with_its_group_and_is_not_all_of_it(line: str) -> None:
    group = read_group(line.encode())
    assert group is not None
    [alert] = group.alerts
    assert not group.is_whole
    assert (alert.status is Status.RESOLVED) == ('"resolved":true' in line)
    assert group.group_labels.items() <= alert.labels.items()
    assert group.receiver in {"router", "quiet"}


@pytest.mark.parametrize("line", [one for one in EVENTS if "Muted" in one or "Created" in one or "Event" in one])
def test_other_events_are_not_about_what_fires(line: str) -> None:
    assert read_group(line.encode()) is None


INFO: Final = {"groupKey": "{}:{}", "receiverName": "router"}


@pytest.mark.parametrize(
    "data",
    [
        {"alertGrouped": {"groupInfo": INFO}},
        {"alertGrouped": {"groupInfo": INFO, "alert": {"fingerprint": "1"}}},
        {"alertGrouped": {"groupInfo": INFO, "alert": {"fingerprint": "one", "details": {"labels": {}}}}},
        {"alertResolved": {"groupInfo": {}, "alert": {}}},
        {"notification": {"groupInfo": INFO, "alerts": {"a": 1}}},
        {"notification": {"groupInfo": INFO, "mutedAlerts": [None]}},
        {"notification": []},
    ],
)
def test_what_is_not_of_this_form_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"cannot be read|invalid literal"):
        read_group(json.dumps({"data": data}).encode())
