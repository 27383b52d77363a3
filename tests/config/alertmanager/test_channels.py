"""A route to a receiver with several channels notifies all of them of the same groups, wherever it stands."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.config.alertmanager.document import Imported, import_alertmanager
from router.config.check import check
from router.config.compile.tenant import compile_tenant
from router.config.document.tenant import TenantDocument
from router.core.match.matcher import all_match, parse_matchers
from router.core.match.reading import Reading
from router.core.model.rules.route import Route
from router.core.route.tree import match
from tests.examples import examples

CHANNELS: Final = {"a": 2, "b": 3, "c": 1}
LABELS: Final = [
    {name: value for name, value in (("x", x), ("y", y)) if value} for x, y in product(("", "1", "2"), repeat=2)
]
Plain = dict[str, Any]
Groups = Counter[tuple[str, frozenset[int], str, str]]
"""Of each route: where it goes, which of `LABELS` it takes, how it groups and when it is muted."""

matchers = st.sampled_from(['x="1"', 'x!="1"', 'x=~"1|2"', 'y="1"', 'y!~"2"', '{x="1",y="2"}', "{}"])
leaves = st.fixed_dictionaries(
    {},
    optional={
        "receiver": st.sampled_from(sorted(CHANNELS)),
        "matchers": st.lists(matchers, max_size=2),
        "continue": st.booleans(),
        "group_by": st.sampled_from([["x"], ["y"]]),
        "mute_time_intervals": st.just(["night"]),
    },
)
trees = st.recursive(
    leaves,
    lambda below: st.builds(lambda one, routes: {**one, "routes": routes}, leaves, st.lists(below, max_size=4)),
    max_leaves=12,
)


def imported(routes: list[Plain], receiver: str = "a") -> Imported:
    slack = {name: [{"channel": f"#{name}-{at}"} for at in range(1, count + 1)] for name, count in CHANNELS.items()}
    original = {
        "route": {"receiver": receiver, "routes": routes},
        "receivers": [{"name": name, "slack_configs": configs} for name, configs in slack.items()],
        "time_intervals": [{"name": "night", "time_intervals": [{}]}],
    }
    return import_alertmanager(json.dumps(original), "acme", "am.yml")


FEW: Final = examples(40)
any_routes = st.lists(trees, max_size=4), st.sampled_from(sorted(CHANNELS))


@FEW
@given(*any_routes)
def test_every_channel_gets_the_groups_that_its_receiver_has_in_alertmanager(routes: list[Plain], root: str) -> None:
    assert_same_groups(routes, root)


@pytest.mark.long
@pytest.mark.night
@examples(500)
@given(*any_routes)
def test_so_it_does_in_very_many_trees(routes: list[Plain], root: str) -> None:
    assert_same_groups(routes, root)


def assert_same_groups(routes: list[Plain], root: str) -> None:
    found = imported(routes, root)
    assert found.leftovers == ()
    assert groups_here(found) == groups_there({"receiver": root, "group_by": [], "routes": routes})


def groups_here(found: Imported) -> Groups:
    document = check(found.document)
    assert isinstance(document, TenantDocument), document
    tenant = compile_tenant(document, 1)
    taken = [match(tenant.route, labels) for labels in LABELS]
    groups: Groups = Counter()
    for route in tenant.route.walk():
        alerts = frozenset(at for at, routes in enumerate(taken) if any(one is route for one in routes))
        channel = tenant.receivers[route.receiver].channel
        if alerts and channel:
            groups[str(channel), alerts, str(route.group_by), _muted(route)] += 1
    return groups


def _muted(route: Route) -> str:
    return ",".join(one.name for one in route.intervals.mute)


def groups_there(root: Plain) -> Groups:
    nodes = list(_inheriting(root, {}))
    taken = [[id(one) for one in _takers(root, labels)] for labels in LABELS]
    groups: Groups = Counter()
    for own, inherited in nodes:
        alerts = frozenset(at for at, ids in enumerate(taken) if id(own) in ids)
        name, muted = inherited["receiver"], ",".join(own.get("mute_time_intervals", ()))
        for channel in range(1, CHANNELS[name] + 1 if alerts else 1):
            groups[f"#{name}-{channel}", alerts, str(tuple(inherited["group_by"])), muted] += 1
    return groups


def _inheriting(route: Plain, above: Plain) -> Iterator[tuple[Plain, Plain]]:
    own: Plain = {key: route[key] for key in ("receiver", "group_by") if key in route}
    inherited = {**above, **own}
    yield route, inherited
    for child in route.get("routes", ()):
        yield from _inheriting(child, inherited)


def _takers(route: Plain, labels: Mapping[str, str]) -> list[Plain]:
    """Alertmanager's `Route.Match` (dispatch/route.go)."""
    if not all(all_match(parse_matchers(text), Reading(labels)) for text in route.get("matchers", ())):
        return []
    found: list[Plain] = []
    for child in route.get("routes", ()):
        below = _takers(child, labels)
        found += below
        if below and not child.get("continue"):
            break
    return found or [route]
