"""The page of all sentences is what the catalogues say, and misses none."""

import pytest

from router.core.model.rules.names import LANGUAGES
from tools.messages import PAGE, forms, page, shown, template, translations


def test_the_committed_page_is_what_the_catalogues_state() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make messages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_stands_there_in_every_plural_form(language: str) -> None:
    written = PAGE.read_text(encoding="utf-8")
    catalog = translations()[language]
    cells = {"<br>".join(map(shown, forms(message))) for message in catalog if message.id}

    assert {message.id for message in catalog} == {message.id for message in template()}
    assert [cell for cell in cells if f"| {cell} |" not in written] == []


def test_french_signs_of_two_parts_stand_behind_a_space_that_does_not_break() -> None:
    texts = [text for message in translations()["fr"] if message.id for text in forms(message)]

    assert [text for text in texts for sign in ":;!?" if sign in text and f"\u00a0{sign}" not in text] == []


@pytest.mark.parametrize("language", ["fr", "it"])
def test_an_apostrophe_is_a_typographic_one(language: str) -> None:
    texts = [text for message in translations()[language] if message.id for text in forms(message)]

    assert [text for text in texts if "'" in text or '"' in text] == []
