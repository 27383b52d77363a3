"""An alert takes the routes that Alertmanager's tree would give it, and lands in the right notification."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.match.labels import Labels
from router.core.match.matcher import parse_matchers
from router.core.model.key import GroupKey
from router.core.model.rules.inhibit import InhibitRules
from router.core.model.rules.names import ReceiverName
from router.core.model.rules.route import GroupBy, Route
from router.core.route.tree import assign, match
from tests.core.builders import a_route, a_rule, a_tenant, a_timing, alert_of, minutes, observed
from tests.cost import times_as_dear
from tests.examples import examples

TREE = a_route(
    receiver="root",
    routes=[
        a_route(
            'owner="team-A"',
            receiver="A",
            routes=[
                a_route('env="testing"', receiver="A-testing"),
                a_route('env="production"', receiver="A-production", continue_=True),
                a_route('env=~"produ.*",job=~".*"', receiver="A-pager"),
            ],
        ),
        a_route('owner=~"team-(B|C)"', receiver="BC"),
        a_route('owner!="team-D",audit="yes"', receiver="audit", continue_=True),
        a_route('owner!~"team-.*",tier="1"', receiver="tier"),
    ],
)


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ({}, ["root"]),
        ({"owner": "team-D"}, ["root"]),
        ({"owner": "team-A"}, ["A"]),
        ({"owner": "team-A", "env": "staging"}, ["A"]),
        ({"owner": "team-A", "env": "testing"}, ["A-testing"]),
        ({"owner": "team-A", "env": "production"}, ["A-production", "A-pager"]),
        ({"owner": "team-B"}, ["BC"]),
        ({"owner": "team-BC"}, ["root"]),
        ({"owner": "team-C", "audit": "yes"}, ["BC"]),
        ({"audit": "yes"}, ["audit"]),
        ({"audit": "yes", "tier": "1"}, ["audit", "tier"]),
        ({"owner": "team-D", "audit": "yes", "tier": "1"}, ["root"]),
        ({"owner": "x", "tier": "1"}, ["tier"]),
    ],
)
def test_an_alert_takes_the_routes_of_alertmanagers_rule(labels: Labels, receivers: list[str]) -> None:
    assert [route.receiver for route in match(TREE, labels)] == receivers


def test_continue_is_the_childs_and_counts_only_where_it_matched() -> None:
    tree = a_route(
        receiver="root",
        routes=[
            a_route("a=1", receiver="one", continue_=True),
            a_route("a=2", receiver="two"),
            a_route("a=~.*", receiver="all", continue_=True),
            a_route("a=3", receiver="three"),
        ],
    )
    got = {value: [route.receiver for route in match(tree, {"a": value})] for value in "1234"}
    assert got == {"1": ["one", "all"], "2": ["two"], "3": ["all", "three"], "4": ["all"]}


def test_a_grandchilds_continue_does_not_reach_its_parents_siblings() -> None:
    inner = a_route("b=1", receiver="inner", continue_=True)
    tree = a_route(receiver="root", routes=[a_route("a=1", receiver="x", routes=[inner]), a_route(receiver="y")])
    assert [route.receiver for route in match(tree, {"a": "1", "b": "1"})] == ["inner"]


def groups_of(route: Route, group_labels: Labels | None, *label_sets: Labels) -> list[dict[str, str]]:
    alerts = [alert_of(**labels) for labels in label_sets]
    return [dict(one.key.group) for one in assign(a_tenant(route), observed(*alerts, group_labels=group_labels))]


def test_without_group_by_the_senders_grouping_holds() -> None:
    assert groups_of(a_route(), {"job": "x"}, {"alertname": "A"}, {"alertname": "B"}) == [{"job": "x"}]
    assert groups_of(a_route(), {}, {"alertname": "A"}, {"alertname": "B"}) == [{}]


def test_without_any_grouping_alerts_are_grouped_by_name() -> None:
    got = groups_of(a_route(), None, {"alertname": "A", "x": "1"}, {"alertname": "B"}, {"alertname": "A"}, {"x": "1"})
    assert got == [{"alertname": "A"}, {"alertname": "B"}, {}]


def test_group_by_takes_only_the_labels_that_an_alert_has() -> None:
    route = a_route(group_by=["b", "a"])
    got = groups_of(route, {"job": "x"}, {"a": "1", "b": "2", "c": "3"}, {"a": "1"}, {"c": "3"}, {"c": "4"})
    assert got == [{"a": "1", "b": "2"}, {"a": "1"}, {}]


def test_an_empty_group_by_is_one_group() -> None:
    assert groups_of(a_route(group_by=[]), {"job": "x"}, {"a": "1"}, {"a": "2"}) == [{}]


def test_grouping_by_all_labels_gives_each_alert_its_own() -> None:
    route = a_route(group_by=GroupBy.ALL_LABELS)
    assert groups_of(route, {"job": "x"}, {"a": "1"}, {"a": "1", "b": "2"}) == [{"a": "1"}, {"a": "1", "b": "2"}]


def test_siblings_with_equal_matchers_and_receiver_share_one_notification_with_the_firsts_timing() -> None:
    first, second = a_timing(group_wait=minutes(1)), a_timing(group_wait=minutes(2))
    tree = a_route(
        receiver="root",
        routes=[
            a_route("a=1,b=2", receiver="x", continue_=True, timing=first),
            a_route("b=2,a=1", receiver="x", continue_=True, timing=second),
            a_route("a=1,b=2", receiver="y", continue_=True),
        ],
    )
    alert = alert_of(a="1", b="2")
    x, y = assign(a_tenant(tree), observed(alert, alert))
    assert (x.key.receiver, y.key.receiver) == ("x", "y")
    assert x.timing == first
    assert x.seen.alerts == y.seen.alerts, "an alert stands once for each time that it was sent"
    assert a_tenant(tree).timing(x.key.receiver, x.key.path) == first


def test_an_alert_that_was_sent_once_stands_once_in_a_shared_notification() -> None:
    tree = a_route(receiver="r", routes=[a_route("a=1", receiver="x", continue_=True)] * 3)
    (only,) = assign(a_tenant(tree), observed(alert_of(a="1")))
    assert len(only.seen.alerts) == 1


def test_alerts_of_one_body_keep_their_order_within_a_notification() -> None:
    alerts = [alert_of(alertname="A", n=str(n)) for n in range(5)]
    (only,) = assign(a_tenant(), observed(*alerts))
    assert list(only.seen.alerts) == alerts


def test_the_timing_of_a_route_that_is_gone_is_the_roots() -> None:
    root = a_timing(group_wait=minutes(7))
    assert a_tenant(a_route(timing=root)).timing(ReceiverName("gone"), ("x",)) == root


PARTS = st.text(alphabet="ab|", max_size=2)
KEYS = st.builds(
    GroupKey,
    receiver=PARTS.map(ReceiverName),
    path=st.lists(PARTS, max_size=3).map(tuple),
    group=st.lists(st.tuples(PARTS, PARTS), max_size=2).map(tuple),
)


@examples(200)
@given(KEYS, KEYS)
def test_two_notifications_have_the_same_id_only_if_they_are_the_same(one: GroupKey, other: GroupKey) -> None:
    assert (one.group_id == other.group_id) == (one == other)
    assert len(one.group_id) == 32


def test_an_id_does_not_change_between_releases() -> None:
    key = GroupKey(ReceiverName("oncall"), ("{}", 'a="b"'), (("alertname", "Down"),))
    assert key.group_id == "67bebec0f0b0eef345f539605affaf65"


VALUES = st.sampled_from(["", "x", "y"])
LABELS = st.fixed_dictionaries({"a": VALUES, "b": VALUES}).map(
    lambda labels: {name: value for name, value in labels.items() if value}
)
CONDITIONS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["=", "!=", "=~", "!~"]), VALUES), max_size=2
).map(lambda parts: ",".join(f'{name}{operator}"{value}"' for name, operator, value in parts))


@st.composite
def trees(draw: st.DrawFn, depth: int = 2) -> Route:
    children = draw(st.lists(trees(depth=depth - 1), max_size=3)) if depth else []
    name = draw(st.uuids()).hex[:6]
    return a_route(draw(CONDITIONS), receiver=name, continue_=draw(st.booleans()), routes=children)


def receivers_by_the_book(route: Route, labels: Labels) -> list[str]:
    """The rule once more, written as a list of leaves with a flag, not as the code writes it."""
    if not all(matcher.matches(labels) for matcher in route.matchers):
        return []
    below: list[str] = []
    stopped = False
    for child in route.routes:
        if stopped:
            continue
        got = receivers_by_the_book(child, labels)
        below.extend(got)
        stopped = bool(got) and not child.continue_
    return below if below else [route.receiver]


@examples(150)
@given(st.lists(trees(), max_size=3), LABELS)
def test_every_alert_reaches_somebody_as_the_rule_says(children: list[Route], labels: Labels) -> None:
    root = a_route(receiver="root", routes=children)
    got = [route.receiver for route in match(root, labels)]
    assert got == receivers_by_the_book(root, labels)
    assert got


WIDE = st.lists(
    st.builds(
        lambda name, operator, value, going_on: a_route(
            f'{name}{operator}"{value}"', receiver=f"{name}{operator}{value}", continue_=going_on
        ),
        st.sampled_from("ab"),
        st.sampled_from(["=", "=", "!=", "=~", "=~", "=~", "!~"]),
        st.sampled_from([*"xyz", "", *(f"{letter}|w{letter}+" for letter in "xyzuvst"), ".*x", "[xy]{2}"]),
        st.booleans(),
    ),
    max_size=40,
)


@examples(200)
@given(WIDE, st.dictionaries(st.sampled_from("ab"), st.sampled_from(["x", "y", "wxx", "xy", "", "é"])))
def test_many_siblings_are_searched_by_an_index_and_the_rule_is_the_same(
    children: list[Route], labels: Labels
) -> None:
    root = a_route(receiver="root", routes=children)
    assert [route.receiver for route in match(root, labels)] == receivers_by_the_book(root, labels)


def test_a_hundred_times_the_siblings_cost_an_alert_little_more() -> None:
    """1.5 times at most on a machine of its own; it was 36 times, and 3.4 ms an alert."""

    def assigned(siblings: int) -> Callable[[], object]:
        routes = [a_route(f'severity="critical",team="t{n}"', receiver=f"t{n}") for n in range(siblings)]
        tenant = a_tenant(a_route(receiver="root", routes=routes))
        seen = observed(*(alert_of(alertname="Down", severity="critical", team=f"t{n}") for n in range(40, 60)))
        assert {one.key.receiver for one in assign(tenant, seen)} <= {"root", *(f"t{n}" for n in range(40, 60))}
        return lambda: assign(tenant, seen)

    assert times_as_dear(assigned(5_000), assigned(60)) < 3


def test_a_tenant_knows_what_its_patterns_cost_by_the_label_that_they_look_at() -> None:
    tree = a_route(
        receiver="r", routes=[a_route("a=~x+", receiver="x", routes=[a_route("a=~x+,b!~y", receiver="y")])] * 3
    )
    one, other = (matcher.pattern for matcher in tree.routes[0].routes[0].matchers)
    assert one is not None
    assert other is not None
    assert a_tenant(tree).pattern_sizes == {"a": one.size, "b": other.size}


def test_a_printed_path_names_every_matcher_from_the_root_down() -> None:
    assert TREE.routes[0].routes[0].path == ("{}", '{owner="team-A"}', '{env="testing"}')
    assert parse_matchers('{owner="team-A"}') == TREE.routes[0].matchers


def test_the_alerts_that_a_rule_may_hold_back_are_known_as_such_in_every_group() -> None:
    rules = InhibitRules((a_rule("severity=critical", "severity=~warning|info", "cluster"),))
    tenant = replace(a_tenant(a_route(group_by=["alertname"])), inhibit_rules=rules)
    target, source = alert_of(alertname="A", severity="warning"), alert_of(alertname="B", severity="critical")

    found = assign(tenant, observed(target, source))

    assert [one.seen.targets for one in found] == [frozenset({target.alert_id})] * 2
    assert [one.seen.targets for one in assign(a_tenant(), observed(target))] == [frozenset()]
