"""The message to the operators: sound, in their language, bounded, and it calls nobody."""

import re

import pytest

from router.core.model.rules.names import LANGUAGES
from router.core.operators.notice import Reply
from router.core.operators.troubles import Kind, Row
from router.core.render.notices.operators import LISTED, Situation, render_operators, render_operators_reply
from tests.adapters.builders import NOON, after
from tests.catalogue import CATALOGUE

ROWS = [Row("acme", 12, [("not_json", 10), ("too_old", 2)]), Row("", 1, [("no_tenant", 1)])]
WORDS = {
    "en": ("DEAD LETTERS", "over", "2 tenants", "unknown tenant"),
    "fr": ("ENREGISTREMENTS INUTILISABLES", "terminé", "2 clients", "client inconnu"),
    "de": ("UNBRAUCHBARE DATENSÄTZE", "beendet", "2 Mandanten", "unbekannter Mandant"),
    "es": ("REGISTROS INUTILIZABLES", "terminado", "2 clientes", "cliente desconocido"),
    "it": ("RECORD INUTILIZZABILI", "terminato", "2 clienti", "cliente sconosciuto"),
}


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_words_in_every_language(kind: Kind, locale: str) -> None:
    message = render_operators(Situation(kind, ROWS, NOON), CATALOGUE.localizer(locale, "Europe/Paris"))

    assert message.faults == ()
    assert "\n" not in message.text
    for word in ("acme", "not_json", "10"):
        assert word in message.text
        assert word in str(message.attachments[0].blocks)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_it_counts_tenants_and_shows_that_it_is_over(locale: str) -> None:
    localizer, (heading, over, tenants, unknown) = CATALOGUE.localizer(locale, "UTC"), WORDS[locale]

    wrong = render_operators(Situation(Kind.DEAD_LETTERS, ROWS, NOON), localizer)
    ended = render_operators(Situation(Kind.DEAD_LETTERS, ROWS, NOON, after(600)), localizer)
    empty = render_operators(Situation(Kind.DEAD_LETTERS, [], NOON, after(600)), localizer)

    assert wrong.text.startswith(f"{heading} · {tenants}. ")
    assert unknown in wrong.text
    assert ended.text.startswith(f"{heading} · {over} · {tenants}. ")
    assert empty.text == f"{heading} · {over}"
    assert (ended.faults, empty.faults) == ((), ())
    assert wrong.attachments[0].color != ended.attachments[0].color
    assert render_operators_reply(Situation(Kind.DEAD_LETTERS, [], NOON), Reply.OVER, localizer).text == empty.text
    more = render_operators_reply(Situation(Kind.DEAD_LETTERS, ROWS, NOON), Reply.MORE, localizer)
    assert more.text == f"{heading} · {tenants}"


def test_nothing_of_a_tenant_is_taken_for_markup() -> None:
    rows = [Row("<!channel>", 1, [("<!here>", 1)], ["<@U1>"])]

    message = render_operators(Situation(Kind.RECEIVERS, rows, NOON), CATALOGUE.localizer("en", "UTC"))

    for mention in ("<!channel>", "<!here>", "<@U1>"):
        assert mention not in message.text
        assert mention not in str(message.attachments)


def test_of_very_many_tenants_the_worst_are_named_and_the_others_counted() -> None:
    reasons = [(f"reason_{number}" * 8, 1_000_000) for number in range(50)]
    rows = [Row("x" * 500, 1, reasons, [f"#{number}" + "y" * 90 for number in range(50)]) for _ in range(5_000)]

    message = render_operators(Situation(Kind.RECEIVERS, rows, NOON), CATALOGUE.localizer("de", "UTC"))

    assert message.faults == ()
    assert re.search(r"\+4\.9\d\d weitere", str(message.attachments))
    assert LISTED < 100
