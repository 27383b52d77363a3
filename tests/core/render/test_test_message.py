"""The message that tries a receiver: sound, marked, in its language, and without a ping."""

import pytest

from router.core.model.rules.names import LANGUAGES
from router.core.render.test_message import render_test_message
from tests.catalogue import CATALOGUE
from tests.core.builders import START, a_receiver, a_tenant

MARKED = {
    "en": ("TEST", "sent by hand to try the receiver default."),
    "fr": ("TEST", "pour tester le destinataire default."),
    "de": ("TEST", "um den Empfänger default zu testen."),
    "es": ("PRUEBA", "para probar el destinatario default."),
    "it": ("PROVA", "per testare il destinatario default."),
}


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_trial_is_marked_and_says_which_receiver_it_tries(locale: str) -> None:
    receiver = a_receiver(mention=("<!here>",))

    message = render_test_message(receiver, a_tenant(), CATALOGUE.localizer(locale, "Europe/Paris"), START)

    mark, sentence = MARKED[locale]
    assert message.faults == ()
    assert message.text.startswith(f"{mark} · ")
    assert sentence in message.text
    assert "\n" not in message.text
    assert message.blocks[0]["text"] == {"type": "mrkdwn", "text": f"*{mark}*", "verbatim": True}
    assert "<!" not in message.text
    assert "<!date^" in str(message.attachments[0].blocks[1])
