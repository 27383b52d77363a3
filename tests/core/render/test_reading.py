"""What people read first, and what they need not read: situations from the field, each with the right message."""

import json
from dataclasses import replace

import pytest

from router.core.decide.notification import Notification
from router.core.match.labels import Labels
from router.core.model.alert import AlertId
from router.core.model.alert_state import ShownState
from router.core.model.group import AlertGroup
from router.core.model.operation import Op, Reason
from router.core.model.rules.appearance import Emoji, Redaction, ShownLabels
from router.core.model.rules.receiver import Layout, Style
from router.core.render.prose.annotations import MAX_SUMMARY_CHARS, paragraphs
from router.core.render.redaction import Redactor
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.slack.message import SlackMessage
from tests.bounds import tries
from tests.catalogue import CATALOGUE
from tests.core.builders import a_receiver
from tests.core.render.test_render import NOW, TENANT, F, R, a_loaded, a_notification, a_state, card_texts, disk

DASH = "\N{EN DASH}"


def show(loaded: AlertGroup, style: Style = Style.DEFAULT, locale: str = "en") -> SlackMessage:
    localizer = CATALOGUE.localizer(locale, "UTC", Layout(style))
    message = render(RenderRequest(loaded, a_notification(loaded), a_receiver(), TENANT, localizer, NOW))
    assert not message.faults
    return message


def reply_to(loaded: AlertGroup, shown: dict[str, ShownState], locale: str = "en") -> SlackMessage:
    known = {AlertId(fingerprint): state for fingerprint, state in shown.items()}
    notification = Notification(Op.REPLY_BROADCAST, Reason.NEW_ALERTS, known)
    return render(
        RenderRequest(loaded, notification, a_receiver(), TENANT, CATALOGUE.localizer(locale, "UTC", Layout()), NOW)
    )


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("name", ["summary", "Summary", "message", "MESSAGE", "description", "info"])
def test_the_first_line_says_what_is_wrong_whatever_it_is_called(style: Style, name: str) -> None:
    notes = {name: "The volume is nearly full.", "zone": "some other text"}
    message = show(a_loaded(a_state(disk("n1"), annotations=notes)), style)
    assert message.text.startswith(f"FIRING, warning: DiskFull {DASH} The volume is nearly full. ")
    title = card_texts(message)[0].split("\n")[0]
    assert title.startswith(f"*FIRING* · warning · *DiskFull* {DASH} The volume is nearly full.")
    assert "\n".join(card_texts(message)).count("nearly full") == 1


@pytest.mark.parametrize(
    "notes", [{"owner": "db"}, {"wiki": "https://x.example/a b"}, {"__note__": "not to be read"}]
)
def test_what_is_no_prose_stands_in_for_nothing(notes: Labels) -> None:
    assert show(a_loaded(a_state(disk("n1"), annotations=notes))).text.startswith(
        "FIRING, warning: DiskFull, cluster=eu"
    )


def test_a_message_before_any_other_prose() -> None:
    notes = {"a": "some other text", "message": "Full.", "message_fr": "Plein."}
    loaded = a_loaded(a_state(disk("n1"), annotations=notes))
    assert card_texts(show(loaded, locale="fr"))[0].split("\n")[0].endswith(f"{DASH} Plein.")


LINES = "Host: h-7\nZone: eu-1\n\nWhat to do:\n- check power\n  - check the *switch*\n```\nipmi_reset -h h-7\n```"


@pytest.mark.parametrize("style", [Style.DEFAULT, Style.DETAILED])
def test_a_description_keeps_its_lines_its_lists_and_its_code(style: Style) -> None:
    loaded = a_loaded(a_state(disk("n1"), annotations={"summary": "down", "description": LINES}))
    texts = "\n".join(card_texts(show(loaded, style)))
    assert (
        "\nHost: h-7\nZone: eu-1\nWhat to do:\n- check power\n- check the \u2217switch\u2217\n`ipmi_reset -h h-7`\n"
        in texts
    )


def test_a_description_is_shown_while_one_or_two_alerts_fire() -> None:
    notes = [{"summary": f"{n} is down", "description": f"Look at {n}."} for n in range(3)]
    alerts = [a_state(disk(f"n{n}"), annotations=one) for n, one in enumerate(notes)]
    assert "Look at 1." in "\n".join(card_texts(show(a_loaded(*alerts[:2]))))
    assert "Look at" not in "\n".join(card_texts(show(a_loaded(*alerts))))


def test_a_long_description_is_bounded() -> None:
    shown = paragraphs("\n".join(f"line {n}" for n in range(40)), Redactor())
    assert shown.split("\n") == [*(f"line {n}" for n in range(12)), "…"]


@tries("summary in a card")
def test_a_summary_is_cut_with_a_mark_beyond_its_bound(beyond: int) -> None:
    """In an alert's own line; a headline is shorter."""
    text = "x" * (MAX_SUMMARY_CHARS + beyond)
    states = [a_state(disk(host), annotations={"summary": note}) for host, note in (("n1", text), ("n2", "other"))]
    shown = "\n".join(card_texts(show(a_loaded(*states))))
    assert (text in shown) is (beyond <= 0)
    assert ("x" * (MAX_SUMMARY_CHARS - 1) + "…" in shown) is (beyond > 0)


def test_lines_never_show_what_is_hidden_across_them() -> None:
    redactor = Redactor(Redaction(patterns=("card 4111 1111",)))
    assert paragraphs("paid by\ncard 4111\n1111 today", redactor) == "paid by ••• today"
    assert paragraphs("paid\nby card 4111 1111\ntoday", redactor) == "paid\nby •••\ntoday"


def test_foreign_stars_tildes_and_underscores_mark_nothing() -> None:
    summary = "Between ~50%~ and *all* of _data_ on /var/*/log in 2*3*4 h of node_exporter"
    labels = disk("n1", path="/a/*/b_*")
    message = show(a_loaded(a_state(labels, annotations={"summary": summary})))
    title, *_ = card_texts(message)
    twins = str.maketrans({"\N{ASTERISK OPERATOR}": "*", "\N{TILDE OPERATOR}": "~", "ˍ": "_"})
    assert summary in title.translate(twins)
    assert "in 2*3*4 h of node_exporter" in title
    assert "`path=/a/*/b_*`" in title
    assert "*all*" not in message.text


def test_names_that_begin_with_two_underscores_are_hidden() -> None:
    loaded = a_loaded(
        a_state(disk("n1", __rule__="x")), group={"__alert_rule_uid__": "YT-3", "alertname": "DiskFull"}
    )
    assert "YT-3" not in json.dumps(show(loaded).arguments())
    assert "__rule__" not in json.dumps(show(loaded).arguments())


@pytest.mark.parametrize("style", Style)
def test_what_has_ended_comes_last_dim_in_one_line_and_never_bold(style: Style) -> None:
    notes = {"summary": "full", "description": "It fills.", "value": "9"}
    states = [a_state(disk("n0", "critical"), R, annotations=notes), a_state(disk("n1"), annotations=notes)]
    blocks = show(a_loaded(*states), style).attachments[0].blocks
    [ended] = [block for block in blocks if block["type"] == "context" and "instance=n0" in str(block)]
    assert "instance=n1" not in str(blocks[blocks.index(ended) :])
    text = str(ended)
    assert "*" not in text
    assert "\\n" not in text
    assert "fills" not in text


def test_one_alert_is_not_counted() -> None:
    message = show(a_loaded(a_state(disk("n1"))))
    assert "1 firing" not in json.dumps(message.arguments())
    assert "1 resolved" not in json.dumps(show(a_loaded(a_state(disk("n1"), R))).arguments())


def test_the_reply_that_all_is_resolved_names_alerts_only() -> None:
    notes = [{"summary": f"disk {n} is full", "description": "It fills."} for n in range(2)]
    loaded = a_loaded(*(a_state(disk(f"n{n}"), R, annotations=one) for n, one in enumerate(notes)))
    message = reply_to(loaded, {"0": R, "1": R})
    assert message.text.startswith("All resolved: DiskFull, cluster=eu. instance=n0. instance=n1. ")
    assert "full" not in json.dumps(message.arguments()).replace("DiskFull", "")


@pytest.mark.parametrize(
    ("locale", "news"),
    [
        ("en", "*2 new alerts* · *4 in all*"),
        ("de", "*2 neue Alarme* · *4 Alarme insgesamt*"),
        ("fr", "*2 nouvelles alertes* · *4 alertes au total*"),
        ("es", "*2 alertas nuevas* · *4 alertas en total*"),
        ("it", "*2 nuovi allarmi* · *4 allarmi in totale*"),
    ],
)
def test_new_alerts_stand_beside_how_many_there_are_in_all(locale: str, news: str) -> None:
    loaded = a_loaded(*(a_state({"alertname": f"A{n}"}) for n in range(4)))
    assert card_texts(reply_to(loaded, {"0": F, "1": F}, locale))[0].startswith(news)


@pytest.mark.parametrize(
    ("locale", "one", "many"),
    [
        ("fr", "RÉSOLUE", "RÉSOLUES"),
        ("es", "RESUELTA", "RESUELTAS"),
        ("it", "RISOLTO", "RISOLTI"),
        ("de", "BEHOBEN", "BEHOBEN"),
    ],
)
def test_the_state_agrees_with_the_number_of_alerts(locale: str, one: str, many: str) -> None:
    alerts = [a_state({"alertname": f"A{n}"}, R) for n in range(3)]
    assert card_texts(show(a_loaded(alerts[0]), locale=locale))[0].startswith(f"*{one}* · *A0*")
    assert card_texts(show(a_loaded(*alerts), locale=locale))[0].startswith(f"*{many}* · *3 ")


def test_labels_of_machinery_are_left_out_unless_the_tenant_wants_them() -> None:
    labels = disk("n1", uid="u-1", prometheus="monitoring/k8s", job="shop", service="shop")
    loaded = a_loaded(a_state(labels))
    hidden = frozenset({"uid", "prometheus"})

    def title(choice: ShownLabels) -> str:
        tenant = replace(TENANT, shown_labels=choice)
        localizer = CATALOGUE.localizer("en", "UTC", Layout())
        message = render(RenderRequest(loaded, a_notification(loaded), a_receiver(), tenant, localizer, NOW))
        return card_texts(message)[0].split("\n")[1]

    assert title(ShownLabels(hidden)) == "`cluster=eu` `instance=n1` `service=shop`"
    assert title(ShownLabels(hidden, frozenset({"uid", "job"}))) == (
        "`cluster=eu` `instance=n1` `job=shop` `service=shop` `uid=u-1`"
    )


def test_a_job_that_no_other_label_names_is_shown() -> None:
    assert "`job=node`" in card_texts(show(a_loaded(a_state(disk("n1", job="node")))))[0]


@pytest.mark.parametrize(
    ("labels", "shown_as", "title"),
    [
        (disk("n1", "critical"), F, ":red_circle: *FIRING* · critical"),
        (disk("n1"), F, ":fire: *FIRING* · warning"),
        (disk("n1", "critical"), R, ":ok: *RESOLVED*"),
        (disk("n1", "critical"), ShownState.STALE, "*NO LONGER REPORTED*"),
    ],
)
def test_an_emoji_stands_in_front_where_the_tenant_wants_one(
    labels: Labels, shown_as: ShownState, title: str
) -> None:
    emoji = Emoji((("critical", ":red_circle:"),), ((F, ":fire:"), (R, ":ok:")))
    loaded, localizer = a_loaded(a_state(labels, shown_as)), CATALOGUE.localizer("en", "UTC", Layout())
    tenant = replace(TENANT, emoji=emoji)
    message = render(RenderRequest(loaded, a_notification(loaded), a_receiver(), tenant, localizer, NOW))
    assert card_texts(message)[0].startswith(title)
    assert message.text.startswith(("FIRING", "RESOLVED", "NO LONGER"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\r\nc\r\n\r\nd", "a b\nc\nd"),
        ("```\nls -l\n```\nthen", "`ls -l`\nthen"),
        ("```sh\nls -l\n```", "`ls -l`"),
        ("```ls -l\ndf```\nthen", "`ls -l`\n`df`\nthen"),
        ("```ls```", "`ls`"),
        ("```ls``` lists", "`ls`\nlists"),
        (
            "~~~\n```\n~~~ then",
            "`\N{MODIFIER LETTER GRAVE ACCENT}" * 1 + "\N{MODIFIER LETTER GRAVE ACCENT}" * 2 + "`\nthen",
        ),
        ("```\nunclosed *x*", "`unclosed *x*`"),
        ("* a\n* b", "\N{ASTERISK OPERATOR} a\n\N{ASTERISK OPERATOR} b"),
        ("1. a\n2. b", "1. a\n2. b"),
        ("<!channel> &lt;", "&lt;!channel&gt; &amp;lt;"),
        ("```\n```", ""),
    ],
)
def test_lines_lists_and_code_stay_what_they_are_and_nothing_is_lost(text: str, shown: str) -> None:
    assert paragraphs(text, Redactor()) == shown


def test_what_is_hidden_stays_hidden_beside_the_fence_of_code() -> None:
    redactor = Redactor(Redaction(patterns=("12``` 34",)))
    assert paragraphs("```pin 12``` 34 done", redactor) == "`pin ••• done`"


@pytest.mark.parametrize("text", ["x.example/restart", "[a](javascript:alert(1))"])
def test_an_annotation_that_should_be_a_link_and_is_none_is_shown_as_text(text: str) -> None:
    loaded = a_loaded(a_state(disk("n1"), annotations={"summary": "full", "runbook_url": text}))
    assert text in "\n".join(card_texts(show(loaded, Style.DETAILED)))
