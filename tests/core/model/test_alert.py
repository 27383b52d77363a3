"""An alert's fingerprint is Alertmanager's."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.model.alert import fingerprint

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


@settings(deadline=None, derandomize=True)
@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(min_size=1, max_size=5), max_size=4))
def test_the_order_of_labels_does_not_matter(labels: dict[str, str]) -> None:
    turned = dict(reversed(labels.items()))
    assert fingerprint(labels) == fingerprint(turned)
    assert len(fingerprint(labels)) == 16
