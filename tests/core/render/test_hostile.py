"""Whatever alerts say, the message keeps the limits and holds no token but ours.

The checks are written from Slack's rules and share nothing with the renderer; the emulator's strict validator is
asked as well.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_emulator.attachments import check_attachments
from slack_emulator.blocks import failures

from router.core.decide.notification import Notification
from router.core.model.alert import AlertId, TenantId
from router.core.model.alert_state import AlertContent, AlertState, LastShown, ShownState
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.operation import Op, Reason
from router.core.model.registers import Registers
from router.core.model.rules.names import LANGUAGES, ReceiverName
from router.core.model.rules.receiver import Layout, Style
from router.core.parse.webhook import parse
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.slack.markup import escape, web_address
from router.core.slack.message import SlackMessage
from tests.catalogue import CATALOGUE
from tests.core.builders import Story, a_key, a_receiver, a_tenant, an_alert, at, hours
from tests.examples import examples

BODIES = Path(__file__).parents[2] / "data" / "alertmanager-0.25.jsonl"
OURS = re.compile(
    r"<https?://[^\s|<>\"']+\|[^|<>]+>|<!date\^\d+\^(?:\{date_short_pretty\} )?\{time\}\|[^|^<>]+>|<!subteam\^S012>"
)

NASTY = [
    "<!channel>",
    "<!here>",
    "<@U123>",
    "<https://evil.example|https://grafana.corp>",
    "@here @channel @everyone #general",
    "`code` ```block```",
    "two\nlines\n> quote",
    "&lt;!channel&gt; &amp; &#60;",
    "\u202eright to left\u202c",
    "\u2066\u2067open",
    "שלום עולם",
    "zero\u200bwidth\ufeff\u200d",
    "\ud800 lone",
    "\x00\x07\x1b[31m",
    "*bold* _it_ ~no~",
    "{{ 7 * 7 }} {% raw %} %(count)s %s 100%",
    "javascript:alert(1)",
    "https://x.example/?a=1&b=<2>|3",
    "http://[",
    "",
    " ",
    "e\u0301" * 400,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 200,
    "&" * 12_000,
    "<" * 12_000,
    '"\\' * 6_000,
    "x" * 50_000,
    "critical",
]
VALUE = st.one_of(st.sampled_from(NASTY), st.text(max_size=60))
NAME = st.one_of(st.sampled_from(["alertname", "severity", "instance", "<!here>", "a`b", "job"]), st.text(max_size=8))
NOTE = st.one_of(
    st.sampled_from(["summary", "summary_fr", "description", "value", "runbook_url", "dashboard_url", "x", "x_fr"]),
    NAME,
    st.sampled_from(["panel_url", "__dashboardUid__", "__panelId__", "link"]),
)
LINK = st.sampled_from(["alertmanager", "dashboard", "panel", "silence", "image"])
URL = st.one_of(VALUE, st.text(max_size=40).map("https://am.example/{}".format))
INSTANT = st.one_of(
    st.just(NEVER), st.integers(-10, 10**12).map(at), st.integers(0, 253_402_300_799_000_000).map(Instant)
)
SHOWN = st.sampled_from(ShownState)


@st.composite
def states(draw: st.DrawFn) -> AlertState:
    registers = Registers(*(draw(INSTANT) for _ in range(4)))
    labels, annotations = (
        draw(st.dictionaries(NAME, VALUE, max_size=6)),
        draw(st.dictionaries(NOTE, VALUE, max_size=5)),
    )
    links = draw(st.dictionaries(LINK, URL, max_size=3))
    values = draw(st.dictionaries(NAME, st.floats(allow_nan=False, allow_infinity=False), max_size=6))
    content = AlertContent(labels, annotations, draw(URL), at(0), links=links, values=values)
    return AlertState(
        registers, LastShown(draw(SHOWN), registers), content=draw(st.sampled_from([content, content, None]))
    )


@st.composite
def notified(draw: st.DrawFn) -> tuple[AlertGroup, Notification]:
    alerts = {AlertId(str(n)): state for n, state in enumerate(draw(st.lists(states(), max_size=24)))}
    group = tuple(draw(st.dictionaries(NAME, VALUE, max_size=3)).items())
    loaded = AlertGroup(
        replace(a_key(), group=group, path=tuple(draw(st.lists(VALUE, max_size=3)))),
        alerts=alerts,
        firing=sum(alert.shown_firing for alert in alerts.values()),
        reopened=draw(st.integers(0, 3)),
        use_plain_text=draw(st.booleans()),
    )
    shown = draw(st.dictionaries(st.sampled_from([*alerts, AlertId("gone")]), SHOWN))
    flags = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    return loaded, Notification(draw(st.sampled_from(Op)), draw(st.sampled_from(Reason)), shown, *flags)


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("locale", [*LANGUAGES, "fr-CA", "ar"])
@examples(25)
@given(case=notified(), name=VALUE)
def test_no_alert_can_ping_link_or_break_a_message(
    locale: str, style: Style, case: tuple[AlertGroup, Notification], name: str
) -> None:
    loaded, notification = case
    layout = Layout(style)
    receiver = a_receiver(mention=("<!subteam^S012>", "<!nobody>"))
    receiver = replace(receiver, name=ReceiverName(name), layout=layout)
    tenant = replace(a_tenant(), tenant_id=TenantId(name))
    localizer = CATALOGUE.localizer(locale, "Asia/Kathmandu", layout)
    assert_sound(
        render(RenderRequest(loaded, notification, receiver, tenant, localizer, at(hours(3)))),
        mentions=notification.mentions,
    )


@pytest.mark.parametrize("style", Style)
def test_the_webhooks_of_a_real_alertmanager_are_shown(style: Style) -> None:
    receiver = replace(a_receiver(), layout=Layout(style))
    for number, line in enumerate(BODIES.read_text(encoding="utf-8").splitlines()):
        group = parse(json.loads(line)["body"].encode(), at(0))
        story = Story().see(*group.alerts, an_alert(f"own {number}", starts=at(0)), when=at(0))
        story.look()
        notification = story.decide()
        localizer = CATALOGUE.localizer(LANGUAGES[number % len(LANGUAGES)], "Europe/Paris", receiver.layout)
        message = render(RenderRequest(story.state, notification, receiver, a_tenant(), localizer, story.now))
        assert_sound(message, mentions=False)
        assert message.blocks


def assert_sound(message: SlackMessage, *, mentions: bool) -> None:
    arguments: Any = message.arguments()
    json.dumps(arguments, ensure_ascii=False).encode("utf-8")
    assert 0 < len(message.text) <= 3000
    assert failures(arguments["blocks"]) == []
    check_attachments(arguments["attachments"])
    assert len(json.dumps([arguments["blocks"], arguments["attachments"]], ensure_ascii=False)) <= 10_000
    for text in (message.text, *shown_texts(arguments)):
        assert_harmless(text, mentions=mentions)
    assert "\n" not in message.text or not message.blocks


def shown_texts(arguments: Any) -> Iterator[str]:
    for attachment in arguments["attachments"]:
        yield attachment["fallback"]
    for block in (*arguments["blocks"], *(block for one in arguments["attachments"] for block in one["blocks"])):
        match block["type"]:
            case "image":
                yield from pictured(block)
            case "actions":
                yield from map(unmarked, block["elements"])
            case _:
                for element in block.get("elements") or [block["text"]]:
                    assert element["verbatim"] is True
                    yield element["text"]


def pictured(block: Any) -> Iterator[str]:
    """What a picture is called, likewise."""
    assert block["image_url"].startswith("https://")
    assert web_address(block["image_url"]) == block["image_url"]
    yield escape(block["alt_text"])
    yield escape(block.get("title", {"text": "untitled"})["text"])


def unmarked(button: Any) -> str:
    """The label of a button, in which nothing is markup, as a text with markup would have it."""
    assert button["text"]["type"] == "plain_text"
    assert button["text"]["emoji"] is False
    assert web_address(button["url"]) == button["url"]
    return escape(button["text"]["text"])


def assert_harmless(text: str, *, mentions: bool) -> None:
    assert text.strip()
    assert "<" not in OURS.sub("", text), text
    assert ">" not in OURS.sub("", text), text
    assert not re.search(r"&(?!(?:amp|lt|gt);)", text), text
    assert mentions or "<!subteam" not in text
    assert "```" not in text
    assert not re.search("[\x00-\x09\x0b-\x1f\u200b\u202a-\u202e\u2066\u2067\ud800-\udfff]", text)
    assert text.count("\u2068") == text.count("\u2069")
    assert not any(line.startswith("&gt;") for line in text.split("\n")), text
