"""Bytes become typed alerts; what cannot be read is set aside alone, and nothing crashes the reader."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.model.alert import Status, fingerprint
from router.core.model.instant import NEVER, to_rfc3339
from router.core.parse.webhook import parse
from router.errors import PayloadError
from tests.core.builders import START, at, minutes
from tests.core.model.test_alert import WEBHOOKS
from tests.examples import examples

NOW = at(minutes(60))


def raw_alert(**changes: Any) -> dict[str, Any]:
    return {
        "status": "firing",
        "labels": {"alertname": "Down", "host": "a"},
        "annotations": {"summary": "s"},
        "startsAt": to_rfc3339(START),
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://p/graph",
        "fingerprint": "00000000000000aa",
    } | changes


def webhook(*alerts: Any, **changes: Any) -> bytes:
    body = {
        "receiver": "x",
        "status": "firing",
        "alerts": list(alerts),
        "groupLabels": {"alertname": "Down"},
        "version": "4",
        "groupKey": '{}:{alertname="Down"}',
        "truncatedAlerts": 0,
    }
    return json.dumps(body | changes).encode()


def test_a_webhook_of_alertmanager_is_read_whole() -> None:
    group = parse(webhook(raw_alert()), NOW)
    (alert,) = group.alerts
    assert alert.fingerprint == "00000000000000aa"
    assert alert.status is Status.FIRING
    assert alert.labels == {"alertname": "Down", "host": "a"}
    assert alert.annotations == {"summary": "s"}
    assert (alert.starts_at, alert.ends_at) == (START, NEVER)
    assert alert.generator_url == "http://p/graph"
    assert group.group_labels == {"alertname": "Down"}
    assert group.sender_group
    assert not group.truncated
    assert not group.rejected


def test_every_body_of_a_real_alertmanager_is_read_without_a_reject() -> None:
    newer = WEBHOOKS.with_name("alertmanager-0.35.jsonl").read_text("utf-8").splitlines()
    bodies = [json.loads(line)["body"] for line in WEBHOOKS.read_text("utf-8").splitlines()]
    assert (len(bodies), len(newer)) == (31, 6)
    for body in bodies + newer:
        group = parse(body.encode(), at(minutes(60 * 24 * 7)))
        sent = json.loads(body)
        assert not group.rejected
        assert [alert.fingerprint for alert in group.alerts] == [alert["fingerprint"] for alert in sent["alerts"]]
        assert [alert.status for alert in group.alerts] == [alert["status"] for alert in sent["alerts"]]
        assert group.truncated == (sent["truncatedAlerts"] > 0)
        assert group.group_labels == sent["groupLabels"]


def test_a_webhook_of_grafana_is_read_and_its_fingerprint_is_not_recomputed() -> None:
    alert = raw_alert(values={"B": 22.5, "C": None}, valueString="x", dashboardURL="", orgId=1, silenceURL="http://s")
    group = parse(webhook(alert, version="1", orgId=1, title="t", state="alerting", message="m"), NOW)
    assert [one.fingerprint for one in group.alerts] == ["00000000000000aa"]


def test_the_links_of_grafana_are_kept_and_what_is_none_spoils_nothing() -> None:
    sent = raw_alert(dashboardURL="http://g/d/x", panelURL="http://g/d/x?viewPanel=1", silenceURL="http://g/s")
    odd = raw_alert(dashboardURL=None, panelURL=7, silenceURL="http://" + "x" * 3000, fingerprint="odd")
    group = parse(webhook(sent, odd, version="1", externalURL="http://g/"), NOW)
    assert [one.links for one in group.alerts] == [
        {"dashboard": "http://g/d/x", "panel": "http://g/d/x?viewPanel=1", "silence": "http://g/s"},
        {},
    ]


@pytest.mark.parametrize(
    ("url", "links"), [("http://am:9093", {"alertmanager": "http://am:9093"}), ("", {}), (None, {}), (7, {})]
)
def test_the_alertmanager_that_sent_an_alert_is_known(url: object, links: dict[str, str]) -> None:
    (alert,) = parse(webhook(raw_alert(), externalURL=url), NOW).alerts
    assert alert.links == links


def test_a_single_alert_has_no_group_of_its_own() -> None:
    group = parse(json.dumps({"labels": {"alertname": "Down"}}).encode(), NOW)
    (alert,) = group.alerts
    assert alert.fingerprint == fingerprint({"alertname": "Down"})
    assert (alert.status, alert.starts_at, alert.annotations) == (Status.FIRING, NEVER, {})
    assert group.group_labels is None
    assert group.sender_group == ""


def test_a_list_is_read_as_prometheus_api_means_it() -> None:
    past, future = to_rfc3339(START), to_rfc3339(at(minutes(120)))
    items = [
        {"labels": {"a": "1"}, "startsAt": past, "endsAt": future},
        {"labels": {"a": "2"}, "startsAt": past, "endsAt": past},
        {"labels": {"a": "3"}},
    ]
    group = parse(json.dumps(items).encode(), NOW)
    assert [alert.status for alert in group.alerts] == [Status.FIRING, Status.RESOLVED, Status.FIRING]
    assert [alert.ends_at for alert in group.alerts] == [NEVER, START, NEVER]
    assert group.group_labels is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"\xff",
        b"[]\xef\xbb\xbf",
        b"NaN",
        b"[NaN]",
        b'[{"labels":{"a":"b"},"values":{"x":-Infinity}}]',
        b"[" * 100_000,
        b'{"labels":' * 50_000,
        b"[" * 300 + b"]" * 300,
        b"[" + b"9" * 5_000 + b"]",
        b'{"labels":{"a":"\\ud800"}}',
        b'{"labels":{"a":"\\udc00x"}}',
        b'{"labels":{"a":"b"}} x',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_is_not_json_is_a_payload_error(body: bytes) -> None:
    with pytest.raises(PayloadError) as caught:
        parse(body, NOW)
    assert caught.value.reason == "not_json"


@pytest.mark.parametrize(
    "document",
    [
        1,
        "x",
        None,
        True,
        {},
        {"alert": []},
        {"alerts": [], "version": "3"},
        {"alerts": [], "version": 3},
        {"alerts": [], "version": True},
        {"alerts": {}, "version": "4"},
        {"alerts": "x", "version": "1"},
        pytest.param({"alerts": [], "version": []}),
        pytest.param({"alerts": [], "version": {"a": 1}}),
    ],
)
def test_json_that_is_no_webhook_is_a_payload_error(document: object) -> None:
    with pytest.raises(PayloadError) as caught:
        parse(json.dumps(document).encode(), NOW)
    assert caught.value.reason == "not_a_webhook"


@pytest.mark.parametrize(
    "bad",
    [
        None,
        7,
        "x",
        [],
        {},
        raw_alert(labels={}, fingerprint=""),
        raw_alert(labels={"alertname": ""}, fingerprint=None),
        raw_alert(labels=None, fingerprint=None),
        raw_alert(labels=["a"], fingerprint=""),
        raw_alert(labels={}, fingerprint="f" * 129),
        raw_alert(status="suppressed"),
        raw_alert(status=7),
        raw_alert(status={"state": "active"}),
        [[[[[[[[]]]]]]]],
    ],
)
def test_a_bad_alert_in_a_good_body_goes_alone_and_says_why(bad: object) -> None:
    good = raw_alert(labels={"alertname": "Good"}, fingerprint="")
    group = parse(webhook(good, bad, good), NOW)
    assert len(group.alerts) == 2
    (rejected,) = group.rejected
    assert json.loads(rejected.body) == bad
    assert rejected.error


def test_empty_label_values_are_no_labels_and_do_not_count_in_the_fingerprint() -> None:
    (alert,) = parse(webhook(raw_alert(labels={"a": "b", "c": ""}, fingerprint="")), NOW).alerts
    assert alert.labels == {"a": "b"}
    assert alert.fingerprint == fingerprint({"a": "b"})


def test_empty_annotations_stay() -> None:
    (alert,) = parse(webhook(raw_alert(annotations={"a": ""})), NOW).alerts
    assert alert.annotations == {"a": ""}


def test_a_resolve_without_an_end_ended_when_it_was_seen() -> None:
    (alert,) = parse(webhook(raw_alert(status="resolved")), NOW).alerts
    assert (alert.starts_at, alert.ends_at) == (START, NOW)


def test_a_resolve_without_a_start_began_when_it_ended() -> None:
    ended = at(minutes(5))
    (alert,) = parse(webhook(raw_alert(status="resolved", startsAt=None, endsAt=to_rfc3339(ended))), NOW).alerts
    assert (alert.starts_at, alert.ends_at) == (ended, ended)


def test_a_firing_alert_has_no_end_whatever_is_sent() -> None:
    (alert,) = parse(webhook(raw_alert(endsAt=to_rfc3339(START))), NOW).alerts
    assert alert.ends_at == NEVER


@pytest.mark.parametrize("status", ["firing", "resolved"])
def test_a_time_that_has_not_come_is_now_for_an_end_and_nothing_for_a_start(status: str) -> None:
    ahead = to_rfc3339(at(minutes(90)))
    (alert,) = parse(webhook(raw_alert(status=status, startsAt=ahead, endsAt=ahead)), NOW).alerts
    assert (alert.starts_at, alert.ends_at) == ((NOW, NOW) if status == "resolved" else (NEVER, NEVER))


def test_the_end_of_the_calendar_is_a_time_that_has_not_come() -> None:
    (alert,) = parse(webhook(raw_alert(startsAt="9999-12-31T23:59:59-12:00")), NOW).alerts
    assert alert.starts_at == NEVER


def test_the_same_fingerprint_twice_in_a_body_is_two_observations() -> None:
    group = parse(webhook(raw_alert(), raw_alert(status="resolved")), NOW)
    assert [alert.status for alert in group.alerts] == [Status.FIRING, Status.RESOLVED]


def test_unknown_keys_are_ignored() -> None:
    group = parse(webhook(raw_alert(newKey={"x": [1]}), notification_reason="first notification"), NOW)
    assert len(group.alerts) == 1


@pytest.mark.parametrize(
    ("sent", "unsent"), [(4, 4), (0, 0), (-1, 0), (None, 0), (True, 0), ("37", 37), ("many", 0), ([], 0), (2.0, 2)]
)
def test_a_truncated_body_tells_how_many_alerts_it_leaves_out(sent: object, unsent: int) -> None:
    group = parse(webhook(raw_alert(), truncatedAlerts=sent), NOW)
    assert (group.unsent, group.truncated) == (unsent, unsent > 0)


@pytest.mark.parametrize("member", ["notification_reason", "notificationReason"])
def test_where_all_have_ended_nothing_that_matters_is_left_out(member: str) -> None:
    changes = {member: "all alerts resolved", "truncatedAlerts": 4}
    group = parse(webhook(raw_alert(status="resolved"), **changes), NOW)
    assert (group.unsent, group.truncated) == (0, False)


def test_group_labels_that_are_no_labels_are_left_out() -> None:
    labels = {"a": "", "b": None, "c": "d", "e": 5}
    assert parse(webhook(raw_alert(), groupLabels=labels), NOW).group_labels == {"c": "d", "e": "5"}
    assert parse(webhook(raw_alert(), groupLabels=None), NOW).group_labels is None
    assert parse(webhook(raw_alert(), groupLabels={}), NOW).group_labels == {}


def test_bodies_of_one_sender_group_share_its_name_and_others_do_not() -> None:
    first, again = (parse(webhook(raw_alert(host=host)), NOW).sender_group for host in "ab")
    other = parse(webhook(raw_alert(), groupKey="{}:{}"), NOW).sender_group
    assert first == again != other
    assert parse(webhook(raw_alert(), groupKey=None), NOW).sender_group == ""


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ('{}:{alertname="A"}', '{}:{alertname="A", job="b"}', True),
        ('{}/{a="b"}:{alertname="A"}', '{}/{a="b"}:{}', True),
        ('{}/{a="b"}:{alertname="A"}', '{}/{a="c"}:{alertname="A"}', False),
        ('{}/{a=~":{x"}:{alertname="A"}', '{}/{a=~":{x"}:{alertname="}:{\\"y"}', True),
        ('{}/{a=~":{x"}:{alertname="A"}', '{}/{a=~":{y"}:{alertname="A"}', False),
    ],
)
def test_a_route_of_the_sender_stays_itself_when_it_groups_otherwise(one: str, other: str, are_same: bool) -> None:
    first, second = (parse(webhook(raw_alert(), groupKey=key), NOW).sender_route for key in (one, other))
    assert first
    assert (first == second) is are_same


@pytest.mark.parametrize("key", [None, "", "opaque", 7])
def test_a_key_that_names_no_route_has_none(key: object) -> None:
    assert parse(webhook(raw_alert(), groupKey=key), NOW).sender_route == ""


def test_the_receiver_of_the_sender_is_part_of_its_route_and_its_address_is_not() -> None:
    here, there, other = (
        parse(webhook(raw_alert(), groupKey="{}:{}", receiver=receiver, externalURL=url), NOW).sender_route
        for receiver, url in (("r", "http://am-0"), ("r", "http://am-1"), ("s", "http://am-0"))
    )
    assert here == there != other


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint")
WRONG = st.dictionaries(st.sampled_from(KEYS), JSON, max_size=3)
ENVELOPE = st.dictionaries(
    st.sampled_from(("version", "groupLabels", "groupKey", "truncatedAlerts", "alerts", "status")), JSON, max_size=2
)


@examples(150)
@given(wrong=st.lists(WRONG, max_size=3), envelope=ENVELOPE)
def test_no_body_whatever_breaks_the_reader_or_loses_an_alert(wrong: list[Any], envelope: dict[str, Any]) -> None:
    body = webhook(*(raw_alert(**changes) for changes in wrong), **envelope)
    try:
        group = parse(body, NOW)
    except PayloadError as error:
        assert error.reason in {"not_json", "not_a_webhook"}  # noqa: PT017 - both outcomes are fine
    else:
        assert len(group.alerts) + len(group.rejected) == len(json.loads(body)["alerts"] or ())


@examples(150)
@given(st.binary(max_size=40))
def test_garbage_is_only_ever_a_payload_error(body: bytes) -> None:
    try:
        parse(body, NOW)
    except PayloadError as error:
        assert error.reason  # noqa: PT017 - both outcomes are fine
