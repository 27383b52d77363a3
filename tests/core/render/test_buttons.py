"""Links that all alerts have are buttons, as long as there is something to do, and text where a tenant wants that."""

from dataclasses import replace
from typing import Any, Final

import pytest
from slack_emulator.attachments import check_attachments

from router.core.match.labels import Labels
from router.core.model.alert_state import ShownState
from router.core.model.rules.receiver import Layout, LinkForm, Style
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.slack.message import SlackMessage
from tests.catalogue import CATALOGUE
from tests.core.builders import a_receiver
from tests.core.render.test_render import (
    NOW,
    TENANT,
    a_loaded,
    a_notification,
    a_state,
    blocks_of,
    card_buttons,
    card_texts,
    disk,
)

BOOK: Final = {"runbook_url": "https://rb.example/x?a=1&b=<2>", "logs & more": "https://logs.example/"}
STALE: Final = ShownState.STALE
PLAIN: Final = Layout()


def show(
    *shown_as: ShownState,
    notes: Labels = BOOK,
    links: LinkForm | None = None,
    layout: Layout = PLAIN,
    locale: str = "en",
) -> SlackMessage:
    states = (a_state(disk(f"n{n}"), one, annotations=notes) for n, one in enumerate(shown_as or [ShownState.FIRING]))
    loaded = a_loaded(*states)
    receiver = replace(a_receiver(), links=links, layout=layout)
    localizer = CATALOGUE.localizer(locale, "UTC", layout)
    message = render(RenderRequest(loaded, a_notification(loaded), receiver, TENANT, localizer, NOW))
    arguments: Any = message.arguments()
    check_attachments(arguments["attachments"])
    assert not message.faults
    return message


def test_a_button_bears_the_name_of_the_link_and_leads_to_its_address() -> None:
    assert card_buttons(show()) == {
        "Runbook": "https://rb.example/x?a=1&b=%3C2%3E",
        "logs & more": "https://logs.example/",
    }


def test_the_buttons_of_a_row_can_be_kept_apart_and_stand_above_the_footer() -> None:
    [*_, row, footer] = blocks_of(show())
    buttons: Any = row["elements"]
    assert footer["type"] == "context"
    assert len({button["action_id"] for button in buttons}) == len(buttons) == 2


def test_a_label_is_short_and_has_no_emoji() -> None:
    [label] = card_buttons(show(notes={":boom: " + "x" * 200: "https://x.example"}))
    assert label.startswith(":boom: x")
    assert len(label) == 40


LABELS: Final = {
    "en": "Silence",
    "fr": "Mettre en sourdine",
    "de": "Stummschalten",
    "es": "Silenciar",
    "it": "Silenzia",
}


@pytest.mark.parametrize(("locale", "label"), list(LABELS.items()))
def test_buttons_speak_the_language_of_the_message(locale: str, label: str) -> None:
    assert list(card_buttons(show(notes={"silence_url": "https://am.example"}, locale=locale))) == [label]


def test_a_receiver_may_want_text() -> None:
    message = show(links=LinkForm.TEXT)
    assert card_buttons(message) == {}
    assert "<https://rb.example/x?a=1&amp;b=%3C2%3E|Runbook> · <https://logs.example/|logs &amp; more>" in card_texts(
        message
    )


def test_the_compact_style_has_text_unless_buttons_are_asked_for() -> None:
    compact = Layout(Style.COMPACT)
    assert card_buttons(show(layout=compact)) == {}
    assert "|Runbook>" in card_texts(show(layout=compact))[-1]
    asked = show(layout=compact, links=LinkForm.BUTTONS)
    assert set(card_buttons(asked)) == {"Runbook", "logs & more"}
    assert "Runbook" not in "".join(card_texts(asked))


def test_what_is_over_has_text() -> None:
    for over in (ShownState.RESOLVED, ShownState.REROUTED):
        message = show(over)
        assert card_buttons(message) == {}
        assert any("|Runbook>" in text for text in card_texts(message))


def test_what_fires_among_what_is_over_and_what_fell_silent_have_buttons() -> None:
    assert card_buttons(show(ShownState.FIRING, ShownState.RESOLVED))
    assert card_buttons(show(STALE))


def test_links_that_the_tenant_writes_itself_are_text() -> None:
    message = show(layout=Layout(parts=(("links", "{{ 'Go' | link(links.runbook) }}"),)))
    assert card_buttons(message) == {}
    assert any(text.endswith("|Go>") for text in card_texts(message))


def test_a_message_that_was_refused_with_buttons_has_text() -> None:
    loaded = a_loaded(a_state(disk("n1"), annotations=BOOK), without_extras=True)
    localizer = CATALOGUE.localizer("en", "UTC", PLAIN)
    message = render(RenderRequest(loaded, a_notification(loaded), a_receiver(), TENANT, localizer, NOW))
    assert card_buttons(message) == {}
    assert any("|Runbook>" in text for text in card_texts(message))


def test_without_links_there_is_no_row() -> None:
    assert all(block["type"] != "actions" for block in blocks_of(show(notes={})))
