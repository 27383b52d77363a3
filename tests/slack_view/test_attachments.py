"""Attachments: the bar has the colour that was asked for, and beside it stand blocks or fields of old."""

import pytest
from slack_view.appearance import Appearance
from slack_view.attachments import colour, draw_attachments

from tests.slack_view.reading import read


@pytest.mark.parametrize(
    ("value", "shade"),
    [
        ("#2eb67d", "#2EB67D"),
        ("2eb67d", "#2EB67D"),
        ("good", "#2EB67D"),
        ("danger", "#E01E5A"),
        ("#fff", None),
        ("red", None),
        ('#2eb67d" onload="x', None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_a_colour_is_six_digits_or_a_name(value: object, shade: str | None) -> None:
    assert colour(value) == shade


def test_the_bar_is_filled_with_the_colour() -> None:
    drawn = draw_attachments([{"color": "#2eb67d", "blocks": [{"type": "divider"}]}], Appearance())

    [bar] = read(drawn).having("bar")
    [rect] = [one for one in read(drawn).elements if one.tag == "rect"]
    assert bar.attributes["data-colour"] == "#2EB67D"
    assert rect.attributes["fill"] == "#2EB67D"
    assert "style" not in rect.attributes


def test_without_a_colour_the_bar_is_grey() -> None:
    [bar] = read(draw_attachments([{"text": "x"}], Appearance())).having("bar")

    assert bar.attributes["data-colour"] == "none"


def test_fields_of_old_are_drawn() -> None:
    attachment = {
        "pretext": "*before*",
        "author_name": "author",
        "title": "title",
        "title_link": "https://x.test",
        "text": "*text*",
        "fields": [{"title": "name", "value": "`value`"}],
        "footer": "footer",
        "ts": 1_700_000_000,
    }
    reading = read(draw_attachments([attachment], Appearance()))

    for word in ("before", "author", "title", "text", "name", "value", "footer"):
        assert word in reading.text
    assert [one.attributes["href"] for one in reading.elements if one.tag == "a"] == ["https://x.test"]
    assert [one.attributes["datetime"] for one in reading.elements if one.tag == "time"] == ["2023-11-14T22:13:20Z"]


@pytest.mark.parametrize("attachments", [None, "x", [1, None], [{}], [{"blocks": None, "color": []}], [{"ts": "x"}]])
def test_what_is_no_attachment_does_not_stop_the_drawing(attachments: object) -> None:
    read(draw_attachments(attachments, Appearance()))
