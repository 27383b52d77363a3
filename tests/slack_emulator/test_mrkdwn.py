"""The mrkdwn audit: what a reader would regret is found, what was meant is not."""

import pytest
from slack_emulator.journal import AnomalyKind
from slack_emulator.mrkdwn import audit

ALLOWED = {"<!subteam^S012>", "<!here>", "<@U012>"}


def kinds(text: str, *, auto_parsed: bool = False) -> list[str]:
    return [finding.kind.value for finding in audit(text, ALLOWED, auto_parsed=auto_parsed)]


@pytest.mark.parametrize(
    "text",
    [
        "plain *bold* _it_ `code`",
        "a &amp; b &lt;tag&gt;",
        "<https://x.test/a?b=1&amp;c=2|label>",
        "<http://x.test>",
        "<#C012>",
        "<#C012|general>",
        "<!subteam^S012>",
        "<!subteam^S012|@ops>",
        "<!here>",
        "<@U012>",
        "<!date^1392734382^{date_short_pretty} {time}|2014-02-18 14:39 UTC>",
        "<!date^1392734382^{ago}^https://x.test|then>",
        "> quoted -> arrow",
        "&lt;!channel&gt;",
        "",
    ],
)
def test_what_was_meant_is_not_reported(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<!channel>", AnomalyKind.MENTION_NOT_ALLOWED),
        ("<!everyone|x>", AnomalyKind.MENTION_NOT_ALLOWED),
        ("<@U999>", AnomalyKind.MENTION_NOT_ALLOWED),
        ("<!subteam^S999|@ops>", AnomalyKind.MENTION_NOT_ALLOWED),
        ("<tag>", AnomalyKind.UNKNOWN_TOKEN),
        ("<>", AnomalyKind.UNKNOWN_TOKEN),
        ("<!now>", AnomalyKind.UNKNOWN_TOKEN),
        ("<https://>", AnomalyKind.UNKNOWN_TOKEN),
        ("<https://x.test/a b|label>", AnomalyKind.UNKNOWN_TOKEN),
        ("<https://x.test|>", AnomalyKind.UNKNOWN_TOKEN),
        ("<https://x.test|a|b>", AnomalyKind.UNKNOWN_TOKEN),
        ("<|label>", AnomalyKind.UNKNOWN_TOKEN),
        ("<!date^1392734382^{date}>", AnomalyKind.UNKNOWN_TOKEN),
        ("<!date^1392734382^{day}|then>", AnomalyKind.UNKNOWN_TOKEN),
        ("<!date^now^{date}|then>", AnomalyKind.UNKNOWN_TOKEN),
        ("<!date^1392734382^{date}^ftp://x|then>", AnomalyKind.LINK_SCHEME),
        ("<javascript:alert(1)|x>", AnomalyKind.LINK_SCHEME),
        ("<mailto:a@x.test|a>", AnomalyKind.LINK_SCHEME),
        ("a < b", AnomalyKind.UNBALANCED),
        ("<https://x.test|lab", AnomalyKind.UNBALANCED),
        ("a & b", AnomalyKind.RAW_AMPERSAND),
        ("&#34;quoted&#34;", AnomalyKind.RAW_AMPERSAND),
        ("<https://x.test?a=1&b=2>", AnomalyKind.RAW_AMPERSAND),
        ("a &amp;amp; b", AnomalyKind.DOUBLE_ESCAPE),
        ("&amp;lt;", AnomalyKind.DOUBLE_ESCAPE),
    ],
)
def test_what_readers_would_regret_is_reported(text: str, kind: AnomalyKind) -> None:
    assert kind.value in kinds(text)


def test_a_nested_bracket_is_unbalanced() -> None:
    assert "unbalanced" in kinds("<https://x.test|<b>")


@pytest.mark.parametrize("mention", ["@here", "@channel", "@everyone", "now @here!"])
def test_a_bare_mention_counts_only_where_slack_parses_it(mention: str) -> None:
    assert kinds(mention, auto_parsed=True) == ["auto_mention"]
    assert kinds(mention, auto_parsed=False) == []


def test_an_address_is_no_bare_mention() -> None:
    assert kinds("ops@here.test and @hereafter", auto_parsed=True) == []
