"""What a tenant hides is read nowhere: in no message, in no language or style, however it is written."""

import json
import random
import time
from dataclasses import replace
from typing import Final
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.decide.notification import Notification
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertContent, AlertState, LastShown, ShownState
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, Instant
from router.core.model.operation import Op, Reason
from router.core.model.registers import Registers
from router.core.model.rules.appearance import Redaction
from router.core.model.rules.names import LANGUAGES
from router.core.model.rules.receiver import Layout, Style
from router.core.parse.webhook import parse
from router.core.render.redaction import HIDDEN, MAX_TEXT, MAX_VALUES, Redactor, redactor_for
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.route.tree import assign
from tests.bounds import tries
from tests.catalogue import CATALOGUE
from tests.core.builders import START, a_key, a_receiver, a_route, a_tenant, an_alert, observed
from tests.examples import examples

RULE: Final = Redaction(
    frozenset({"customer"}), frozenset({"customer_email", "summary"}), (r"\b\d{16}\b", r"tok_[a-z]+")
)
SEEN: Final = Registers(START, seen_firing=START)


def a_group(*contents: AlertContent, group: tuple[tuple[str, str], ...] = ()) -> AlertGroup:
    alerts = {
        AlertId(str(number)): AlertState(SEEN, LastShown(ShownState.FIRING, SEEN), content=content)
        for number, content in enumerate(contents)
    }
    return AlertGroup(replace(a_key(), group=group), alerts=alerts, firing=len(alerts))


def content(url: str = "", annotations: dict[str, str] | None = None, **labels: str) -> AlertContent:
    return AlertContent({"alertname": "A", **labels}, annotations or {}, url, START)


def printed(
    loaded: AlertGroup, op: Op = Op.POST, style: Style = Style.DEFAULT, locale: str = "en", rule: Redaction = RULE
) -> str:
    """Everything that the message says, as one text."""
    shown = dict.fromkeys(loaded.alerts, ShownState.FIRING)
    tenant = replace(a_tenant(), redaction=rule)
    localizer = CATALOGUE.localizer(locale, "UTC", Layout(style))
    notification = Notification(op, Reason.FIRST, shown)
    message = render(RenderRequest(loaded, notification, a_receiver(), tenant, localizer, Instant(START + HOUR)))
    return json.dumps(message.arguments(), ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("card 1234567812345678.", "card •••."),
        ("12345678123456789", "12345678123456789"),
        ("1234\u200b567812345678", "•••"),
        ("1234567812345678" * 501, HIDDEN),
        ("x" * MAX_TEXT, "x" * MAX_TEXT),
        ("x" * (MAX_TEXT + 1), HIDDEN),
        ("tok_ab-tok_cd, tok_e", "•••-•••, •••"),
        ("Acme Corp asks", "••• asks"),
        ("Acme\n Corp asks", "••• asks"),
        ("nothing here", "nothing here"),
        ("", ""),
    ],
)
def test_patterns_and_values_are_hidden_in_a_text(text: str, shown: str) -> None:
    assert Redactor(RULE, frozenset({"Acme Corp"})).text(text) == shown


UNSEEN: Final = [
    *("\u200d", "\u200c", "\u034f", "\ufe0f", "\U000e0100", "\u3164", "\u180b", "\u2064", "\u200b", "\uffa0"),
    "\U000e0041",
]


@pytest.mark.parametrize("unseen", [*UNSEEN, "".join(UNSEEN)], ids=ascii)
def test_a_number_or_an_address_with_characters_that_nobody_sees_is_hidden_whole(unseen: str) -> None:
    rule = Redaction(patterns=(r"\b\d{16}\b", r"[\w.]+@[\w.]+"))
    number = f"4111{unseen}1111{unseen}11111111"
    redactor = Redactor(rule, frozenset({"Acme Corp"}))

    assert redactor.text(f"card {number}, ok") == "card •••, ok"
    assert redactor.text(f"ask anna{unseen}@{unseen}example.org now") == "ask ••• now"
    assert redactor.text(f"for A{unseen}cme\n C{unseen}orp now") == "for ••• now"
    assert not redactor.shows(f"https://x.example/{quote(number)}")
    assert not redactor.shows(f"https://x.example/{quote(quote(number))}")


def test_a_hidden_value_with_joiners_is_hidden_where_it_stands_without() -> None:
    found = redactor_for(RULE, a_group(content(customer="Ac\u200dme \u2764\ufe0f")))

    assert found.text("Acme \u2764 and Ac\u200dme \u2764\ufe0f") == "••• and •••"


def test_what_is_shown_keeps_its_joiners() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"

    assert Redactor(RULE).text(f"{family} 1234567812345678 \u2764\ufe0f") == f"{family} ••• \u2764\ufe0f"


@pytest.mark.parametrize("pattern", ["x*", "^", "(?:)"])
def test_a_pattern_that_matches_nothing_hides_nothing(pattern: str) -> None:
    assert Redactor(Redaction(patterns=(pattern,))).text("abc") == "abc"


@pytest.mark.parametrize(
    ("url", "shows"),
    [
        ("https://x.example/1", True),
        ("https://x.example/?card=1234567812345678", False),
        ("https://x.example/?q=a%201234567812345678", False),
        ("https://x.example/?q=a+1234567812345678", False),
        ("https://x.example/%74ok_secret", False),
        ("https://x.example/%2574ok_secret", False),
        ("https://acme-corp.x.example/", False),
        ("https://x.example/?c=Acme%2DCorp", False),
        ("https://x.example/12345678%E2%80%8B12345678", False),
    ],
)
def test_a_link_that_gives_it_away_is_left_out(url: str, shows: bool) -> None:
    assert Redactor(RULE, frozenset({"Acme-Corp"})).shows(url) is shows


@tries("redacted values in a group")
def test_of_too_many_values_to_look_for_no_text_is_shown(beyond: int) -> None:
    shown = "fine" if beyond <= 0 else HIDDEN
    values = frozenset(f"value-{number}" for number in range(MAX_VALUES + beyond))
    assert Redactor(Redaction(frozenset({"customer"})), values).text("fine") == shown


@tries("text that redaction looks through")
def test_a_text_is_looked_through_up_to_its_bound(beyond: int) -> None:
    text = "x" * (MAX_TEXT + beyond)
    assert Redactor(RULE, frozenset({"secret"})).text(text) == (text if beyond <= 0 else HIDDEN)


def test_looking_through_a_text_costs_little_at_worst() -> None:
    """Twenty such patterns once took 0.4 s for each text of a message."""
    rule = Redaction(patterns=tuple(f"[ab]*a[ab]{{{80 - number}}}c" for number in range(20)))
    text = "".join(random.Random(7).choices("ab", k=MAX_TEXT))
    began = time.thread_time()
    assert Redactor(rule).text(text) == text
    assert time.thread_time() - began < 1


def test_short_values_are_hidden_in_their_own_place_alone() -> None:
    found = redactor_for(RULE, a_group(content(customer="eu")))

    assert found.values == frozenset()
    assert found.label("customer", "eu") == HIDDEN
    assert found.text("queue") == "queue"


@pytest.mark.parametrize("name", ["customer_email", "customer_email_fr", "customer_email_pt_BR"])
def test_an_annotation_is_hidden_in_every_language(name: str) -> None:
    assert Redactor(RULE).annotations({name: "a@b.example", "description": "x"}) == {name: HIDDEN, "description": "x"}


def test_short_values_and_whole_values_are_hidden_where_they_stand() -> None:
    loaded = a_group(content(customer="eu", annotations={"value": "7"}, pin="1234"))
    rule = Redaction(frozenset({"customer"}), frozenset({"value"}), (r"^\d{4}$",))

    shown = printed(loaded, rule=rule)

    assert "customer=•••" in shown
    assert "pin=•••" in shown
    assert "value •••" in shown


def test_values_that_overlap_are_hidden_whole_however_they_are_spaced() -> None:
    """Hiding the one first would leave the rest of the other."""
    values = frozenset({"Zebra & Sons", "a  &"})

    assert Redactor(Redaction(labels=frozenset({"customer"})), values).text(" Zebra  &  Sons\n7") == "••• 7"


def test_the_mark_shows_that_something_is_hidden() -> None:
    loaded = a_group(content(customer="Acme Corp", annotations={"description": "Acme Corp lost 1234567812345678"}))

    assert "customer=•••" in printed(loaded)
    assert "••• lost •••" in printed(loaded)


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ('customer="AB",severity="critical"', 'customer="•••",severity="critical"'),
        ('severity="critical" → customer=~"A\\"B|C"', 'severity="critical" → customer=~"•••"'),
        ('other_customer="AB"', 'other_customer="AB"'),
    ],
)
def test_a_route_does_not_notify_the_values_of_redacted_labels(printed: str, shown: str) -> None:
    assert Redactor(Redaction(labels=frozenset({"customer"}))).matchers(printed) == shown


def test_nothing_is_hidden_without_a_rule() -> None:
    assert redactor_for(Redaction(), a_group(content(customer="Acme"))) == Redactor()


def test_a_long_text_is_hidden_before_it_is_cut() -> None:
    loaded = a_group(content(annotations={"description": "x " * 141 + "1234567812345678"}))

    assert "1234" not in printed(loaded)


SECRET: Final = "Zebra & <Söhne> 7"
TEXT: Final = st.text(alphabet="ab &<>`*\u200b\u200d\ufe0f\u3164\u05d0\n|%", max_size=12)
MIXED: Final = st.tuples(TEXT, st.sampled_from(["", " ", "\n"]), TEXT)


@st.composite
def leaky(draw: st.DrawFn) -> AlertGroup:
    """Alerts that have a secret in a redacted label, and the same secret and others anywhere else."""
    contents = [draw(leaky_content()) for _ in range(draw(st.integers(1, 12)))]
    labels = {"customer": SECRET, **contents[0].labels}
    named = draw(st.lists(st.sampled_from(sorted(labels)), unique=True))
    return a_group(*contents, group=tuple(sorted((name, labels[name]) for name in named)))


@st.composite
def leaky_content(draw: st.DrawFn) -> AlertContent:
    def text() -> str:
        before, gap, after = draw(MIXED)
        secret = draw(st.sampled_from(["", SECRET, SECRET.replace(" ", "  "), "tok_zebra", "4444555566667777"]))
        return f"{before}{gap} {secret} {gap}{after}"

    urls = ["https://x.example/", f"https://x.example/?q={quote(SECRET)}", "https://x.example/4444555566667777"]
    places = [
        "summary",
        "summary_fr",
        "description",
        "description_de",
        "value",
        "customer_email",
        "customer_email_it",
    ]
    annotations = {name: text() for name in draw(st.lists(st.sampled_from(places), unique=True))}
    annotations |= {name: draw(st.sampled_from(urls)) for name in ("runbook_url", "dashboard_url")}
    labels = {
        name: text() for name in draw(st.lists(st.sampled_from(["alertname", "severity", "job", "x"]), unique=True))
    }
    owner = {"customer": draw(st.sampled_from([SECRET, SECRET, f" {SECRET}\n"]))}
    return AlertContent(labels | owner, annotations, draw(st.sampled_from(urls)), START)


@pytest.mark.parametrize("locale", LANGUAGES)
@examples(40)
@given(loaded=leaky(), op=st.sampled_from(Op), style=st.sampled_from(Style), plain=st.booleans())
def test_a_secret_is_read_nowhere(locale: str, loaded: AlertGroup, op: Op, style: Style, plain: bool) -> None:
    message = printed(replace(loaded, use_plain_text=plain), op, style, locale)

    assert "Zebra" not in message
    assert "hne" not in message.replace("ohne", "")
    assert "zebra" not in message
    assert "4444" not in message


@pytest.mark.parametrize(
    "broken",
    [
        {"labels": {"customer": SECRET}, "status": "odd"},
        {"labels": {"customer": SECRET}, "status": SECRET},
        {"labels": {"customer": SECRET}, "status": {"state": SECRET}},
        {"labels": [SECRET], "annotations": {"x": SECRET}},
        {"labels": {}, "annotations": {"x": SECRET}, "fingerprint": SECRET * 200},
        [SECRET],
    ],
)
def test_what_is_replied_of_an_unreadable_alert_holds_no_value_of_it(broken: object) -> None:
    [rejected] = parse(json.dumps([broken]).encode(), START).rejected

    assert "Zebra" not in rejected.error
    assert len(rejected.error) <= 200


def test_routing_grouping_and_severity_know_the_true_values() -> None:
    tree = a_route(routes=[a_route(f'customer="{SECRET}"', receiver="own", group_by=["customer"])])
    tenant = replace(a_tenant(tree), redaction=RULE)

    [found] = assign(tenant, observed(an_alert(labels={"customer": SECRET})))

    assert found.key.receiver == "own"
    assert found.key.group == (("customer", SECRET),)


def test_a_link_whose_name_gives_something_away_is_left_out() -> None:
    shown = printed(a_group(content(annotations={"tok_abc": "https://x.example/1", "logs": "https://x.example/2"})))
    assert "tok_abc" not in shown
    assert "logs" in shown
