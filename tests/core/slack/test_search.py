"""A message of ours is found again in Slack by what its call carried."""

from typing import Any

import pytest

from router.core.slack.search import EVENT_TYPE, is_delivery, metadata


def test_what_a_call_carries_is_found_again() -> None:
    assert is_delivery({"metadata": metadata("d1")}, "d1")


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"metadata": None},
        {"metadata": {"event_type": "another", "event_payload": {}}},
        {"metadata": {"event_type": EVENT_TYPE, "event_payload": "d1"}},
        {"metadata": metadata("d2")},
    ],
)
def test_another_message_is_not_it(message: dict[str, Any]) -> None:
    assert not is_delivery(message, "d1")
