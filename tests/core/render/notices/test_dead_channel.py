"""The message about a dead channel: sound, in the language of whoever reads it, and it calls nobody."""

import pytest

from router.core.model.rules.names import LANGUAGES
from router.core.render.notices.dead_channel import render_dead_channel
from tests.catalogue import CATALOGUE
from tests.core.builders import a_receiver

TITLES = {
    "en": "CHANNEL UNREACHABLE",
    "fr": "CANAL INJOIGNABLE",
    "de": "KANAL NICHT ERREICHBAR",
    "es": "CANAL INACCESIBLE",
    "it": "CANALE IRRAGGIUNGIBILE",
}


@pytest.mark.parametrize("locale", LANGUAGES)
def test_it_names_channel_receiver_and_reason_in_every_language(locale: str) -> None:
    dead = a_receiver("storage", channel="#storage", mention=("<!here>",))

    message = render_dead_channel(dead, "is_archived", CATALOGUE.localizer(locale, "UTC"))

    assert message.faults == ()
    assert message.text.startswith(f"{TITLES[locale]} · ")
    for word in ("#storage", "storage", "is_archived", "/invite"):
        assert word in message.text
        assert word in str(message.attachments[0].blocks)
    assert "<!" not in message.text
    assert "\n" not in message.text


def test_nothing_of_slacks_answer_is_taken_for_markup() -> None:
    message = render_dead_channel(a_receiver(), "<!channel>", CATALOGUE.localizer("en", "UTC"))

    assert "<!channel>" not in message.text
    assert "<!channel>" not in str(message.attachments)
