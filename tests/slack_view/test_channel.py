"""A channel: oldest first, with the replies that were also sent to it; versions change with the drawing."""

from typing import Any

from slack_view.channel import draw_channel

PARENT: dict[str, Any] = {
    "ts": "1700000001.000000",
    "text": "parent",
    "replies": [
        {"ts": "1700000003.000000", "text": "to both", "broadcast": True},
        {"ts": "1700000004.000000", "text": "thread only"},
    ],
}
LATER: dict[str, Any] = {"ts": "1700000002.000000", "text": "later"}


def test_messages_and_broadcasts_stand_in_the_order_of_time() -> None:
    drawn = draw_channel([LATER, PARENT])

    assert [one.key for one in drawn] == ["1700000001.000000", "1700000002.000000", "1700000003.000000"]
    assert ["to both" in one.html for one in drawn] == [True, False, True]


def test_a_version_changes_with_the_drawing_and_only_then() -> None:
    [before, _, _] = draw_channel([PARENT, LATER])
    [same, _, _] = draw_channel([PARENT, LATER])
    [edited, _, _] = draw_channel([{**PARENT, "text": "edited", "edits": 1}, LATER])

    assert before.version == same.version
    assert before.key == edited.key
    assert before.version != edited.version
