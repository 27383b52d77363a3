"""Every bound of a template, just below it, at it and above."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable

import pytest

from router.core.template.check import _look, _parse, _Scope, _Walk
from router.core.template.compile import _ENVIRONMENT, compile_part
from router.core.template.filters import _CALL, Budget, UnusableError
from router.core.template.flaw import FlawedError
from router.core.template.language import (
    MAX_DEPTH,
    MAX_ITEMS,
    MAX_LOOPS,
    MAX_NODES,
    MAX_NUMBER,
    MAX_OUTPUT,
    MAX_SOURCE,
    MAX_STEPS,
    MAX_WORK,
    PARTS,
)
from tests.bounds import tries
from tests.core.template.test_compile import failure, printed

BEYOND = (-1, 0, 1)


def walked(source: str) -> _Walk:
    """What is counted of a template."""
    walk = _Walk(PARTS["title"])
    for node in _parse(source, _ENVIRONMENT).body:
        _look(node, walk, _Scope())
    return walk


def looping(steps: int) -> str:
    """A template of so many steps, most of them in two loops."""

    def source(inner: int, outer: int) -> str:
        loops = "{% for a in labels %}{% for b in labels %}" + "{{name}}" * inner + "{% endfor %}{% endfor %}"
        return "{{name}}" * outer + loops

    inner = bisect_right(range(41), steps, key=lambda count: walked(source(count, 1)).steps) - 1
    outer = bisect_left(range(400), steps, key=lambda count: walked(source(inner, count)).steps)
    assert walked(source(inner, outer)).steps == steps
    return source(inner, outer)


SYNTAX: dict[str, tuple[int, Callable[[int], str], str]] = {
    "source": (MAX_SOURCE, lambda n: "x" * n, "too long"),
    "source of wide characters": (MAX_SOURCE, lambda n: "é" * (n // 2) + "x" * (n % 2), "too long"),
    "nodes": (MAX_NODES, lambda n: "{{name}}" * (n - 1), "too long"),
    "depth": (MAX_DEPTH, lambda n: "{{ name" + "|upper" * (n - 1) + " }}", "too deeply"),
    "loops": (MAX_LOOPS, lambda n: "{% for a in labels %}" * n + "{% endfor %}" * n, "no deeper"),
    "steps": (MAX_STEPS, looping, "too much in its loops"),
    "number": (MAX_NUMBER, lambda n: f"{{{{ name | truncate({n}) }}}}", "at most"),
}


@tries(
    "source of a part",
    "elements of a part",
    "depth of a part",
    "loops in loops",
    "steps of a part, each as often as loops may go round",
    "number in a template",
)
@pytest.mark.parametrize("kind", SYNTAX)
def test_a_template_is_read_up_to_the_bound_and_beyond_it_refused(kind: str, beyond: int) -> None:
    bound, source_of, reason = SYNTAX[kind]
    if beyond <= 0:
        compile_part("title", source_of(bound + beyond))
        return
    with pytest.raises(FlawedError, match=reason):
        compile_part("title", source_of(bound + beyond))


@tries("items that a loop goes over")
def test_a_loop_goes_over_so_many(beyond: int) -> None:
    labels = {str(number): "x" for number in range(MAX_ITEMS + beyond)}
    assert printed("{% for a in labels %}x{% endfor %}", labels=labels) == "x" * min(MAX_ITEMS, len(labels))


@tries("printed part")
def test_a_part_prints_so_many_characters_or_the_built_in_one_stands_in(beyond: int) -> None:
    first, second = "x" * 1_000, "x" * (MAX_OUTPUT - 1_000 + beyond)
    source = "{{ name }}{{ subject }}"
    if beyond <= 0:
        assert len(printed(source, name=first, subject=second) or "") == MAX_OUTPUT + beyond
        return
    assert "more than 4000 characters" in failure(source, name=first, subject=second)


@tries("what the filters of one message are given")
def test_the_filters_of_one_message_are_given_so_many_characters(beyond: int) -> None:
    budget = Budget()
    text = "x" * (MAX_WORK - _CALL + beyond)
    if beyond <= 0:
        budget.spend(text)
        return
    with pytest.raises(UnusableError, match="too much for one message"):
        budget.spend(text)
