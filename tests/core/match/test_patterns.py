"""Patterns are bounded in length, classes and program, see a bounded part of a value, and equal ones are shared."""

import random
import time
from bisect import bisect_left

import pytest

from router.core.match import patterns
from router.core.match.matcher import Matcher, Operator, parse_matchers
from router.core.match.patterns import (
    MAX_CLASSES,
    MAX_LENGTH,
    MAX_MEMORY,
    MAX_SEEN,
    Pattern,
    compiled_pattern,
    seen,
)
from router.core.match.reading import MAX_WORK, Reading
from tests.bounds import tries
from tests.cost import cpu_seconds

WALKING = "[ab]*a[ab]{900}c"
"""RE2 leaves its automaton for this one and walks: every byte of a value costs all of the program."""


def random_letters(count: int) -> str:
    return "".join(random.Random(7).choices("ab", k=count))


@tries("pattern")
def test_a_longer_pattern_is_refused_by_its_length(beyond: int) -> None:
    length = MAX_LENGTH + beyond
    if beyond <= 0:
        assert compiled_pattern("x" * length).matches(b"x" * length)
        return
    with pytest.raises(ValueError, match=f"a pattern of {MAX_LENGTH + 1} characters; at most {MAX_LENGTH}"):
        compiled_pattern("x" * (MAX_LENGTH + 1))


@tries("Unicode classes of a pattern")
def test_one_unicode_class_more_is_refused(beyond: int) -> None:
    count = MAX_CLASSES + beyond
    if beyond <= 0:
        assert compiled_pattern(r"\pZ" * count).matches(b" " * count)
        return
    with pytest.raises(ValueError, match=f"{MAX_CLASSES + 1} Unicode classes; at most {MAX_CLASSES}"):
        compiled_pattern(r"\pZ" * (MAX_CLASSES + 1))


@tries("memory of a pattern in RE2 (`max_mem`)")
def test_a_pattern_has_so_much_memory(beyond: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one needs is found by trying; the bound then lies so much below it."""

    def fits(memory: int) -> bool:
        monkeypatch.setattr(patterns, "MAX_MEMORY", memory)
        try:
            return Pattern("x" * 500).size > 500
        except ValueError:
            return False

    needed = bisect_left(range(MAX_MEMORY), True, key=fits)
    assert 0 < needed < MAX_MEMORY
    assert fits(needed - beyond) is (beyond <= 0)


@pytest.mark.parametrize("pattern", [r"(?:\pL?){300}x0", r"(?:[^a]{500}|.{500})", r"[\pL\pN]{1,100}"])
def test_a_pattern_whose_program_is_too_large_is_refused_with_the_remedy(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"needs more than 64 KiB when compiled; shorten it or split it"):
        compiled_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "db|storage",
        ".*prod.*",
        r"\pL+",
        r"[\w.+-]+@[\w-]+\.[\w.]+",
        "[^a-z]{200}",
        ".{1,63}",
        "(?i)kube-.*|node-[0-9]+",
    ],
)
def test_what_people_write_fits(pattern: str) -> None:
    assert compiled_pattern(pattern).size < 2_000


@pytest.mark.parametrize("pattern", [r"\C", r"a\C+", r"\\\C", r"\Qa\E\C"])
def test_a_byte_of_a_character_is_no_pattern_in_alertmanager_and_none_here(pattern: str) -> None:
    with pytest.raises(ValueError, match="invalid escape sequence"):
        compiled_pattern(pattern)


@pytest.mark.parametrize(("pattern", "value"), [(r"\\C", r"\C"), (r"\Q\C\E", r"\C"), (r"\Q\C", r"\C"), ("C", "C")])
def test_a_c_that_is_meant_as_one_is(pattern: str, value: str) -> None:
    assert compiled_pattern(pattern).matches(value.encode())


def test_refusing_a_pattern_costs_next_to_nothing() -> None:
    """Without the bound each took RE2 a tenth of a second and 5 MB, with Python's lock held."""
    began = time.thread_time()
    for number in range(20):
        with pytest.raises(ValueError, match="64 KiB"):
            compiled_pattern(rf"(?:\pL?){{300}}x{number}")
    assert time.thread_time() - began < 0.5


def test_equal_patterns_are_one_object_while_somebody_uses_it() -> None:
    one, other = Matcher("a", Operator.MATCHES, "shared-.*"), Matcher("b", Operator.NOT_MATCHES, "shared-.*")
    assert one.pattern is other.pattern
    assert one.pattern is compiled_pattern("shared-.*")


@pytest.mark.parametrize(
    ("value", "limit", "expected"),
    [
        ("", 4, b""),
        ("abc", 4, b"abc"),
        ("abcd", 4, b"abcd"),
        ("abcde", 4, b"abcd"),
        ("éé", 4, "éé".encode()),
        ("aéé", 4, "aé".encode()),
        ("🙂🙂", 4, "🙂".encode()),
        ("🙂", 3, b""),
    ],
)
def test_patterns_see_whole_characters_up_to_the_bound(value: str, limit: int, expected: bytes) -> None:
    assert seen(value, limit) == expected


@tries("what patterns see of a label's value")
def test_what_lies_beyond_what_patterns_see_is_not_looked_at(beyond: int) -> None:
    """The value ends in a letter that does not match."""
    (letters,) = parse_matchers("a=~x*")
    assert letters.matches({"a": "x" * (MAX_SEEN - 1 + beyond) + "!"}) is (beyond > 0)


@pytest.mark.parametrize("operator", [Operator.EQUAL, Operator.NOT_EQUAL])
def test_equality_looks_at_the_whole_value(operator: Operator) -> None:
    text = "x" * (MAX_SEEN + 1)
    assert Matcher("a", operator, text).matches({"a": text}) is (operator is Operator.EQUAL)
    assert Matcher("a", operator, text).matches({"a": text + "y"}) is (operator is Operator.NOT_EQUAL)


def test_a_long_value_against_patterns_that_walk_costs_little() -> None:
    """A label of 150 kB against eight such patterns once delayed everybody by seconds."""
    matchers = [Matcher("a", Operator.MATCHES, WALKING.replace("900", str(900 - number))) for number in range(8)]
    sizes = {"a": sum(one.pattern.size for one in matchers if one.pattern is not None)}
    labels = {"a": random_letters(150_000)}

    def held() -> bool:
        reading = Reading(labels, sizes)
        return any(one.holds(reading) for one in matchers)

    assert not held()
    assert cpu_seconds(held) < 0.25


@tries("patterns against the values of one alert")
def test_so_much_work_is_done_on_values_that_are_seen_whole(beyond: int) -> None:
    size, length = MAX_WORK // 4_000, 4_000
    assert size * length == MAX_WORK
    reading = Reading({"a": "x" * length, "b": "y"}, {"a": size, "b": beyond} if beyond > 0 else {"a": size + beyond})
    assert (len(reading.seen("a")) == length) is (beyond <= 0)


def test_values_are_seen_whole_unless_all_together_cost_too_much() -> None:
    labels = {"a": "x" * MAX_SEEN, "b": "y" * MAX_SEEN, "c": "z" * 10}
    cheap = Reading(labels, {"a": MAX_WORK // MAX_SEEN})
    assert len(cheap.seen("a")) == MAX_SEEN
    dear = Reading(labels, {"a": 5_000, "b": 5_000})
    assert {name: len(dear.seen(name)) for name in labels} == {"a": 50, "b": 50, "c": 10}
    short = Reading({"a": "é" * 25}, {"a": 10_000})
    assert len(short.seen("a")) == 50


def test_a_pattern_is_tried_once_for_one_alert() -> None:
    matchers = [Matcher("a", Operator.MATCHES, WALKING), Matcher("a", Operator.NOT_MATCHES, WALKING)] * 2_000
    reading = Reading({"a": random_letters(MAX_SEEN)})
    began = time.thread_time()
    assert [one.holds(reading) for one in matchers] == [False, True] * 2_000
    assert time.thread_time() - began < 1
