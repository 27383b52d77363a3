"""Slack's markup becomes these elements and no others; a text that is not markup is shown as it stands."""

import pytest
from slack_view.mrkdwn import mrkdwn, one_line, plain

NAMES = {"U1": "Zoé", "S1": "oncall", "C1": "alerts"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a\nb", "a<br>b"),
        ("*bold* _it_ ~gone~ `code`", "<b>bold</b> <i>it</i> <s>gone</s> <code>code</code>"),
        ("*bold _and it_*", "<b>bold <i>and it</i></b>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("* not bold*", "* not bold*"),
        ("*a\nb*", "*a<br>b*"),
        ("`*literal*`", "<code>*literal*</code>"),
        ("```\n*x*\ny\n```", '<pre class="code">*x*\ny</pre>'),
        ("``` open", "``` open"),
        ("> one\n> two\nthree", "<blockquote>one<br>two</blockquote>three"),
        ("&gt; one", "<blockquote>one</blockquote>"),
        (">>> one\ntwo", "<blockquote>one<br>two</blockquote>"),
        (":fire: :unknown: 10:30:45", "🔥 :unknown: 10:30:45"),
        ("a &lt;b&gt; &amp;amp;", "a &lt;b&gt; &amp;amp;"),
    ],
)
def test_markup_becomes_elements(text: str, html: str) -> None:
    assert mrkdwn(text, NAMES) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [("*a*\n<!here>", "*a*<br>&lt;!here&gt;"), (":fire:", "🔥"), ("&lt;", "&amp;lt;")],
)
def test_plain_text_has_no_markup(text: str, html: str) -> None:
    assert plain(text) == html


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("*bold*\n`code` and _it_", "bold code and it"),
        ("<https://x.test|a label> <https://x.test>", "a label https://x.test"),
        ("<!subteam^S1> <@U9>", "@oncall @U9"),
        ("<!date^1700000000^{time}|22:13> &lt;b&gt;", "22:13 <b>"),
    ],
)
def test_one_line_has_the_words_and_no_marks(text: str, line: str) -> None:
    assert one_line(text, NAMES) == line
