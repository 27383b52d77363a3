"""The last line of a message whose tenant is erased."""

import pytest

from router.core.model.rules.names import LANGUAGES
from router.core.render.notices.erased import render_erased
from tests.catalogue import CATALOGUE

WORDS = {"en": "erased", "fr": "effacé", "de": "gelöscht", "es": "borrado", "it": "cancellato"}


@pytest.mark.parametrize("locale", LANGUAGES)
def test_it_is_one_sound_line_in_every_language(locale: str) -> None:
    message = render_erased(CATALOGUE.localizer(locale, "UTC"))

    assert message.faults == ()
    assert WORDS[locale] in message.text
    assert WORDS[locale] in str(message.blocks)
    assert message.attachments == ()
