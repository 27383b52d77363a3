"""A sheet shows several channels, each with the dates of its own readers."""

import re

from slack_view.sheet import Panel, sheet

MESSAGE = {
    "ts": "1700000000.0",
    "text": "hello",
    "replies": [{"ts": "1700000009.0", "text": "a broadcast", "broadcast": True}],
}


def test_each_panel_has_its_channel_its_note_and_its_language() -> None:
    drawn = sheet("title", [Panel("#alerts", "English", "en", [MESSAGE]), Panel("C1", "Français", "fr-FR", [])])

    assert re.findall(r'<section class="panel" lang="([^"]*)" data-language="([^"]*)"', drawn) == [
        ("en", "en"),
        ("fr-FR", "fr-FR"),
    ]
    assert re.findall(r'class="channel">([^<]*)<', drawn) == ["alerts", "C1"]
    assert re.findall(r'class="note">([^<]*)<', drawn) == ["English", "Français"]
    assert drawn.count("No messages.") == 1


def test_a_broadcast_is_drawn_in_the_thread_and_in_the_channel() -> None:
    drawn = sheet("title", [Panel("#alerts", "", "en", [MESSAGE])])

    assert "Also sent to the channel" in drawn
    assert "replied to a thread" in drawn


def test_nothing_in_it_is_unique_twice_and_nothing_is_loaded() -> None:
    drawn = sheet("title", [Panel("#a", "", "en", [MESSAGE]), Panel("#a", "", "en", [MESSAGE])], theme="dark")

    assert re.findall(r'\bid="', drawn) == []
    assert re.findall(r"\bsrc=|@import|url\(", drawn) == []
    assert 'data-theme="dark"' in drawn


def test_names_of_channels_are_text() -> None:
    drawn = sheet("</title>", [Panel("#<script>", "<b>", '"><script>', [])])

    assert drawn.count("<script") == 1
