"""What one alert takes in Redis is bounded, whatever its sender sends."""

import json
from typing import Any, Final

from router.adapters.redis import codec
from router.core.fold.fold import fold
from router.core.model.alert import Webhook
from router.core.model.group import AlertGroup
from router.core.model.observation import observations
from router.core.parse.bounds import MAX_ANNOTATION, MAX_ANNOTATIONS_BYTES, MAX_LABEL_VALUE, MAX_LABELS_BYTES
from router.core.parse.lenient import MAX_URL
from router.core.parse.webhook import parse
from tests.adapters.builders import NOON, key_of

LARGEST: Final = 2 * MAX_LABELS_BYTES + MAX_ANNOTATIONS_BYTES + 6 * MAX_URL + 30 * 1024
"""Bytes that one alert may take: labels, its group's again, annotations, links, and numbers with their names."""


def stored(*bodies: bytes) -> int:
    """Bytes of the fields that the alerts of these bodies become, folded into one group."""
    before = after = AlertGroup(key_of())
    for body in bodies:
        webhook: Webhook = parse(body, NOON)
        after = fold(after, observations(webhook, NOON), NOON).after
    fields, _ = codec.encode_changes(before, after)
    return sum(len(name) + len(text.encode()) for name, text in fields.items())


def a_body(**alert: Any) -> bytes:
    """A body whose group has other values than the alert, so that both are stored."""
    others = {name: f"w{value[1:]}" for name, value in alert["labels"].items()}
    groups = {"groupLabels": others, "externalURL": "http://am/".ljust(MAX_URL, "x")}
    return json.dumps({"version": "4", "alerts": [alert], **groups}).encode()


def test_forty_alerts_with_an_annotation_of_nearly_4_mb_take_little() -> None:
    """They took 213 MB."""
    labels = [{"alertname": "Large", "host": str(number)} for number in range(40)]
    bodies = [a_body(labels=one, annotations={"summary": "x" * 3_900_000}) for one in labels]
    assert stored(*bodies) < 40 * (MAX_ANNOTATION + 4 * 1024)


def test_an_alert_at_all_bounds_takes_no_more_than_they_allow() -> None:
    url = "https://g/".ljust(MAX_URL, "x")
    labels = {"alertname": "v" * MAX_LABEL_VALUE, "b": "v" * (MAX_LABELS_BYTES - MAX_LABEL_VALUE - 10)}
    links = dict.fromkeys(("generatorURL", "dashboardURL", "panelURL", "silenceURL", "imageURL"), url)
    numbers = {f"{number:01024}": number / 7 for number in range(30)}
    annotations = {f"a{number}": "v" * 5_000 for number in range(300)}

    size = stored(a_body(labels=labels, annotations=annotations, values=numbers, **links))

    assert 0.9 * LARGEST < size < LARGEST


def test_what_json_writes_at_length_is_bounded_as_well() -> None:
    """A control character takes six bytes."""
    text = "\x01" * 1_000_000
    size = stored(a_body(labels={"alertname": "A"}, annotations={"a": text, "b": text}))
    assert size < 2 * 6 * MAX_ANNOTATION + 8 * 1024
