"""Slack's markup: what a value can never do, and where a text may be cut."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.model.instant import SECOND, Instant
from router.core.slack.markup import (
    Safe,
    bold,
    capitalized,
    code,
    date_token,
    escape,
    inline,
    join,
    link,
    mentions,
    sentence,
    truncate,
    web_address,
)

HELLO = "\u05e9\u05dc\u05d5\u05dd"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
THUMB = "\U0001f44d\U0001f3fd"
FRANCE = "\U0001f1eb\U0001f1f7"


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("a & b", "a &amp; b"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("<https://evil|x>", "&lt;https://evil|x&gt;"),
        ("&lt;", "&amp;lt;"),
        ("\"quotes\" 'stay'", "\"quotes\" 'stay'"),
        (42, "42"),
        (Safe("<!here> &amp;"), "<!here> &amp;"),
    ],
)
def test_exactly_three_characters_are_escaped_and_only_once(value: object, escaped: str) -> None:
    assert escape(value) == escaped
    assert escape(escape(value)) == escaped


def test_values_filled_into_markup_are_escaped() -> None:
    filled = Safe("*%(a)s* %(b)s") % {"a": "<!here>", "b": Safe("<@U1>")}
    assert isinstance(filled, Safe)
    assert filled == "*&lt;!here&gt;* <@U1>"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("two\nlines\r\n\tand  more\u2028", "two lines and more"),
        ("86\u00a0% full,\n 3\u202fh left\u00a0", "86\u00a0% full, 3\u202fh left"),
        ("a`b", "a\N{MODIFIER LETTER GRAVE ACCENT}b"),
        ("bell\x07 nul\x00 soft\u00adhyphen", "bell nul softhyphen"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        (HELLO, f"\u2068{HELLO}\u2069"),
        ("> quoted", "\u2068> quoted\u2069"),
        (FAMILY, FAMILY),
        ("می‌خواهم", "\u2068می‌خواهم\u2069"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_a_foreign_value_stays_on_its_line_and_in_its_direction(value: str, shown: str) -> None:
    assert inline(value, 100) == shown


def test_a_shortened_right_to_left_value_is_still_isolated() -> None:
    short = inline(f"{HELLO} " * 100, 20)
    assert len(short) <= 20
    assert short.startswith("\u2068")
    assert short.endswith("…\u2069")


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("a &amp; b", 8, "a &amp;…"),
        ("a &amp; b", 7, "a…"),
        ("a &amp; b", 4, "a…"),
        ("see <https://x.example|label> now", 30, "see <https://x.example|label>…"),
        ("see <https://x.example|label> now", 29, "see…"),
        ("see <https://x.example|label> now", 10, "see…"),
        ("cafe\u0301 noir", 5, "caf…"),
        ("cafe\u0301 noir", 6, "cafe\u0301…"),
        (f"x{FAMILY}y", 4, "x…"),
        (f"x{FAMILY}y", 6, "x…"),
        (f"x{THUMB}y!", 3, "x…"),
        (f"x{FRANCE}{FRANCE}", 3, "x…"),
        (f"x{FRANCE}{FRANCE}", 4, f"x{FRANCE}…"),
        ("x\u2764\ufe0f yes", 3, "x…"),
        ("x\u1112\u1161\u11ab y", 4, "x…"),
        ("x\u0e01\u0e33 y", 3, "x…"),
        ("a\u0301" * 9, 0, ""),
        ("abc", 1, "…"),
        (" spaced out", 7, " space…"),
        ("\u2068abcdef\u2069", 6, "\u2068abc…\u2069"),
    ],
)
def test_a_cut_never_leaves_half_of_anything(text: str, limit: int, cut: str) -> None:
    assert truncate(Safe(text), limit) == cut


PIECES = st.sampled_from(
    ["&amp;", "&lt;", "<https://x.example|y>", "e\u0301", FAMILY, THUMB, FRANCE, "a", " ", "\u2068x\u2069"]
)


@given(st.lists(PIECES, max_size=40).map("".join), st.integers(1, 60))
def test_any_cut_is_short_enough_and_sound(text: str, limit: int) -> None:
    cut = truncate(Safe(text), limit)
    assert len(cut) <= limit
    assert not re.search(r"&(?!(?:amp|lt|gt);)", cut)
    assert cut.count("<") == cut.count(">")
    assert cut.count("\u2068") == cut.count("\u2069")
    assert "\u200d…" not in cut


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://x.example/a?b=1&c=2", "https://x.example/a?b=1&c=2"),
        (" http://x.example ", "http://x.example"),
        ("HTTPS://x.example", "https://x.example"),
        ("https://x.example/a b|c>d<e\n'\"`", "https://x.example/a%20b%7Cc%3Ed%3Ce%0A%27%22%60"),
        ("https://x.example/\u202ea", "https://x.example/%E2%80%AEa"),
        ("https://x.example/\ud800", "https://x.example/%3F"),
        ("javascript:alert(1)", ""),
        ("mailto:a@b.example", ""),
        ("https://good.example@evil.example/", ""),
        ("https://good.example:443@evil.example/", ""),
        ("https://good.example%40evil.example/", ""),
        ("https://good.example\\@evil.example/", ""),
        ("https://:@evil.example/", ""),
        ("https://good.example\u3164.evil.example/", ""),
        ("https://go\u200dod.example/", ""),
        ("https://x.example/a\u3164b\u2800c", "https://x.example/a%E3%85%A4b%E2%A0%80c"),
        ("https://x.example/me@home", "https://x.example/me@home"),
        ("//x.example", ""),
        ("https://", ""),
        ("http://[broken", ""),
        ("wiki/Page", ""),
        ("", ""),
        ("https://x.example/" + "a" * 5000, ""),
    ],
)
def test_only_web_addresses_become_links(url: str, address: str) -> None:
    assert web_address(url) == address


@pytest.mark.parametrize(
    ("url", "label", "made"),
    [
        ("https://x.example/?a=1&b=2", "Query", "<https://x.example/?a=1&amp;b=2|Query>"),
        ("https://x.example", "<!here>|x", "<https://x.example|&lt;!here&gt;¦x>"),
        ("javascript:x", "A & B", "A &amp; B"),
        ("https://x.example", "", ""),
    ],
)
def test_a_link_degrades_to_its_label(url: str, label: str, made: str) -> None:
    assert link(url, label) == made


def test_a_date_says_itself_where_slack_cannot() -> None:
    token = date_token(Instant(1_392_734_382 * SECOND), "18 Feb ^ 2014 | <UTC>")
    assert token == "<!date^1392734382^{date_short_pretty} {time}|18 Feb   2014   &lt;UTC&gt;>"


def test_only_mentions_of_a_known_kind_are_kept_once() -> None:
    configured = ("<!here>", "<@U012AB>", "<@W1>", "<!subteam^S012>", "<!channel>", "<!everyone>", "<!here>")
    assert mentions(configured).split() == list(dict.fromkeys(configured))
    assert mentions(("@here", "<!here|x>", "<https://x.example>", "<@u1>", "<!subteam^S1|@ops>", "x <!here>")) == ""


def test_too_many_mentions_are_left_out_whole() -> None:
    kept = mentions(f"<@U{number:09}>" for number in range(1000))
    assert len(kept) <= 500
    assert all(re.fullmatch(r"<@U\d{9}>", token) for token in kept.split())


def test_small_markup() -> None:
    assert bold("a*b<") == "*a\N{ASTERISK OPERATOR}b&lt;*"
    assert code("a`b") == "`a\N{MODIFIER LETTER GRAVE ACCENT}b`"
    assert bold("") == code("") == join(["", None, False, 0]) == ""
    assert join(["<", Safe("<!here>")], " ") == "&lt; <!here>"
    assert sentence("Done") == "Done."
    assert sentence("Done!") == "Done!"
    assert sentence(f"\u2068{HELLO}.\u2069") == f"\u2068{HELLO}.\u2069"
    assert sentence("") == ""
    assert capitalized("été") == "Été"
