"""What is traced of an alert's way is the way that it takes, and names the matcher at which a route failed."""

from hypothesis import given
from hypothesis import strategies as st

from router.core.match.labels import Labels
from router.core.model.rules.route import Route
from router.core.route.trace import trace
from router.core.route.tree import match
from tests.core.builders import a_route
from tests.core.route.test_tree import LABELS, WIDE, trees
from tests.examples import examples


@examples(150)
@given(st.lists(trees(), max_size=3) | WIDE, LABELS)
def test_the_routes_that_are_taken_are_those_of_the_tree(children: list[Route], labels: Labels) -> None:
    root = a_route(receiver="root", routes=children)

    assert [one.route for _, one in trace(root, labels).walk() if one.is_taken] == list(match(root, labels))


def test_the_first_matcher_that_does_not_hold_is_named() -> None:
    root = a_route(routes=[a_route('a="1",b="2",c="3"'), a_route('a="1"')])

    missed, taken = trace(root, {"a": "1", "c": "0"}).below

    assert str(missed.failed) == 'b="2"'
    assert (taken.failed, taken.is_taken) == (None, True)


def test_routes_behind_one_that_does_not_continue_are_not_tried() -> None:
    root = a_route(routes=[a_route('a="1"'), a_route('a=~"."')])

    assert [str(one.route.matchers[0]) for one in trace(root, {"a": "1"}).below] == ['a="1"']
