"""What matchers are certain to say about each other holds for every value."""

import pytest

from router.core.match.logic import all_follow, allowed, excludes, exclusive, follows, is_always, negated
from router.core.match.matcher import Matcher, parse_matchers

VALUES = ["", "a", "b", "ab", "a|b", "(a|b)", "^a$", "A", "x\ny", "a b"]
TEXTS = [
    f'n{operator}"{value}"'
    for operator, values in {
        "=": ["", "a", "b", "a|b"],
        "!=": ["", "a", "b"],
        "=~": ["", "a", "a|b", "(a|b)", "^a|b$", "^(a|b)$", "a.*", ".*", ".+", "(?i)a", "|a", "^a", "a$", "a b"],
        "!~": ["", "a", "a|b", "a.*", ".*", ".+"],
    }.items()
    for value in values
]


def one(text: str) -> Matcher:
    [matcher] = parse_matchers(text)
    return matcher


def holds(matcher: Matcher, value: str) -> bool:
    return matcher.matches({"n": value} if value else {})


@pytest.mark.parametrize("second", TEXTS)
def test_what_follows_or_is_excluded_does_for_every_value(second: str) -> None:
    given = one(second)
    for matcher in map(one, TEXTS):
        if follows(matcher, given):
            assert all(holds(matcher, value) or "\n" in value for value in VALUES if holds(given, value))
        if excludes(matcher, given):
            assert not any(holds(matcher, value) and holds(given, value) for value in VALUES)
        assert excludes(matcher, given) is excludes(given, matcher)


@pytest.mark.parametrize("text", TEXTS)
def test_the_values_that_are_allowed_are_the_only_ones(text: str) -> None:
    values = allowed(one(text))
    if values is not None:
        assert values >= {value for value in VALUES if holds(one(text), value)}
        assert all(holds(one(text), value) for value in values)


@pytest.mark.parametrize("text", TEXTS)
def test_a_negated_matcher_is_fulfilled_by_all_others(text: str) -> None:
    assert all(holds(negated(one(text)), value) is not holds(one(text), value) for value in VALUES)


@pytest.mark.parametrize(
    ("matcher", "given"),
    [
        ("n=a", "n=a"),
        ("n!=b", "n=a"),
        ('n!=""', "n=a"),
        ('n!=""', "n=~.+"),
        ("n=~a|b", "n=a"),
        ("n=~a|b|c", "n=~b|a"),
        ("n=~.*", "m=x"),
        ("n!~b.*", "n=a"),
    ],
)
def test_what_follows_is_known(matcher: str, given: str) -> None:
    assert follows(one(matcher), one(given))
    assert not excludes(one(matcher), one(given))


@pytest.mark.parametrize(
    ("matcher", "given"), [("n=a", "n=b"), ("n=a", "n!=a"), ("n=c", "n=~a|b"), ("n=a", "n!~a.*"), ("n=~x.", "n!~x.")]
)
def test_what_is_excluded_is_known(matcher: str, given: str) -> None:
    assert excludes(one(matcher), one(given))
    assert not follows(one(matcher), one(given))


def test_labels_of_other_names_have_nothing_to_do_with_each_other() -> None:
    assert not follows(one("n=a"), one("m=a"))
    assert not excludes(one("n=a"), one("m=b"))


def test_lists_follow_where_each_of_them_does_and_exclude_where_a_pair_does() -> None:
    given = parse_matchers("a=1,b=2")

    assert all_follow((), given)
    assert all_follow(parse_matchers('b=~"2|3",a!="",c=~.*'), given)
    assert not all_follow(parse_matchers("a=1,c=3"), given)
    assert exclusive(parse_matchers("c=3,b=1"), given) == (one("b=1"), one("b=2"))
    assert exclusive(parse_matchers("c=3,c=4"), given) == (one("c=4"), one("c=3"))
    assert exclusive(parse_matchers("c=3"), given) is None
    assert exclusive(parse_matchers("a=2"), given * 100) is None


def test_every_alert_fulfils_what_is_always_true() -> None:
    assert is_always(one("n=~.*"))
    assert not is_always(one("n=~.+"))
    assert not is_always(one("n!~.*"))
