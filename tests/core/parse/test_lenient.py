"""What only decorates an alert never makes it unreadable."""

import json
from typing import Any

import pytest

from router.core.model.alert import Alert, Status, Webhook, fingerprint
from router.core.model.instant import NEVER, SECOND
from router.core.parse.webhook import parse
from router.errors import PayloadError
from tests.core.builders import START
from tests.core.parse.test_webhook import NOW, raw_alert, webhook


def read(**changes: Any) -> Alert:
    (alert,) = parse(webhook(raw_alert(**changes)), NOW).alerts
    return alert


def without(*members: str) -> Webhook:
    body = json.loads(webhook(raw_alert()))
    return parse(json.dumps({name: body[name] for name in body if name not in members}).encode(), NOW)


def test_null_is_absent_wherever_it_stands() -> None:
    alert = read(annotations=None, startsAt=None, endsAt=None, generatorURL=None, fingerprint=None)
    assert (alert.annotations, alert.starts_at, alert.generator_url) == ({}, NEVER, "")
    assert alert.fingerprint == fingerprint(alert.labels)


def test_a_label_that_is_null_is_no_label() -> None:
    assert read(labels={"alertname": "DiskFull", "zone": None}).labels == {"alertname": "DiskFull"}


@pytest.mark.parametrize(
    ("value", "text"), [(95, "95"), (1.5, "1.5"), (True, "true"), (False, "false"), (10**30, str(10**30))]
)
def test_numbers_and_booleans_are_their_text(value: object, text: str) -> None:
    alert = read(labels={"a": value}, annotations={"b": value})
    assert (alert.labels, alert.annotations) == ({"a": text}, {"b": text})


def test_what_has_parts_is_shown_as_json() -> None:
    assert read(annotations={"hosts": ["a", "b"]}).annotations == {"hosts": '["a","b"]'}


def test_a_list_of_alerts_that_is_null_is_empty() -> None:
    assert parse(b'{"version":"4","alerts":null}', NOW).alerts == ()


def test_a_body_without_a_version_is_alertmanagers() -> None:
    assert without("version").alerts
    assert parse(webhook(raw_alert(), version=None, externalURL="http://am"), NOW).alerts[0].links == {
        "alertmanager": "http://am"
    }


@pytest.mark.parametrize("version", [4, 1, "4", "1"])
def test_a_version_may_be_a_number(version: object) -> None:
    assert parse(webhook(raw_alert(), version=version), NOW).alerts


def test_small_t_and_z_are_read() -> None:
    assert read(startsAt="2026-11-23t12:00:00z").starts_at == START


def test_a_byte_order_mark_is_skipped() -> None:
    assert parse(b"\xef\xbb\xbf" + webhook(raw_alert()), NOW).alerts


@pytest.mark.parametrize("time", ["yesterday", 5, "2026-11-23T12:00:00", []])
def test_a_time_that_is_none_is_absent(time: object) -> None:
    assert read(startsAt=time, endsAt=time).starts_at == NEVER
    assert read(status="resolved", startsAt=time, endsAt=time).ends_at == NOW


@pytest.mark.parametrize("labels", [{}, None, {"alertname": ""}, "x"])
def test_a_fingerprint_without_labels_will_do(labels: object) -> None:
    alert = read(labels=labels, fingerprint="57c6")
    assert (alert.fingerprint, alert.labels) == ("57c6", {})


def test_one_alert_alone_may_be_known_by_its_fingerprint() -> None:
    [alert] = parse(b'{"fingerprint":"57c6","status":"firing"}', NOW).alerts
    assert (alert.fingerprint, alert.labels) == ("57c6", {})


def test_a_fingerprint_that_is_too_long_gives_way_to_the_labels() -> None:
    assert read(fingerprint="f" * 129).fingerprint == fingerprint({"alertname": "Down", "host": "a"})


@pytest.mark.parametrize("status", ["FIRING", "Firing"])
def test_a_status_is_read_in_any_case(status: str) -> None:
    alert = read(status=status)
    assert (alert.status, alert.ends_at) == (Status.FIRING, NEVER)


def test_the_numbers_of_grafana_are_kept() -> None:
    assert read(values={"A": 2473545728, "B": None, "C": 1.5, "D": "x", "E": True}).values == {
        "A": 2473545728.0,
        "C": 1.5,
    }
    assert read(values=None).values == {}
    assert len(read(values={str(n): n for n in range(99)}).values) == 20


def test_the_picture_of_grafana_is_kept_if_it_is_https() -> None:
    assert read(imageURL="https://g/render/a.png").links == {"image": "https://g/render/a.png"}
    assert read(imageURL="http://g/render/a.png").links == {}
    assert read(imageURL=7).links == {}


def test_alerts_that_share_a_fingerprint_differ_by_their_labels() -> None:
    hosts = [raw_alert(labels={"alertname": "CpuHigh", "host": host}) for host in ("h-1", "h-2", "h-3")]
    alerts = parse(webhook(*hosts), NOW).alerts
    assert {alert.fingerprint for alert in alerts} == {"00000000000000aa"}
    assert len({alert.alert_id for alert in alerts}) == 3
    assert [alert.alert_id for alert in parse(webhook(*hosts), NOW).alerts] == [alert.alert_id for alert in alerts]


@pytest.mark.parametrize("version", ["4.0", "v4", "V4", " 4 ", 4.0, "", None, "1.0"])
def test_a_version_is_understood_however_it_is_written(version: object) -> None:
    assert parse(webhook(raw_alert(), version=version), NOW).alerts


@pytest.mark.parametrize("version", ["5", "40", "0.27", True, [4], {}])
def test_another_version_is_refused(version: object) -> None:
    with pytest.raises(PayloadError, match="version is "):
        parse(webhook(raw_alert(), version=version), NOW)


@pytest.mark.parametrize("count", ["37", "37 ", "+37", "037", 37, 37.0])
def test_the_number_of_alerts_that_were_not_sent_may_be_a_text(count: object) -> None:
    assert parse(webhook(raw_alert(), truncatedAlerts=count), NOW).unsent == 37


@pytest.mark.parametrize("count", [-3, "-3", "x", "3.5", True, None, [37], "\N{ARABIC-INDIC DIGIT THREE}"])
def test_what_is_no_number_of_alerts_counts_none(count: object) -> None:
    assert parse(webhook(raw_alert(), truncatedAlerts=count), NOW).unsent == 0


@pytest.mark.parametrize(
    ("reason", "left_out", "unsent", "ended"),
    [
        ("all alerts resolved", 3, 0, True),
        ("All alerts resolved", "3", 0, True),
        ("all alerts resolved", 0, 0, False),
        ("some alerts resolved", 3, 3, False),
        (["all alerts resolved"], 3, 3, False),
        (None, 3, 3, False),
    ],
)
def test_a_truncated_body_by_which_all_have_ended_is_known_as_such(
    reason: object, left_out: object, unsent: int, ended: bool
) -> None:
    body = parse(webhook(raw_alert(), notification_reason=reason, truncatedAlerts=left_out), NOW)
    assert (body.unsent, body.truncated, body.all_ended) == (unsent, unsent > 0, ended)


def test_a_leap_second_is_the_second_before() -> None:
    assert read(startsAt="2026-11-23T11:59:60Z").starts_at == START - SECOND


def test_in_a_resolved_body_an_alert_without_a_status_has_ended() -> None:
    [alert] = parse(webhook(raw_alert(status=None), status="Resolved"), NOW).alerts
    [other] = parse(webhook(raw_alert(status=None), status="firing"), NOW).alerts
    assert (alert.status, other.status) == (Status.RESOLVED, Status.FIRING)
