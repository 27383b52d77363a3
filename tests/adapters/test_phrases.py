"""The phrases that tenants' templates say by name are in every language."""

import pytest
from babel.messages.pofile import read_po

from router.adapters.locale.catalogue import LOCALES_DIR, Catalogue
from router.core.model.rules.names import LANGUAGES
from router.core.model.rules.receiver import Layout
from router.core.template.language import PHRASES
from tools.messages import forms


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_translated(language: str) -> None:
    with (LOCALES_DIR / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file)
    own = Catalogue.load().localizer(language, "UTC", Layout(parts=(("title", "a"),))).custom
    expected = {name: forms(catalog[text])[0] for name, text in PHRASES.items()}
    assert expected == dict(own.phrases)


def test_wordings_are_kept_but_not_without_end() -> None:
    catalogue = Catalogue.load()
    first = catalogue.localizer("en", "UTC", Layout(parts=(("title", "a"),)))
    assert catalogue.localizer("en", "UTC", Layout(parts=(("title", "a"),))) is first
    for number in range(4_096):
        catalogue.localizer("en", "UTC", Layout(parts=(("title", str(number)),)))
    assert catalogue.localizer("en", "UTC", Layout(parts=(("title", "a"),))) is not first
