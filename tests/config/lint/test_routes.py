"""Routes that no alert reaches, and those that keep the others from being reached."""

import random
from unittest.mock import Mock

import pytest

from router.config.compile.tenant import compile_tenant
from router.config.lint import takers
from router.config.lint.routes import doubtful_routes
from router.core.match.logic import all_follow
from router.core.route.tree import match
from tests.config.lint.documents import HEAD, RECEIVERS, document_of, warnings, with_routes


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("[x=y]", "[x=y]"),
        ("[x=y]", "[x=y, z=w]"),
        ("[x=~y|z]", "[x=y]"),
        ("[x=~y|z|w]", "[x=~z|y]"),
        ("['x=~\"y.*\"']", "[x=y1]"),
        ("['x!=\"\"']", "[x=y]"),
        ("['x!=\"\"']", "['x=~\"y.+\"']"),
        ("[x!=z]", "[x=y]"),
        ("['x!~\"z.*\"']", "[x=y]"),
        ("['x=~\".*\"', z=w]", "[z=w]"),
        ("['x=~\"a[bc]\"']", "['x=~\"a[bc]\"', d=e]"),
    ],
)
def test_a_route_all_of_whose_alerts_another_takes_is_named_with_that_one(first: str, second: str) -> None:
    text = with_routes(f"{{matchers: {first}}}", f"{{matchers: {second}, receiver: a}}")
    found = [one for one in warnings(text) if "no alert reaches it" in one]

    assert found == [
        "9:7: route.routes[1]: no alert reaches it: route.routes[0] takes all of them; put it before that, or give "
        "that `continue: true`"
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{matchers: [x=y]}", "{matchers: [x=z]}"),
        ("{matchers: [x=y, z=w]}", "{matchers: [x=y]}"),
        ("{matchers: [x=y], continue: true}", "{matchers: [x=y]}"),
        ("{matchers: ['x=~\"y.*\"']}", "{matchers: ['x=~\"y1.*\"']}"),
        ("{matchers: ['x!=\"\"']}", "{matchers: ['x=~\"y*\"']}"),
        ("{matchers: [x!=y]}", "{matchers: [x=~y|z]}"),
        ("{continue: true}", "{matchers: [x=y]}"),
    ],
)
def test_a_route_that_some_alert_may_reach_is_not_named(first: str, second: str) -> None:
    assert warnings(with_routes(first, second)) == []


@pytest.mark.parametrize(
    ("above", "below", "pair"),
    [
        ("[s=critical]", "[s=warning]", '`s="warning"` and `s="critical"`'),
        ("[s=~a|b]", "[s=c]", '`s="c"` and `s=~"a|b"`'),
        ("[s!=a]", "[s=a]", '`s="a"` and `s!="a"`'),
        ("['s=~\"x.*\"']", "['s!~\"x.*\"']", '`s!~"x.*"` and `s=~"x.*"`'),
        ("[a=b]", "[s=x, s=y]", '`s="y"` and `s="x"`'),
    ],
)
def test_conditions_that_exclude_each_other_are_named(above: str, below: str, pair: str) -> None:
    [warning] = warnings(with_routes(f"{{matchers: {above}, routes: [{{matchers: {below}, routes: [{{}}]}}]}}"))

    assert f"route.routes[0].routes[0]: no alert reaches it: {pair} exclude each other" in warning


@pytest.mark.parametrize(
    ("route", "how"), [("{receiver: a}", "has no matchers"), ("{matchers: ['x=~\".*\"']}", "takes every alert")]
)
def test_a_route_that_swallows_those_after_it_is_named_and_they_are_not(route: str, how: str) -> None:
    found = warnings(with_routes(route, "{matchers: [x=y]}", "{matchers: [x=y]}"))

    assert [one for one in found if "never tried" in one] == [
        f"8:7: route.routes[0]: {how}, so the 2 routes after it are never tried; put it last, or give it "
        "`continue: true`"
    ]
    assert not any("routes[1]" in one or "routes[2]" in one for one in found)
    assert not any("never tried" in one for one in warnings(with_routes("{matchers: [x=y]}", route)))


def test_a_grouping_that_is_left_out_is_named_once() -> None:
    text = f"{HEAD}route: {{receiver: a, routes: [{{matchers: [x=y]}}]}}\n{RECEIVERS}"
    [warning] = warnings(text)

    assert warning.startswith("4:1: route: `group_by` is left out, so alerts are grouped as their sender groups them")


@pytest.mark.parametrize("seed", range(20))
def test_no_alert_reaches_a_route_that_is_named(seed: int) -> None:
    """Random trees against all label sets of three labels."""
    drawn = random.Random(seed)
    routes = []
    for _ in range(8):
        names = drawn.sample("pqr", drawn.randrange(1, 4))
        matchers = [
            f"{name}{drawn.choice(['=', '!=', '=~', '!~'])}{drawn.choice(['a', 'b', 'a|b'])}" for name in names
        ]
        routes.append(f"{{matchers: {matchers}, continue: {str(drawn.random() < 0.3).lower()}}}")
    text = with_routes(*routes)
    named = {int(one.split("[")[1].split("]")[0]) for one in warnings(text) if "no alert reaches it" in one}
    tree = compile_tenant(document_of(text), 1).route
    reached = {
        tree.routes.index(route)
        for p in ("", "a", "b", "c", "a|b")
        for q in ("", "a", "b", "c", "a|b")
        for r in ("", "a", "b", "c", "a|b")
        for route in match(tree, {name: value for name, value in zip("pqr", (p, q, r), strict=True) if value})
        if route in tree.routes
    }
    assert not named & reached


@pytest.mark.long
@pytest.mark.parametrize(
    ("matchers", "most"),
    [("[team=t{0}, severity=critical]", 0), ("[team!=t{0}]", 200), ("[team=t{0}, 'service=~\"s.*\"']", 200)],
)
def test_each_of_a_thousand_routes_is_compared_with_few(
    matchers: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = document_of(with_routes(*(f"{{matchers: {matchers.format(number)}}}" for number in range(1_000))))
    compared = Mock(wraps=all_follow)
    monkeypatch.setattr(takers, "all_follow", compared)

    assert list(doubtful_routes(document)) == []
    assert compared.call_count <= most * 1_000
