"""Labels that a tenant ignores tell no alerts apart: equal replicas are one alert, counted once."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.fold.fold import fold
from router.core.fold.reroute import route_again
from router.core.model.alert import Alert, Status, fingerprint, identify
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.observation import Observations
from router.core.model.rules.route import GroupBy
from router.core.model.rules.tenant import Tenant
from router.core.route.identity import identified
from router.core.route.tree import assign
from tests.core.builders import a_route, a_tenant, at, minutes

REPLICA: Final = frozenset({"replica"})
NODE: Final = {"alertname": "NodeDown", "node": "n-1"}


def sent(
    replica: str = "",
    status: Status = Status.FIRING,
    *,
    starts: Instant = at(0),  # noqa: B008 - a number
    ends: Instant = NEVER,
    **more: str,
) -> Alert:
    """An alert as Alertmanager sends it."""
    labels = {**NODE, **({"replica": replica} if replica else {}), **more}
    known = identify(fingerprint(labels), labels)
    return Alert(known, status, labels, {"summary": f"by {replica}"}, starts, ends)


def seen(*alerts: Alert, group: dict[str, str] | None = None) -> Observations:
    return Observations(alerts, at(minutes(5)), "g", group_labels=group)


def ignoring(tenant: Tenant) -> Tenant:
    return replace(tenant, ignored_labels=REPLICA)


def test_alerts_that_differ_in_an_ignored_label_alone_are_one() -> None:
    [one] = identified(seen(sent("a"), sent("b")), REPLICA).alerts
    assert one.labels == NODE
    assert one.alert_id == sent().alert_id


def test_what_differs_otherwise_stays_apart() -> None:
    alerts = identified(seen(sent("a"), sent("b", node="n-2")), REPLICA).alerts
    assert len({one.alert_id for one in alerts}) == 2


def test_a_replica_and_one_without_the_label_are_the_same_alert() -> None:
    assert len(identified(seen(sent("a"), sent()), REPLICA).alerts) == 1


@given(st.permutations([
    sent("a", Status.RESOLVED, ends=at(minutes(4))),
    sent("b", starts=at(minutes(1))),
    sent("c", starts=at(minutes(3))),
]))  # fmt: skip
def test_it_fires_if_any_of_them_does_with_the_latest_start(alerts: list[Alert]) -> None:
    [one] = identified(seen(*alerts), REPLICA).alerts
    assert (one.status, one.starts_at, one.ends_at) == (Status.FIRING, at(minutes(3)), NEVER)
    assert one.annotations == {"summary": "by c"}


@given(st.permutations([sent(name, Status.RESOLVED, ends=at(minutes(n))) for n, name in enumerate("abc")]))
def test_where_all_have_ended_the_last_end_counts(alerts: list[Alert]) -> None:
    [one] = identified(seen(*alerts), REPLICA).alerts
    assert (one.status, one.ends_at) == (Status.RESOLVED, at(minutes(2)))


def test_an_alert_with_no_other_labels_keeps_them() -> None:
    alone = [replace(sent(name), labels={"replica": name}) for name in "ab"]
    assert identified(seen(*alone), REPLICA).alerts == tuple(alone)


@pytest.mark.parametrize("ignored", [frozenset(), frozenset({"pod"})])
def test_without_such_labels_nothing_is_changed(ignored: frozenset[str]) -> None:
    body = seen(sent("a"), sent("b"))
    assert identified(body, ignored) is body


@pytest.mark.parametrize("group_by", [GroupBy.AS_SENT, GroupBy.ALL_LABELS, ("alertname", "replica")])
def test_ignored_labels_group_nothing(group_by: GroupBy | tuple[str, ...]) -> None:
    tenant = ignoring(a_tenant(a_route(group_by=group_by)))
    keys = {
        part.key
        for name in "ab"
        for part in assign(tenant, seen(sent(name), group={"alertname": "NodeDown", "replica": name}))
    }
    [key] = keys
    assert "replica" not in dict(key.group)


def test_ignored_labels_route_nothing() -> None:
    tree = a_route(routes=[a_route('replica="a"', receiver="elsewhere")])
    [part] = assign(ignoring(a_tenant(tree)), seen(sent("a")))
    assert part.key.receiver == "default"


def test_equal_replicas_are_counted_once() -> None:
    [part] = assign(ignoring(a_tenant()), seen(sent("a"), sent("b"), group={"alertname": "NodeDown"}))
    folded = fold(AlertGroup(part.key), part.seen, at(minutes(5)))
    assert (folded.after.firing, folded.entry.accepted, folded.entry.changes) == (1, 1, 1)


def test_a_rule_that_comes_later_leaves_what_is_stored_where_it_belongs() -> None:
    [part] = assign(a_tenant(), seen(sent("a"), sent("b"), group={"alertname": "NodeDown"}))
    stored = fold(AlertGroup(part.key), part.seen, at(minutes(5))).after
    assert len(stored.alerts) == 2
    again = route_again(stored, ignoring(a_tenant()))
    assert (again.arrivals, again.leaving) == ((), frozenset())


def test_a_rule_that_comes_later_brings_replicas_that_were_grouped_apart_together() -> None:
    by_replica = a_route(group_by=("alertname", "replica"))
    [part] = assign(a_tenant(by_replica), seen(sent("a")))
    stored = fold(AlertGroup(part.key), part.seen, at(minutes(5))).after
    again = route_again(stored, ignoring(a_tenant(by_replica)))
    assert [dict(one.key.group) for one in again.arrivals] == [{"alertname": "NodeDown"}]
    assert again.leaving == {sent("a").alert_id}
