"""What a card shows beside its alerts: what else fires, and how it usually goes, in every language."""

from dataclasses import replace

import pytest

from router.core.context.context import Context
from router.core.context.episodes import Episode
from router.core.context.related import Related, RelatedGroup, permalink
from router.core.model.alert_state import ShownState
from router.core.model.group import MessageRef
from router.core.model.instant import HOUR, MINUTE, Instant
from router.core.model.operation import Op
from router.core.model.rules.appearance import Redaction
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.slack.message import SlackMessage
from tests.catalogue import CATALOGUE
from tests.core.builders import a_receiver
from tests.core.render.test_render import NOW, TENANT, a_loaded, a_notification, a_state, card_texts, disk

THERE = MessageRef("C1", "1764000000.000100")
OTHERS = (RelatedGroup("HighLatency", 1, THERE), RelatedGroup("ErrorRatio", 12))
RELATED = Context(related=(Related("service", "checkout", OTHERS, more=3),), workspace_url="https://acme.slack.com/")
BEFORE = (
    Episode(Instant(NOW - 24 * HOUR), Instant(NOW - 24 * HOUR + 12 * MINUTE)),
    Episode(Instant(NOW - 48 * HOUR), Instant(NOW - 48 * HOUR + 40 * MINUTE)),
)


def show(
    context: Context,
    locale: str = "en",
    shown_as: ShownState = ShownState.FIRING,
    redaction: Redaction | None = None,
    op: Op = Op.POST,
) -> SlackMessage:
    loaded = a_loaded(a_state(disk("n1"), shown_as))
    tenant = replace(TENANT, redaction=redaction) if redaction else TENANT
    notification = replace(a_notification(loaded), op=op)
    localizer = CATALOGUE.localizer(locale, "UTC", a_receiver().layout)
    message = render(RenderRequest(loaded, notification, a_receiver(), tenant, localizer, NOW, context))
    assert not message.faults
    return message


def small_print(message: SlackMessage) -> str:
    return "\n".join(card_texts(message)).replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_other_alerts_are_named_with_links_to_their_messages() -> None:
    message = show(RELATED)
    link = "<https://acme.slack.com/archives/C1/p1764000000000100|HighLatency>"
    assert f"16 other alerts of service=checkout fire: {link}, ErrorRatio (12), and 3 more" in card_texts(message)
    assert "16 other alerts of service=checkout fire: HighLatency, ErrorRatio (12), and 3 more." in message.text


def test_without_the_workspaces_address_they_are_named() -> None:
    assert "fire: HighLatency, ErrorRatio (12)" in small_print(show(replace(RELATED, workspace_url="")))
    assert permalink("", THERE) == permalink("https://acme.slack.com/", None) == ""


def test_what_is_over_names_no_others_and_says_how_it_went() -> None:
    shown = small_print(show(replace(RELATED, episodes=BEFORE), shown_as=ShownState.RESOLVED))
    assert "checkout" not in shown
    assert "3rd time in 7 days" in shown


@pytest.mark.parametrize(
    "redaction",
    [Redaction(labels=frozenset({"service"})), Redaction(patterns=("check.*",))],
)
def test_a_hidden_value_is_not_shown_at_all(redaction: Redaction) -> None:
    message = show(RELATED, redaction=redaction)
    assert "other alert" not in message.text + small_print(message)


def test_a_hidden_name_is_counted() -> None:
    message = show(RELATED, redaction=Redaction(patterns=("HighLat.*",)))
    assert "16 other alerts of service=checkout fire: ErrorRatio (12) and 4 more" in card_texts(message)


def test_a_reply_says_nothing_of_either() -> None:
    message = show(replace(RELATED, episodes=BEFORE), op=Op.REPLY_BROADCAST)
    assert "checkout" not in str(message.arguments())
    assert "7 days" not in str(message.arguments())


IN_WORDS = {
    "en": ("16 other alerts of service=checkout fire: ", "3rd time in 7 days", "lasted 12 min and 40 min before"),
    "fr": (
        "16 autres alertes actives pour service=checkout : ",
        "3e fois en 7 jours",
        "durée précédente : 12 min et",
    ),
    "de": ("16 weitere Alarme zu service=checkout sind aktiv: ", "3. Mal in 7 Tagen", "dauerte zuvor 12 Min. und 40"),
    "es": ("16 alertas más activas de service=checkout: ", "3.ª vez en 7 días", "antes duró 12 min y 40 min"),
    "it": (
        "Altri 16 allarmi attivi per service=checkout: ",
        "3ª volta in 7 giorni",
        "prima è durato 12 min e 40 min",
    ),
}


@pytest.mark.parametrize("locale", IN_WORDS)
def test_both_stand_in_every_language(locale: str) -> None:
    shown = small_print(show(replace(RELATED, episodes=BEFORE), locale))
    assert [part for part in IN_WORDS[locale] if part not in shown] == []
    assert f"<!date^{BEFORE[0].end // 1_000_000}^" in shown
