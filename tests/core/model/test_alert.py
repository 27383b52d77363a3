"""An alert's fingerprint is Alertmanager's; its id tells it from others of the same fingerprint."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.model.alert import Fingerprint, fingerprint, identify

WEBHOOKS = Path(__file__).parents[2] / "data" / "alertmanager-0.25.jsonl"


def sent_alerts() -> list[dict[str, Any]]:
    bodies = [json.loads(json.loads(line)["body"]) for line in WEBHOOKS.read_text("utf-8").splitlines()]
    return [alert for body in bodies for alert in body["alerts"]]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({}, "cbf29ce484222325"),
        ({"alertname": "DemoAlert", "server": "ni3", "severity": "critical"}, "8a07086b74f3ba78"),
    ],
)
def test_the_fingerprint_is_the_known_one(labels: dict[str, str], expected: str) -> None:
    assert fingerprint(labels) == expected


def test_every_fingerprint_that_a_real_alertmanager_sent_is_computed_alike() -> None:
    alerts = sent_alerts()
    assert len(alerts) > 31
    assert any(not value.isascii() for alert in alerts for value in alert["labels"].values())
    for alert in alerts:
        assert fingerprint(alert["labels"]) == alert["fingerprint"], alert["labels"]


def test_names_and_values_cannot_run_into_each_other() -> None:
    assert fingerprint({"a": "bc"}) != fingerprint({"ab": "c"})
    assert fingerprint({"a": "b", "c": "d"}) != fingerprint({"a": "d", "c": "b"})


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(min_size=1, max_size=5), max_size=4))
def test_the_order_of_labels_does_not_matter(labels: dict[str, str]) -> None:
    turned = dict(reversed(labels.items()))
    assert fingerprint(labels) == fingerprint(turned)
    assert len(fingerprint(labels)) == 16


def test_one_fingerprint_with_other_labels_is_another_alert() -> None:
    given = Fingerprint("83aa2c81e0da3f00")
    ids = {identify(given, {"host": host}) for host in ("h-1", "h-2", "h-3")}
    assert len(ids) == 3
    assert {one.rpartition("-")[0] for one in ids} == {given}


def test_an_alert_has_the_same_id_in_whatever_order_its_labels_come() -> None:
    one, other = {"a": "1", "b": "2"}, {"b": "2", "a": "1"}
    assert identify(Fingerprint("f"), one) == identify(Fingerprint("f"), other)


@pytest.mark.parametrize(
    "labels", [{"a": "b1:c1:d"}, {"a": "b", "c": "d"}, {"a": "", "b": "c"}, {"ab": "", "c": ""}, {}]
)
def test_no_two_sets_of_labels_read_the_same(labels: dict[str, str]) -> None:
    others = [{"a": "bc"}, {"ab": "c"}, {"a1": "b"}, {"a": "b", "c": "e"}]
    assert identify(Fingerprint("f"), labels) not in {identify(Fingerprint("f"), other) for other in others}
