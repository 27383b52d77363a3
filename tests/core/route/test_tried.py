"""The way that is shown is the way that an alert takes."""

import random

import pytest

from router.core.model.rules.route import Route
from router.core.route.tree import match
from router.core.route.tried import tried
from tests.core.builders import a_route


def a_tree(drawn: random.Random, depth: int = 0) -> Route:
    matchers = ",".join(
        f"{name}{drawn.choice(['=', '!=', '=~'])}{drawn.choice('xy')}"
        for name in drawn.sample("abc", drawn.randrange(3))
    )
    below = tuple(a_tree(drawn, depth + 1) for _ in range(drawn.randrange(4 - depth)))
    return a_route("" if depth == 0 else matchers, routes=below, continue_=drawn.random() < 0.4)


@pytest.mark.parametrize("seed", range(40))
def test_the_routes_taken_are_those_of_the_tree_in_its_order(seed: int) -> None:
    drawn = random.Random(seed)
    tree = a_tree(drawn)
    for _ in range(20):
        labels = {name: drawn.choice("xyz") for name in drawn.sample("abc", drawn.randrange(4))}
        way = tried(tree, labels)
        assert [id(one.route) for one in way.walk() if one.taken] == [id(route) for route in match(tree, labels)]


def test_each_route_tried_names_the_first_matcher_that_failed_and_how_many_were_not_tried() -> None:
    tree = a_route(
        "",
        routes=(
            a_route("a=1,b=2"),
            a_route("a=1", continue_=True, routes=(a_route("c=3"),)),
            a_route("b=9"),
            a_route("c=3"),
        ),
    )
    way = tried(tree, {"a": "1", "b": "9"})

    assert (way.matched, way.taken, way.untried) == (True, False, 1)
    assert [(str(one.failed), one.taken) for one in way.below] == [('b="2"', False), ("None", True), ("None", True)]
    assert [str(one.failed) for one in way.below[1].below] == ['c="3"']
    assert way.below[0].untried == 0
