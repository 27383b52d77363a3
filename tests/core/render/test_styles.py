"""What the compact and the detailed style say otherwise, and what all styles say of routes and silences."""

import json
from dataclasses import replace
from gettext import NullTranslations

import pytest

from router.core.decide.notification import Notification
from router.core.match.labels import Labels
from router.core.model.alert import AlertId, Links
from router.core.model.alert_state import AlertState, ShownState
from router.core.model.group import AlertGroup
from router.core.model.operation import Op, Reason
from router.core.model.rules.receiver import Layout, Style
from router.core.render.prose.listed import together
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.render.words.templates import compile_templates
from router.core.slack.markup import Safe
from router.core.slack.message import SlackMessage
from tests.catalogue import CATALOGUE
from tests.core.builders import a_receiver
from tests.core.render.test_render import (
    NOW,
    TENANT,
    F,
    R,
    a_loaded,
    a_notification,
    a_state,
    card_buttons,
    card_texts,
    disk,
)

AT_HOME: Links = {"alertmanager": "https://am.example"}


def show(
    loaded: AlertGroup, style: Style, notification: Notification | None = None, *, locale: str = "en"
) -> SlackMessage:
    layout = Layout(style)
    localizer = CATALOGUE.localizer(locale, "UTC", layout)
    receiver = replace(a_receiver(), layout=layout)
    message = render(RenderRequest(loaded, notification or a_notification(loaded), receiver, TENANT, localizer, NOW))
    assert not message.faults
    assert message.blocks
    return message


def a_sent(
    labels: Labels, shown_as: ShownState = F, *, notes: Labels | None = None, links: Links = AT_HOME, url: str = ""
) -> AlertState:
    """An alert that came by an Alertmanager."""
    state = a_state(labels, shown_as, annotations=notes, url=url)
    assert state.content
    return replace(state, content=replace(state.content, links=links))


def test_compact_is_a_title_a_line_an_alert_and_one_of_small_print() -> None:
    loaded = a_loaded(*(a_state(disk(f"n{n}"), annotations={"summary": "full", "value": "9"}) for n in (1, 2)))
    title, alerts, small = card_texts(show(loaded, Style.COMPACT))
    assert title == "*FIRING* · warning · *DiskFull* \N{EN DASH} full · `cluster=eu`"
    assert alerts.split("\n")[0] == "• `instance=n1` \N{EN DASH} value 9"
    assert alerts.count("\n") == 1
    assert small.startswith("2 firing · since <!date^")
    assert small.endswith("UTC> · default")


def test_compact_shows_twenty_and_counts_the_rest() -> None:
    loaded = a_loaded(*(a_state(disk(f"n{n}"), annotations={"summary": "full " * 100}) for n in range(25)))
    message = show(loaded, Style.COMPACT)
    assert "\n".join(card_texts(message)).count("• ") == 20
    assert "+5 more" in card_texts(message)


def test_compact_says_something_of_an_alert_that_says_nothing() -> None:
    _, alert, _ = card_texts(show(a_loaded(a_state({"alertname": "Down"})), Style.COMPACT))
    assert alert == "Down"


def test_a_compact_reply_is_a_line_and_a_line_an_alert() -> None:
    loaded = a_loaded(a_state(disk("n1")), a_state(disk("n2"), R))
    notification = Notification(Op.REPLY_THREAD, Reason.SOME_RESOLVED, {AlertId("1"): R})
    lead, alert = card_texts(show(loaded, Style.COMPACT, notification))
    assert lead == "*1 resolved* · *DiskFull* · `cluster=eu` · 1 firing"
    assert alert == "• instance=n2"


def test_detailed_says_all_that_is_known_of_each_alert() -> None:
    printed = {"summary": "full", "__internal__": "x", "value": "9", "owner": "db"}
    many = {f"label_{n:02}": f"{n}" for n in range(20)}
    alerts = (
        a_sent(
            {**disk(f"n{n}"), **{name: f"{value}-{n}" for name, value in many.items()}},
            notes={
                **printed,
                "summary": f"full {n}",
                "description": f"Disk {n} fills.",
                "impact": f"Writes {n} fail.",
            },
            url=f"http://p/{n}",
        )
        for n in (1, 2)
    )
    message = show(a_loaded(*alerts), Style.DETAILED)
    _, counts, first, second, _ = card_texts(message)
    assert counts.startswith("2 firing · since ")
    assert counts.endswith("\n`owner` db")
    labels, summary, description, impact, period, links = first.split("\n")
    assert (summary, description, impact) == ("full 1", "Disk 1 fills.", "`impact` Writes 1 fail.")
    assert labels.count("`") == 2 * 21
    assert period.endswith("· value 9")
    assert links.startswith("<http://p/1|Query> · <https://am.example/#/silences/new?filter=")
    assert "<http://p/2|Query>" in second
    assert list(card_buttons(message)) == ["Silence"]


def test_detailed_does_not_state_the_same_twice() -> None:
    state = a_state(disk("n1"), annotations={"summary": "full", "description": "full"})
    alone = a_state(disk("n2"), annotations={"description": "alone"})
    _, *listed = card_texts(show(a_loaded(state, alone), Style.DETAILED))
    texts = "\n".join(listed)
    assert (texts.count("full"), texts.count("alone")) == (1, 1)


def test_detailed_says_once_what_all_alerts_state() -> None:
    notes = {"summary": "full", "description": "It fills.", "impact": "Writes fail."}
    loaded = a_loaded(*(a_state(disk(f"n{n}"), annotations={**notes, "n": str(n)}) for n in (1, 2)))
    _, lead, first, *_ = card_texts(show(loaded, Style.DETAILED))
    assert lead.split("\n")[1:] == ["It fills.", "`impact` Writes fail."]
    assert first.split("\n")[1] == "`n` 1"


def test_other_annotations_are_shown_in_the_readers_language() -> None:
    notes = {
        "summary": "full",
        "impact": "Writes fail.",
        "impact_fr": "Les écritures échouent.",
        "on_call": "db",
        "summary_de": "voll",
    }
    texts = "\n".join(card_texts(show(a_loaded(a_state(disk("n1"), annotations=notes)), Style.DETAILED, locale="fr")))
    assert "`impact` Les écritures échouent." in texts
    assert "`on_call` db" in texts
    assert "Writes" not in texts
    assert "voll" not in texts


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize(
    ("path", "printed"),
    [
        (("{}",), ""),
        (("{}", '{severity="critical"}'), '`severity="critical"`'),
        (("{}", '{team="db"}', '{severity="critical"}'), '`team="db" → severity="critical"`'),
        (("{}", '{team="' + "x" * 100 + '"}', '{a="b"}'), '`… → a="b"`'),
        (("{}", '{team=~"<!here>*`"}'), '`team=~"&lt;!here&gt;*\N{MODIFIER LETTER GRAVE ACCENT}"`'),
    ],
)
def test_the_footer_names_receiver_and_route(style: Style, path: tuple[str, ...], printed: str) -> None:
    loaded = a_loaded(a_state(disk("n1")))
    footer = card_texts(show(replace(loaded, key=replace(loaded.key, path=path)), style))[-1]
    assert (f"default · {printed}" if printed else "default") in footer
    assert footer.count("`") == (2 if printed else 0)


@pytest.mark.parametrize("style", Style)
def test_the_silence_is_for_what_all_that_fire_share(style: Style) -> None:
    loaded = a_loaded(a_sent(disk("n1")), a_sent(disk("n2")), a_sent(disk("n3"), R, links={}))
    wanted = "%7Balertname%3D%22DiskFull%22%2Ccluster%3D%22eu%22%2Cseverity%3D%22warning%22%7D"
    address = f"https://am.example/#/silences/new?filter={wanted}"
    message = show(loaded, style)
    if style is Style.COMPACT:
        assert f"<{address}|Silence>" in "\n".join(card_texts(message))
    else:
        assert card_buttons(message) == {"Silence": address}


@pytest.mark.parametrize("style", Style)
def test_what_does_not_fire_needs_no_silence(style: Style) -> None:
    message = show(a_loaded(a_sent(disk("n1"), R, links={**AT_HOME, "silence": "https://g.example/s"})), style)
    assert "Silence" not in json.dumps(message.arguments())


def test_alerts_without_a_name_in_common_are_not_silenced_together() -> None:
    states = (a_sent({"alertname": name, "severity": "critical"}) for name in "AB")
    assert "Silence" not in "\n".join(card_texts(show(a_loaded(*states), Style.DEFAULT)))


def test_alerts_of_one_line_stand_together_as_far_as_one_paragraph_holds_them() -> None:
    lines = [Safe(letter * 1_200) for letter in "abcde"]
    paragraphs = together(lines)
    assert [len(paragraph) for paragraph in paragraphs] == [2_401, 2_401, 1_200]
    assert "\n".join(paragraphs).split("\n") == lines
    assert together([Safe("a"), Safe("b\nc")]) == ["a", "b\nc"]
    assert together([]) == []


def test_a_style_with_more_paragraphs_than_a_message_holds_shows_fewer_alerts() -> None:
    loaded = a_loaded(*(a_state(disk(f"n{n}")) for n in range(20)))
    localizer = CATALOGUE.localizer("en", "UTC", Layout(Style.COMPACT))
    two_lines = compile_templates({"alert.j2": "{{ alert.labels | join }}\nsecond line"}, NullTranslations())
    tall = replace(localizer, templates={**localizer.templates, **two_lines})
    receiver = replace(a_receiver(), layout=Layout(Style.COMPACT))
    message = render(RenderRequest(loaded, a_notification(loaded), receiver, TENANT, tall, NOW))
    assert not message.faults
    assert len(message.attachments[0].blocks) == 20
    assert "+2 more" in card_texts(message)
