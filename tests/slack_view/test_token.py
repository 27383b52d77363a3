"""What stands between angle brackets: links only into the web, people and groups by name, dates for every reader."""

import pytest
from slack_view.mrkdwn import mrkdwn
from slack_view.token import pinged_by

NAMES = {"U1": "Zoé", "S1": "oncall", "C1": "alerts"}


@pytest.mark.parametrize(
    ("token", "shown", "kind"),
    [
        ("<!here>", "@here", "mention ping"),
        ("<!channel|x>", "@channel", "mention ping"),
        ("<!subteam^S1>", "@oncall", "mention ping"),
        ("<!subteam^S2|@team>", "@team", "mention ping"),
        ("<@U1>", "@Zoé", "mention"),
        ("<@U2>", "@U2", "mention"),
        ("<#C1>", "#alerts", "mention"),
        ("<#C2|general>", "#general", "mention"),
    ],
)
def test_mentions_show_names(token: str, shown: str, kind: str) -> None:
    assert mrkdwn(token, NAMES) == f'<span class="{kind}">{shown}</span>'


@pytest.mark.parametrize(
    ("token", "href", "label"),
    [
        ("<https://x.test>", "https://x.test", "https://x.test"),
        ("<https://x.test/?a=1&amp;b=2|two>", "https://x.test/?a=1&amp;b=2", "two"),
        ("<HTTP://x.test|a *b*>", "HTTP://x.test", "a *b*"),
        ("<https://x.test|a &lt;b&gt;>", "https://x.test", "a &lt;b&gt;"),
    ],
)
def test_links_lead_into_the_web_and_notify_it_nothing(token: str, href: str, label: str) -> None:
    assert mrkdwn(token, NAMES) == f'<a href="{href}" rel="noopener noreferrer" target="_blank">{label}</a>'


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,hi",
        "vbscript:x",
        "file:///etc/passwd",
        "//x.test",
        "https:x.test",
        "https://",
        "https://x.test/ onclick=alert(1)",
        "https://x.test/\x00",
    ],
)
def test_other_addresses_are_no_links(address: str) -> None:
    drawn = mrkdwn(f"<{address}|label>", NAMES)

    assert "href" not in drawn
    assert "label" in drawn


@pytest.mark.parametrize("token", ["<tag>", "<>", "<!now>", "<@x>", "<!date^now^{date}|>"])
def test_what_is_no_token_is_shown_or_labelled(token: str) -> None:
    assert "href" not in mrkdwn(token, NAMES)
    assert "<tag>" not in mrkdwn(token, NAMES)


def test_a_date_is_a_moment_with_its_fallback() -> None:
    assert mrkdwn("<!date^1700000000^{date_short_pretty} {time}|14 Nov>", NAMES) == (
        '<time datetime="2023-11-14T22:13:20Z" data-format="{date_short_pretty} {time}" '
        'title="2023-11-14 22:13 UTC">14 Nov</time>'
    )


def test_a_date_may_have_a_link() -> None:
    assert 'href="https://x.test"' in mrkdwn("<!date^1700000000^{time}^https://x.test|then>", NAMES)
    assert "href" not in mrkdwn("<!date^1700000000^{time}^javascript:alert(1)|then>", NAMES)


def test_a_date_that_no_calendar_holds_is_its_fallback() -> None:
    assert mrkdwn("<!date^999999999999^{time}|never>", NAMES) == "<span>never</span>"


@pytest.mark.parametrize(
    ("inside", "whom"),
    [("!here", "@here"), ("@U1|x", "@Zoé"), ("!subteam^S9", "@S9"), ("#C1", None), ("https://x.test", None)],
)
def test_pinged_by(inside: str, whom: str | None) -> None:
    assert pinged_by(inside, NAMES) == whom
