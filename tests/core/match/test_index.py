"""An index answers what trying each list in order would, whatever it is made of, and faster where there are many."""

from bisect import bisect_left
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.match import index
from router.core.match.index import MAX_SET_MEMORY, MAX_SET_SIZE, MatcherIndex
from router.core.match.labels import Labels
from router.core.match.matcher import Matcher, Operator, all_match
from router.core.match.patterns import compiled_pattern
from router.core.match.reading import Reading
from tests.bounds import tries
from tests.cost import times_as_dear
from tests.examples import examples

NAMES = st.sampled_from("abc")
PATTERNS = [f"x{number}|.*y{number}" for number in range(12)] + [
    "",
    ".*",
    ".+",
    "(?i)X1",
    "[ab]*a[ab]{300}c",
    "é|y1$",
]
VALUES = ["", "x1", "X1", "x2", "zy1", "zy3", "é", "y1\n", "ab" * 200, "a" * 5_000]
EQUALITIES = st.sampled_from([Operator.EQUAL, Operator.NOT_EQUAL])
PATTERNED = st.sampled_from([Operator.MATCHES, Operator.MATCHES, Operator.NOT_MATCHES])
MATCHERS = st.builds(Matcher, NAMES, EQUALITIES, st.sampled_from(VALUES)) | st.builds(
    Matcher, NAMES, PATTERNED, st.sampled_from(PATTERNS)
)
LISTS = st.lists(st.lists(MATCHERS, max_size=3).map(tuple), max_size=40)
LABELS = st.dictionaries(NAMES, st.sampled_from(VALUES))


def one_by_one(lists: Sequence[tuple[Matcher, ...]], labels: Labels) -> list[int]:
    return [place for place, matchers in enumerate(lists) if all(one.matches(labels) for one in matchers)]


@examples(400)
@given(LISTS, st.lists(LABELS, max_size=4))
def test_an_index_answers_as_trying_each_list_would(lists: list[tuple[Matcher, ...]], seen: list[Labels]) -> None:
    indexed = MatcherIndex(lists)
    for labels in seen:
        assert list(indexed.fulfilled(Reading(labels))) == one_by_one(lists, labels)


@tries("memory of one set in RE2")
def test_a_set_has_so_much_memory(beyond: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one needs is found by trying; the bound then lies so much below it."""
    patterns = [compiled_pattern(f"x{number}.*") for number in range(50)]

    def fits(memory: int) -> bool:
        monkeypatch.setattr(index, "MAX_SET_MEMORY", memory)
        return index._compiled(patterns) is not None

    needed = bisect_left(range(MAX_SET_MEMORY), True, key=fits)
    assert 0 < needed < MAX_SET_MEMORY
    assert fits(needed - beyond) is (beyond <= 0)


@pytest.mark.parametrize("memory", [1 << bits for bits in range(10, 19)])
def test_a_set_that_has_too_little_memory_changes_no_answer(memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MAX_SET_MEMORY", memory)
    lists = [(Matcher("a", Operator.MATCHES, f".*{number}.*|[a-z]{{0,{number}}}-.*"),) for number in range(30)]
    indexed = MatcherIndex(lists)
    for value in ["", "1", "abc-12-def", "9" * 300, "x-" * 100, "".join(map(str, range(30)))]:
        assert list(indexed.fulfilled(Reading({"a": value}))) == one_by_one(lists, {"a": value})


@pytest.mark.parametrize(
    ("few", "many", "matchers"),
    [
        (50, 5_000, lambda number: (Matcher("team", Operator.EQUAL, f"t{number}"),)),
        (
            50,
            5_000,
            lambda number: (
                Matcher("severity", Operator.EQUAL, "critical"),
                Matcher("team", Operator.EQUAL, f"t{number}"),
            ),
        ),
        (50, 500, lambda number: (Matcher("team", Operator.MATCHES, f"t{number}|s{number}-[0-9]+"),)),
    ],
    ids=["equalities", "two equalities", "patterns"],
)
def test_a_hundred_times_the_lists_cost_little_more(
    few: int, many: int, matchers: Callable[[int], tuple[Matcher, ...]]
) -> None:
    def asked(count: int) -> Callable[[], object]:
        indexed = MatcherIndex([matchers(number) for number in range(count)])
        labels = {"alertname": "Down", "severity": "critical", "team": f"t{count - 1}", "instance": "db-1"}
        assert list(indexed.fulfilled(Reading(labels))) == [count - 1]
        return lambda: [list(indexed.fulfilled(Reading(labels))) for _ in range(200)]

    assert times_as_dear(asked(many), asked(few)) < 5


def test_only_what_is_asked_for_is_tried() -> None:
    """A route that takes an alert keeps those after it from being tried."""
    lists = [(Matcher("a", Operator.NOT_EQUAL, "x"),), (Matcher("b", Operator.NOT_EQUAL, "x"),)]
    fulfilled = MatcherIndex(lists).fulfilled(Reading({}))
    assert next(fulfilled) == 0
    assert all_match(lists[1], Reading({}))
    assert list(fulfilled) == [1]


@tries("patterns of one set")
def test_a_set_holds_patterns_up_to_its_bound(beyond: int) -> None:
    texts = [f"{number}" * 190 for number in range(10)]
    texts.append("x" * (MAX_SET_SIZE + beyond - sum(compiled_pattern(text).size for text in texts) - 4))
    patterns = [compiled_pattern(text) for text in texts]
    assert sum(one.size for one in patterns) == MAX_SET_SIZE + beyond
    assert [list(part) for part in index._parts(patterns)] == (
        [patterns] if beyond <= 0 else [patterns[:-1], patterns[-1:]]
    )
