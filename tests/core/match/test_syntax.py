"""Matcher text means what it means to Alertmanager, by either grammar and by the rule between them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.match.matcher import Doubt, read_matchers
from router.core.match.syntax import Condition, classic, utf8
from tests.examples import examples

Conditions = list[tuple[str, str, str]]

BOTH: list[tuple[str, Conditions]] = [
    ("", []),
    ("{}", []),
    (" ", []),
    ("foo=bar", [("foo", "=", "bar")]),
    ('foo="bar"', [("foo", "=", "bar")]),
    ("foo!=bar", [("foo", "!=", "bar")]),
    ('foo=~"b.*"', [("foo", "=~", "b.*")]),
    ('foo!~"b.*"', [("foo", "!~", "b.*")]),
    (' foo \t= \n"bar" ', [("foo", "=", "bar")]),
    ('{foo="bar"}', [("foo", "=", "bar")]),
    ('{foo="bar",}', [("foo", "=", "bar")]),
    ('{foo="bar", baz!="qux"}', [("foo", "=", "bar"), ("baz", "!=", "qux")]),
    ("a=b,c=~d,e!~f", [("a", "=", "b"), ("c", "=~", "d"), ("e", "!~", "f")]),
    ('foo=""', [("foo", "=", "")]),
    ('foo="a,b"', [("foo", "=", "a,b")]),
    ('foo="a}"', [("foo", "=", "a}")]),
    ('foo="{a"', [("foo", "=", "{a")]),
    ('foo="a\\"b"', [("foo", "=", 'a"b')]),
    ('foo="a\\\\b"', [("foo", "=", "a\\b")]),
    ('foo="a\\nb"', [("foo", "=", "a\nb")]),
    ('foo=" a "', [("foo", "=", " a ")]),
    ("_a1:b=c", [("_a1:b", "=", "c")]),
    ("foo=äöü", [("foo", "=", "äöü")]),
    ('foo="🙂"', [("foo", "=", "🙂")]),
]

CLASSIC_ONLY: list[tuple[str, Conditions]] = [
    ("foo=", [("foo", "=", "")]),
    ("{foo=}", [("foo", "=", "")]),
    ("foo=bar baz", [("foo", "=", "bar baz")]),
    ("foo==bar", [("foo", "=", "=bar")]),
    ("foo='bar'", [("foo", "=", "'bar'")]),
    ("foo=`bar`", [("foo", "=", "`bar`")]),
    ("{foo=bar", [("foo", "=", "bar")]),
    ("foo=bar}", [("foo", "=", "bar")]),
    (r"foo=a\d", [("foo", "=", r"a\d")]),
    (r'foo=~"\d+"', [("foo", "=~", r"\d+")]),
    (r'foo=~"a\.b"', [("foo", "=~", r"a\.b")]),
    ("foo=\\", [("foo", "=", "\\")]),
    (r"foo=\"bar\"", [("foo", "=", '"bar"')]),
    ('foo="a\nb"', [("foo", "=", "a\nb")]),
    ("foo=a{b}c", [("foo", "=", "a{b}c")]),
    ("foo!=!bar", [("foo", "!=", "!bar")]),
    ("foo=~~bar", [("foo", "=~", "~bar")]),
    ("foo=bar,baz=", [("foo", "=", "bar"), ("baz", "=", "")]),
    ("foo={a}", [("foo", "=", "{a")]),
]

UTF8_ONLY: list[tuple[str, Conditions]] = [
    ("föö=bar", [("föö", "=", "bar")]),
    ("1foo=bar", [("1foo", "=", "bar")]),
    ("foo.bar=baz", [("foo.bar", "=", "baz")]),
    ("foo-bar=baz", [("foo-bar", "=", "baz")]),
    ('"foo bar"="baz"', [("foo bar", "=", "baz")]),
    ('{"foo"="bar"}', [("foo", "=", "bar")]),
    (r'"f\"oo"=~"b\u00e4r"', [('f"oo', "=~", "bär")]),
    ('🙂="bar"', [("🙂", "=", "bar")]),
    (r'"a\x41\101\t"=b', [("aAA\t", "=", "b")]),
    (r'"\U0001F642"=b', [("🙂", "=", "b")]),
    (r'"\xc3\xa4"=b', [("ä", "=", "b")]),
    ('""="bar"', [("", "=", "bar")]),
    ("\vfoo\x1c=bar", [("foo\x1c", "=", "bar")]),
]

DISAGREE: list[tuple[str, Conditions]] = [
    (r'foo="\t"', [("foo", "=", r"\t")]),
    (r'foo="\x41"', [("foo", "=", r"\x41")]),
    (r'foo="\u00e4"', [("foo", "=", r"\u00e4")]),
    (r'foo="\101"', [("foo", "=", r"\101")]),
]

NEITHER = [
    ",",
    "{,}",
    " , ",
    "foo",
    "{foo}",
    "=bar",
    '=""',
    "foo,bar=baz",
    ",foo=bar",
    "foo=bar,,",
    "foo=bar,,baz=qux",
    'foo="bar',
    'foo="bar\\"',
    'foo=bar"',
    'foo="bar"baz',
    'foo="b"a"r"',
    'foo"=bar',
    "foo~bar",
    "{{foo=bar}}",
    r'"\d"=bar',
    r'"\xff"=bar',
    r'"\ud800"=bar',
    r'"\U00110000"=bar',
    '"a\nb"=bar',
    r"""f'o=bar""",
]


def read(text: str) -> list[Condition]:
    return [Condition(one.name, one.operator, one.value) for one in read_matchers(text).matchers]


def expected(conditions: Conditions) -> list[Condition]:
    return [Condition(*condition) for condition in conditions]


@pytest.mark.parametrize(("text", "conditions"), BOTH)
def test_both_grammars_agree_on_ordinary_text(text: str, conditions: Conditions) -> None:
    assert read(text) == classic(text) == expected(conditions)


@pytest.mark.parametrize(("text", "conditions"), CLASSIC_ONLY)
def test_what_only_the_classic_grammar_takes_is_read_by_it(text: str, conditions: Conditions) -> None:
    assert read(text) == expected(conditions)


@pytest.mark.parametrize(("text", "conditions"), UTF8_ONLY)
def test_what_only_the_utf8_grammar_takes_is_read_by_it(text: str, conditions: Conditions) -> None:
    with pytest.raises(ValueError, match=r".+"):
        classic(text)
    assert read(text) == expected(conditions)


@pytest.mark.parametrize(("text", "conditions"), DISAGREE)
def test_where_the_grammars_disagree_the_classic_one_wins(text: str, conditions: Conditions) -> None:
    assert read(text) == expected(conditions)


@pytest.mark.parametrize("text", NEITHER)
def test_what_neither_grammar_takes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(text)


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        (r'foo =~ "\u00e9"', [("foo", "=~", "é")]),
        (r'foo!~"a|\U0001F642",bar=b', [("foo", "!~", "a|🙂"), ("bar", "=", "b")]),
        (r'foo=~"\d"', [("foo", "=~", r"\d")]),
    ],
)
def test_where_one_reading_is_no_pattern_the_other_one_holds(text: str, conditions: Conditions) -> None:
    assert read(text) == expected(conditions)


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        *((text, None) for text, conditions in BOTH if conditions),
        *((text, None) for text, _ in UTF8_ONLY),
        *((text, Doubt.INCOMPATIBLE) for text, _ in CLASSIC_ONLY),
        *((text, Doubt.DISAGREEMENT) for text, _ in DISAGREE),
        ("{}", Doubt.DISAGREEMENT),  # Alertmanager compares an absent list with an empty one
        (r'foo=~"\u00e9"', None),
    ],
)
def test_the_same_texts_are_doubted_as_in_alertmanager(text: str, doubt: Doubt | None) -> None:
    assert read_matchers(text).doubt is doubt


def test_a_comma_outside_quotes_separates_also_after_a_backslash() -> None:
    # pkg/labels/parse.go: only quotes keep a comma from separating; `a\` is then a value with a lone backslash.
    assert read(r"foo=a\,bar=b") == expected([("foo", "=", "a\\"), ("bar", "=", "b")])


def test_an_octal_escape_above_a_byte_is_refused() -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(r'"\501"=b')


NAMES = st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:]{0,5}", fullmatch=True)
OPERATORS = st.sampled_from(["=", "!=", "=~", "!~"])
VALUES = st.text(max_size=8).filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))


def quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
    return f'"{escaped}"'


@examples(200)
@given(st.lists(st.tuples(NAMES, OPERATORS, VALUES), max_size=4), st.booleans(), st.booleans())
def test_any_printed_list_is_read_back(conditions: Conditions, braces: bool, trailing: bool) -> None:
    text = ", ".join(f"{name}{operator}{quoted(value)}" for name, operator, value in conditions)
    text += "," if trailing and conditions else ""
    text = "{" + text + "}" if braces else text
    assert classic(text) == utf8(text) == expected(conditions)


@examples(200)
@given(st.text(alphabet="ab=~!{},\"'\\ \nnxuU0é\ud800", max_size=12))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        conditions = read(text)
    except ValueError:
        return
    assert all(operator in {"=", "!=", "=~", "!~"} for _, operator, _ in conditions)


@pytest.mark.parametrize(
    ("text", "remedy"), [('a=="b"', "one = is enough"), ('a="b"c"', 'write \\" for a quote inside a value')]
)
def test_a_quote_that_is_out_of_place_has_a_remedy(text: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=re.escape(remedy)):
        read_matchers(text)
