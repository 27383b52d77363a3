"""What Slack takes and readers regret is noted with the message it is in."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_emulator import Emulator

Call = Callable[..., dict[str, Any]]


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def rich(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}


SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "x", "verbatim": True}}
RED = {"color": "#ff0000", "blocks": [SECTION]}


def kinds(emulator: Emulator) -> list[str]:
    return [anomaly.kind.value for anomaly in emulator.anomalies]


@pytest.mark.parametrize(
    ("args", "kind"),
    [
        ({"text": "<!channel>"}, "mention_not_allowed"),
        ({"text": "", "blocks": [SECTION]}, "text_missing"),
        ({"attachments": [RED]}, "text_missing"),
        ({"text": "x", "blocks": [section("@here")]}, "auto_mention"),
        ({"text": "x", "attachments": [{"text": "@here"}]}, "auto_mention"),
        ({"text": "x", "attachments": [{"text": "x", "title_link": "ftp://x"}]}, "link_scheme"),
        ({"text": "x", "attachments": [{"blocks": [section("<b>")]}]}, "unknown_token"),
        ({"text": "@here", "link_names": True}, "auto_mention"),
        ({"text": "x", "unfurl_media": None}, "unfurl_unset"),
        (
            {"text": "x", "blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "a & b"}]}]},
            "raw_ampersand",
        ),
        ({"text": "x", "blocks": [{"type": "markdown", "text": "<!channel>"}]}, "mention_not_allowed"),
        ({"text": "x", "blocks": [rich({"type": "user", "user_id": "U9"})]}, "mention_not_allowed"),
        (
            {"text": "x", "attachments": [{"text": "x", "fields": [{"title": "a", "value": "<b"}]}]},
            "unbalanced",
        ),
        ({"text": "x", "blocks": [rich({"type": "broadcast", "range": "channel"})]}, "mention_not_allowed"),
    ],
)
def test_what_slack_takes_and_readers_regret_is_noted(
    emulator: Emulator, post: Call, alerts: str, args: dict[str, Any], kind: str
) -> None:
    assert post(**args)["ok"]
    assert kinds(emulator) == [kind]
    assert (emulator.anomalies[0].team_id, emulator.anomalies[0].channel) == ("T1", alerts)


def test_an_allowed_mention_is_not_noted_with_or_without_its_label(emulator: Emulator, post: Call) -> None:
    emulator.allow_mention("T1", "<!subteam^S012>")
    post(text="<!subteam^S012> <!subteam^S012|@ops>")
    assert kinds(emulator) == []


def test_plain_text_is_never_audited(emulator: Emulator, post: Call) -> None:
    post(
        text="x",
        blocks=[{"type": "header", "text": {"type": "plain_text", "text": "@here <b> & <!channel>"}}],
    )
    assert kinds(emulator) == []


def test_verbatim_keeps_a_bare_mention_harmless(emulator: Emulator, post: Call) -> None:
    post(
        text="@here",
        blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "@here", "verbatim": True}}],
    )
    assert kinds(emulator) == []
