"""Pictures and numbers that Grafana sends with an alert: few, of what fires, readable, and never a danger."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from slack_emulator.attachments import check_attachments

from router.core.match.labels import Labels
from router.core.model.alert_state import AlertState, ShownState
from router.core.model.rules.appearance import Redaction
from router.core.model.rules.receiver import Layout, Style
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.slack.message import SlackMessage
from tests.catalogue import CATALOGUE
from tests.core.builders import a_receiver
from tests.core.render.test_render import NOW, TENANT, F, R, a_loaded, a_notification, a_state, blocks_of, disk

GRAPH: Final = "https://grafana.example/render/abc.png"


def seen(
    labels: Labels,
    shown_as: ShownState = F,
    *,
    image: str = GRAPH,
    values: Mapping[str, float] | None = None,
    notes: Labels | None = None,
) -> AlertState:
    """An alert as Grafana sends it."""
    state = a_state(labels, shown_as, annotations=notes)
    assert state.content
    return replace(state, content=replace(state.content, links={"image": image}, values=values or {}))


def show(
    *alerts: AlertState,
    style: Style = Style.DEFAULT,
    locale: str = "en",
    without_extras: bool = False,
    redaction: Redaction = Redaction(),  # noqa: B008 - frozen
) -> SlackMessage:
    loaded = a_loaded(*alerts, without_extras=without_extras)
    layout = Layout(style)
    tenant = replace(TENANT, redaction=redaction)
    localizer = CATALOGUE.localizer(locale, "UTC", layout)
    receiver = replace(a_receiver(), layout=layout)
    message = render(RenderRequest(loaded, a_notification(loaded), receiver, tenant, localizer, NOW))
    arguments: Any = message.arguments()
    check_attachments(arguments["attachments"])
    assert not message.faults
    return message


def pictures(message: SlackMessage) -> list[Any]:
    return [block for block in blocks_of(message) if block["type"] == "image"]


def test_the_picture_of_an_alert_is_shown_and_described() -> None:
    [picture] = pictures(show(seen(disk("n1"))))
    assert picture == {"type": "image", "image_url": GRAPH, "alt_text": "Graph of DiskFull"}


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "Graph of DiskFull"),
        ("fr", "Graphique\u00a0: DiskFull"),
        ("de", "Diagramm zu DiskFull"),
        ("es", "Gráfico de DiskFull"),
        ("it", "Grafico di DiskFull"),
    ],
)
def test_the_description_is_in_the_language_of_the_message(locale: str, words: str) -> None:
    [picture] = pictures(show(seen(disk("n1")), locale=locale))
    assert picture["alt_text"] == words


def test_where_there_are_several_alerts_each_picture_says_whose_it_is() -> None:
    first, second = pictures(show(seen(disk("n1")), seen(disk("n2"), image=f"{GRAPH}?2")))
    assert first["title"] == {"type": "plain_text", "text": "instance=n1", "emoji": False}
    assert second["alt_text"] == "Graph of DiskFull, instance=n2"


def test_there_are_three_pictures_at_most_and_none_of_what_is_over() -> None:
    over = seen(disk("n0"), R, image=f"{GRAPH}?over")
    without = seen(disk("n1"), image="")
    alerts = [over, without, *(seen(disk(f"n{n}"), image=f"{GRAPH}?{n}") for n in range(2, 8))]
    assert [one["image_url"] for one in pictures(show(*alerts))] == [f"{GRAPH}?{n}" for n in (2, 3, 4)]


def test_pictures_are_tall_and_so_stand_below_the_buttons() -> None:
    notes = {"runbook_url": "https://rb.example"}
    kinds = [block["type"] for block in blocks_of(show(seen(disk("n1"), notes=notes)))]
    assert kinds[-3:] == ["actions", "image", "context"]


@pytest.mark.parametrize(
    "url",
    [
        "http://grafana.example/a.png",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "https://user:pw@grafana.example/a.png",
        "https://",
        "https://grafana.example/" + "x" * 3_000,
    ],
)
def test_what_is_no_plain_https_address_is_no_picture(url: str) -> None:
    assert pictures(show(seen(disk("n1"), image=url))) == []


def test_a_picture_whose_address_gives_something_away_is_left_out() -> None:
    hidden = Redaction(patterns=("abc",))
    assert pictures(show(seen(disk("n1")), redaction=hidden)) == []


def test_a_name_is_no_markup_in_a_description_and_hidden_values_stay_hidden() -> None:
    nasty = {"alertname": "<!here> & *x*", "instance": "secret-1"}
    hidden = Redaction(labels=frozenset({"instance"}))
    first, _ = pictures(show(seen(nasty), seen({**nasty, "instance": "secret-2"}), redaction=hidden))
    assert first["alt_text"] == "Graph of <!here> & *x*, instance=•••"


def test_a_message_that_was_refused_with_pictures_goes_without() -> None:
    message = show(seen(disk("n1")), without_extras=True)
    assert pictures(message) == []
    assert message.attachments


def test_the_compact_style_has_no_pictures() -> None:
    assert pictures(show(seen(disk("n1")), style=Style.COMPACT)) == []


VALUES: Final = {"A": 2473545728.0, "B0": 91.412345678, "C": 1.5}


def text_of(message: SlackMessage) -> str:
    block: Any = message.attachments[0].blocks[0]
    return str(block["text"]["text"])


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "A = 2,473,545,728 · B0 = 91.4123 · C = 1.5"),
        ("de", "A = 2.473.545.728 · B0 = 91,4123 · C = 1,5"),
        ("fr", "A = 2\u202f473\u202f545\u202f728 · B0 = 91,4123 · C = 1,5"),
    ],
)
@pytest.mark.parametrize("style", [Style.DEFAULT, Style.DETAILED])
def test_what_was_measured_is_written_as_the_reader_writes_it(style: Style, locale: str, words: str) -> None:
    arguments = show(seen(disk("n1"), values=VALUES), locale=locale, style=style).arguments()
    assert words in json.dumps(arguments, ensure_ascii=False)


def test_few_numbers_are_shown() -> None:
    assert "D = 3" in text_of(show(seen(disk("n1"), values={name: n for n, name in enumerate("ABCDEF")})))
    assert "E = 4" not in text_of(show(seen(disk("n1"), values={name: n for n, name in enumerate("ABCDEF")})))


@pytest.mark.parametrize(
    ("number", "words"),
    [(0.0, "A = 0"), (-0.0, "A = 0"), (-1234.5, "A = -1,234.5"), (0.00001, "A = 0.00001"), (1e-99, "A = 1e-99"),
     (1e300, "A = 1e+300"), (100000.0, "A = 100,000")],
)  # fmt: skip
def test_any_number_is_short(number: float, words: str) -> None:
    assert text_of(show(seen(disk("n1"), values={"A": number}))).count(words)


def test_the_annotation_that_names_a_value_stands_for_the_numbers() -> None:
    text = text_of(show(seen(disk("n1"), values=VALUES, notes={"value": "91 %"})))
    assert "value 91 %" in text
    assert "B0" not in text


def test_the_name_of_a_number_is_no_markup() -> None:
    text = text_of(show(seen(disk("n1"), values={"<!channel> *x*": 1})))
    assert "&lt;!channel&gt; \N{ASTERISK OPERATOR}x\N{ASTERISK OPERATOR} = 1" in text


def test_a_number_that_a_pattern_hides_is_hidden() -> None:
    text = text_of(show(seen(disk("n1"), values={"A": 123.0, "B": 4.0}), redaction=Redaction(patterns=("123",))))
    assert "A = ••• · B = 4" in text


def test_a_number_in_an_annotation_keeps_its_groups_together() -> None:
    text = text_of(show(seen(disk("n1"), notes={"value": "12345.5"}), locale="fr"))
    assert "valeur 12\u202f345,5" in text


def test_a_tenants_own_part_may_print_the_numbers() -> None:
    own = Layout(
        parts=(("alert", "{% for name, number in values | dictsort %}{{ name }}: {{ number }}; {% endfor %}"),)
    )
    loaded = a_loaded(seen(disk("n1"), values=VALUES))
    localizer = CATALOGUE.localizer("de", "UTC", own)
    receiver = replace(a_receiver(), layout=own)
    message = render(RenderRequest(loaded, a_notification(loaded), receiver, TENANT, localizer, NOW))
    assert text_of(message) == "A: 2.473.545.728; B0: 91,4123; C: 1,5;"
