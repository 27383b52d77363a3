"""A message: its author, its moment, whom it pinged, its edits, its thread."""

from typing import Any

import pytest
from slack_view.appearance import Appearance
from slack_view.message import draw_broadcast, draw_message, pinged

from tests.slack_view.reading import read

LOOK = Appearance(names={"S1": "oncall"})
TS = "1700000000.000100"


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def test_the_app_has_its_badge_and_a_person_has_none() -> None:
    app = read(draw_message({"ts": TS, "text": "x"}))
    person = read(draw_message({"ts": TS, "text": "x", "author": {"name": "Zoé", "app": False}}))

    assert "Alert RouterAPP" in app.text
    assert len(app.having("app-avatar")) == 1
    assert "Zoé" in person.text
    assert person.having("app") == person.having("app-avatar") == []


def test_the_moment_is_that_of_the_ts() -> None:
    [moment] = [one for one in read(draw_message({"ts": TS})).elements if one.tag == "time"]

    assert moment.attributes["datetime"] == "2023-11-14T22:13:20Z"


def test_blocks_stand_in_place_of_the_text() -> None:
    reading = read(draw_message({"ts": TS, "text": "for phones", "blocks": [section("for readers")]}))

    assert "for readers" in reading.text
    assert "for phones" not in reading.text


@pytest.mark.parametrize(
    ("message", "whom"),
    [
        ({"text": "<!here> x"}, ["@here"]),
        ({"text": "&lt;!here&gt;"}, []),
        ({"text": "x", "blocks": [section("<!subteam^S1>")]}, ["@oncall"]),
        ({"text": "x", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "<!here>"}}]}, []),
        ({"text": "x", "blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "<@U2>"}]}]}, ["@U2"]),
        ({"text": "<!here>", "edits": 1, "texts": ["x", "<!here>"]}, []),
        ({"text": "x", "edits": 1, "texts": ["<!here>", "x"]}, ["@here"]),
        ({}, []),
    ],
)
def test_who_was_pinged_when_it_was_posted(message: dict[str, Any], whom: list[str]) -> None:
    assert list(pinged(message, LOOK)) == whom


def test_who_was_pinged_is_printed_once() -> None:
    reading = read(draw_message({"ts": TS, "text": "<!here>", "blocks": [section("<!here>")]}))

    assert reading.text.count("pinged @here") == 1


@pytest.mark.parametrize(("edits", "mark"), [(1, "(edited)"), (2, "(edited 2 times)")])
def test_edits_are_counted_and_their_texts_listed(edits: int, mark: str) -> None:
    texts = ["firing", "still firing", "resolved"][: edits + 1]
    message = {"ts": TS, "text": texts[-1], "edits": edits, "texts": texts, "times_s": [1.7e9] * len(texts)}
    reading = read(draw_message(message))

    assert mark in reading.text
    assert [text for text in texts if text in reading.text] == texts


def test_a_message_that_was_never_edited_says_nothing_of_it() -> None:
    assert "edited" not in draw_message({"ts": TS, "text": "x", "edits": 0, "texts": ["x"], "times_s": [1.7e9]})


@pytest.mark.parametrize(("count", "words"), [(1, "1 reply"), (3, "3 replies")])
def test_a_thread_counts_and_shows_its_replies(count: int, words: str) -> None:
    replies = [{"ts": f"170000000{number}.000000", "text": f"reply {number}"} for number in range(count)]
    reading = read(draw_message({"ts": TS, "text": "x", "replies": replies}))

    assert words in reading.text
    assert [one.attributes["data-ts"] for one in reading.having("reply")] == [reply["ts"] for reply in replies]


def test_a_broadcast_says_where_it_comes_from() -> None:
    parent = {"ts": TS, "text": "*parent* " + 40 * "long "}
    reading = read(draw_broadcast({"ts": "1700000001.0", "text": "news"}, parent, Appearance()))

    assert "replied to a thread: parent long" in reading.text
    assert "…" in reading.text
    assert "news" in reading.text


def test_a_deleted_message_keeps_its_thread_alone() -> None:
    reading = read(draw_message({"ts": TS, "text": "secret", "deleted": True, "replies": [{"ts": TS, "text": "r"}]}))

    assert "This message was deleted." in reading.text
    assert "secret" not in reading.text
    assert "1 reply" in reading.text


def test_reactions_are_shown() -> None:
    assert "👀 1" in read(draw_message({"ts": TS, "reactions": ["eyes"]})).text


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"ts": 7, "text": [], "blocks": "x", "attachments": {}, "replies": 3, "edits": "many", "reactions": {}},
        {"ts": "x", "edits": float("nan"), "texts": [None], "times_s": ["x"]},
        {"ts": TS, "edits": 2, "texts": ["a"], "times_s": [1e300, float("inf")]},
        {"author": "x", "replies": [None, {}]},
        {"ts": "999999999999.0", "edits": True},
    ],
)
def test_any_shape_is_drawn(message: dict[str, Any]) -> None:
    read(draw_message(message))
