"""Every action is an event of OCSF, with the attributes that its class requires, and names nobody."""

import json
from dataclasses import replace
from typing import Any, Final

import pytest

from router.control.audit.canonical import canonical
from router.control.audit.ocsf import ACTIVITIES, Class, ocsf_event
from router.control.audit.reading import placed
from router.ports.audit import Action, Difference, Entry, Outcome, Ruling
from tests.control.audit.builders import BEGINNING, an_entry, hidden

COMMON: Final = {"activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"}
REQUIRED: Final = {
    Class.API_ACTIVITY: COMMON | {"actor", "api", "src_endpoint"},
    Class.ACCOUNT_CHANGE: COMMON | {"user"},
}
"""Of OCSF 1.3, without what its profiles add."""
ALLOWED: Final = {
    Class.API_ACTIVITY: {0, 1, 2, 3, 4, 99},
    Class.ACCOUNT_CHANGE: {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 99},
}


def event_of(entry: Entry) -> dict[str, Any]:
    return ocsf_event(placed(canonical(entry, 7, BEGINNING, hidden)))


@pytest.mark.parametrize("action", Action)
def test_every_action_has_a_class_and_an_activity_of_it(action: Action) -> None:
    event = event_of(replace(an_entry(), action=action))
    of = Class(event["class_uid"])

    assert set(event) >= REQUIRED[of]
    assert event["activity_id"] in ALLOWED[of]
    assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
    assert event["category_uid"] == {Class.API_ACTIVITY: 6, Class.ACCOUNT_CHANGE: 3}[of]
    assert event["api"]["operation"] == action
    assert json.loads(json.dumps(event)) == event


def test_no_action_is_left_out() -> None:
    assert set(ACTIVITIES) == set(Action)


def test_time_is_in_milliseconds_and_the_place_is_a_sequence() -> None:
    event = event_of(an_entry())

    assert event["time"] == BEGINNING // 1000
    assert (event["metadata"]["sequence"], event["metadata"]["tenant_uid"]) == (7, "acme")


def test_what_names_a_person_is_not_in_it() -> None:
    text = json.dumps(event_of(an_entry()))

    assert "Ana" not in text
    assert "<acme:" not in text
    assert "192.0.2.7" not in text


def test_a_denied_attempt_is_a_failure_with_its_rule() -> None:
    denied = replace(
        an_entry(),
        outcome=Outcome.DENIED,
        decision=Ruling(False, "viewer"),
        diff=(Difference("route", None, "x"),),
        before=None,
    )
    event = event_of(denied)

    assert (event["status_id"], event["status"], event["status_detail"]) == (2, "Failure", "denied")
    assert event["unmapped"]["decision"] == {"allowed": False, "rule": "viewer"}
    assert event["unmapped"]["diff"] == [{"path": "route", "before": None, "after": "x"}]
    assert "before" not in event["unmapped"]
