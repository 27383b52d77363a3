"""Heartbeats belong to no group, and what reports one as missing goes to its receiver."""

from dataclasses import replace

from router.config.compile.tenant import compile_tenant
from router.config.read import read_document
from router.core.model.alert import Status
from router.core.model.rules.tenant import Tenant
from router.core.route.heartbeat import LABEL, MISSING, beats
from router.core.route.tree import assign
from tests.config.samples import EXAMPLE
from tests.core.builders import alert_of, observed

NAME = '{alertname="Watchdog",cluster=~"a|b"}'


def a_tenant() -> Tenant:
    entry = """
heartbeats:
  - {matchers: ['alertname="Watchdog"', 'cluster=~"a|b"'], every: 10m, receiver: oncall}
"""
    return compile_tenant(read_document(EXAMPLE + entry, "acme.yaml"), 1)


def test_a_heartbeat_belongs_to_no_group_and_what_comes_with_it_goes_its_way() -> None:
    beat, other = alert_of(alertname="Watchdog", cluster="a"), alert_of(alertname="Watchdog", cluster="c")

    [part] = assign(a_tenant(), observed(beat, other))

    assert part.seen.alerts == (other,)
    assert beats(a_tenant(), (beat, other)) == {NAME}


def test_one_that_has_ended_arrives_no_more_and_makes_no_message_either() -> None:
    ended = replace(alert_of(alertname="Watchdog", cluster="a"), status=Status.RESOLVED)

    assert assign(a_tenant(), observed(ended)) == ()
    assert beats(a_tenant(), (ended,)) == frozenset()


def test_that_one_is_missing_goes_to_its_receiver_wherever_other_alerts_go() -> None:
    [part] = assign(a_tenant(), observed(alert_of(alertname=MISSING, **{LABEL: NAME})))

    assert part.key.receiver == "oncall"
    assert part.key.group == (("alertname", MISSING), (LABEL, NAME))


def test_what_only_looks_like_it_goes_the_way_of_all_alerts() -> None:
    parts = assign(a_tenant(), observed(alert_of(alertname=MISSING, **{LABEL: "{other}"})))

    assert [one.key.receiver for one in parts] == ["default"]
