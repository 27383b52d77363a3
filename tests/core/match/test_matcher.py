"""A matcher compares as Alertmanager's does: anchored, a missing label is empty, and no pattern can hang."""

import pytest

from router.core.match.matcher import Matcher, Operator, all_match, in_order, parse_matchers
from router.core.match.reading import Reading
from tests.cost import cpu_seconds


@pytest.mark.parametrize(
    ("text", "labels", "matches"),
    [
        ("a=b", {"a": "b"}, True),
        ("a=b", {"a": "B"}, False),
        ("a=b", {}, False),
        ('a=""', {}, True),
        ('a=""', {"a": ""}, True),
        ('a=""', {"a": "x"}, False),
        ("a!=b", {}, True),
        ("a!=b", {"a": "b"}, False),
        ('a!=""', {}, False),
        ('a!=""', {"a": "x"}, True),
        ("a=~b.*", {"a": "bcd"}, True),
        ("a=~b", {"a": "abc"}, False),
        ("a=~b", {"a": "bc"}, False),
        ("a=~b", {"a": "ab"}, False),
        ("a=~b|bc", {"a": "bc"}, True),
        ("a=~b|c", {"a": "bd"}, False),
        ("a=~b|c", {"a": "dc"}, False),
        ("a=~.*", {}, True),
        ("a=~.+", {}, False),
        ('a=~""', {}, True),
        ('a=~""', {"a": "x"}, False),
        ("a!~b.*", {"a": "bcd"}, False),
        ("a!~b", {"a": "bc"}, True),
        ("a!~.+", {}, True),
        ('a!~""', {}, False),
        ("a=~b", {"a": "b\n"}, False),
        ("a=~b$", {"a": "b\n"}, False),
        ("a=~^b$", {"a": "b"}, True),
        ("a=~b.c", {"a": "b\nc"}, False),
        (r'a=~"b\\nc"', {"a": "b\nc"}, True),
        ("a=~(?s)b.c", {"a": "b\nc"}, True),
        ("a=~(?i)ABC", {"a": "abc"}, True),
        (r"a=~\d+", {"a": "٣"}, False),
        (r"a=~\pL+", {"a": "é"}, True),
        ("a=~[[:alpha:]]+", {"a": "ab"}, True),
        (r"a=~\Qa.b\E", {"a": "a.b"}, True),
        (r"a=~\Qa.b\E", {"a": "axb"}, False),
        ("a=~..", {"a": "🙂🙂"}, True),
        ("a=~x{,3}", {"a": "x{,3}"}, True),
    ],
)
def test_a_matcher_decides_as_alertmanagers_does(text: str, labels: dict[str, str], matches: bool) -> None:
    (matcher,) = parse_matchers(text) if "{" not in text else [_bare(text)]
    assert matcher.matches(labels) is matches


def _bare(text: str) -> Matcher:
    name, _, value = text.partition("=~")
    return Matcher(name, Operator.MATCHES, value)


@pytest.mark.parametrize("pattern", ["(", "a**", "[", r"(?=a)", r"(a)\\1", "(?P<n", "a{1001}", r"\\8"])
def test_what_is_no_re2_pattern_is_refused_when_it_is_read(pattern: str) -> None:
    with pytest.raises(ValueError, match="RE2"):
        parse_matchers(f'a=~"{pattern}"')


def test_what_is_no_pattern_is_fine_where_none_is_wanted() -> None:
    (matcher,) = parse_matchers('a="("')
    assert matcher.matches({"a": "("})


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a*)*(a*)*(a|aa)+$b", "(.*a){20}b", "(x+x+)+y"])
@pytest.mark.parametrize("value", ["a" * 1_000_000 + "!", "x" * 1_000_000, "é" * 500_000], ids=["a", "x", "é"])
def test_no_pattern_slows_a_worker_whatever_the_label(pattern: str, value: str) -> None:
    """A megabyte of it: RE2 is linear, and patterns see the beginning of a value."""
    (matcher,) = parse_matchers(f'a=~"{pattern}"')
    assert matcher.matches({"a": value}) is (pattern == "(a+)+$" and value[0] == "a")
    assert cpu_seconds(lambda: matcher.matches({"a": value})) < 0.05


def test_a_list_is_ordered_by_name_value_and_operator() -> None:
    matchers = parse_matchers("b=1,a!~1,a=~1,a!=1,a=1,a=0")
    assert list(map(str, in_order(matchers))) == ['a="0"', 'a="1"', 'a!="1"', 'a=~"1"', 'a!~"1"', 'b="1"']


def test_all_matchers_must_hold_and_none_matches_everything() -> None:
    matchers = parse_matchers("a=1,b=~2")
    assert all_match(matchers, Reading({"a": "1", "b": "2"}))
    assert not all_match(matchers, Reading({"a": "1"}))
    assert all_match((), Reading({}))


@pytest.mark.parametrize(
    ("matcher", "printed"),
    [
        (Matcher("a", Operator.EQUAL, "b"), 'a="b"'),
        (Matcher("a", Operator.NOT_EQUAL, 'b\\c"d\n'), r'a!="b\\c\"d\n"'),
        (Matcher("a b", Operator.EQUAL, "c"), '"a b"="c"'),
        (
            Matcher("a\u00a0b", Operator.EQUAL, "c\n\x01\x7f\u200bé🙂\U000e0001"),
            r'"a\u00a0b"="c\n\x01\x7f\u200bé🙂\U000e0001"',
        ),
        (Matcher('a"b\\', Operator.EQUAL, "c"), r'"a\"b\\"="c"'),
        (Matcher("föö", Operator.EQUAL, "c"), 'föö="c"'),
    ],
)
def test_a_matcher_is_printed_as_alertmanager_prints_it_and_read_back(matcher: Matcher, printed: str) -> None:
    assert str(matcher) == printed
    assert parse_matchers(printed) == (matcher,)
