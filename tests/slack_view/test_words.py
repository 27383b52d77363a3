"""What Slack writes around a message, in the language of the channel's readers."""

from typing import Any, Final

import pytest
from slack_view.appearance import Appearance
from slack_view.message import draw_broadcast, draw_message
from slack_view.sheet import Panel, sheet
from slack_view.words import words_in

from router.core.model.rules.names import LANGUAGES
from tests.slack_view.reading import read

TS: Final = "1700000000.000100"
REPLY: Final = {"ts": "1700000001.0", "text": "news", "broadcast": True}
MESSAGE: Final[dict[str, Any]] = {
    "ts": TS, "text": "<!here> x", "edits": 2, "texts": ["<!here> x", "y", "z"], "times_s": [1.7e9] * 3,
    "replies": [REPLY],
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("", ["1 reply", "Last reply", "Also sent to the channel", "(edited 2 times)", "pinged @here"]),
        ("fr-CA", ["1 réponse", "Dernière réponse", "Également envoyé dans le canal", "(modifié 2 fois)"]),
        ("de", ["1 Antwort", "Letzte Antwort", "Auch an den Channel gesendet", "(2-mal bearbeitet)"]),
        ("es", ["1 respuesta", "Última respuesta", "También enviado al canal", "(editado 2 veces)"]),
        ("it", ["1 risposta", "Ultima risposta", "Inviato anche nel canale", "(modificato 2 volte)"]),
        ("ja", ["1 reply"]),
    ],
)
def test_it_is_in_the_language_of_the_readers(language: str, written: list[str]) -> None:
    text = read(draw_message(MESSAGE, Appearance(language=language))).text

    assert [one for one in written if one not in text] == []


def test_a_broadcast_says_in_that_language_where_it_comes_from() -> None:
    drawn = draw_broadcast(REPLY, MESSAGE, Appearance(language="de-AT"))

    assert "hat auf einen Thread geantwortet: " in read(drawn).text


def test_a_panel_is_in_its_own_language() -> None:
    panels = [Panel("#alerts", "", language, [MESSAGE]) for language in ("en", "it")]

    text = read(sheet("Two languages", panels)).text

    assert "1 reply" in text
    assert "1 risposta" in text


def test_all_languages_of_messages_have_all_phrases_of_their_own() -> None:
    for language in set(LANGUAGES) - {"en"}:
        own, english = words_in(language), words_in("en")
        assert own is not english
        assert own.keys() == english.keys()
        assert set(own.values()).isdisjoint(english.values())
        assert "{count}" in own["replies"]
        assert "{count}" in own["edited_often"]
