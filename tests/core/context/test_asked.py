"""What is asked of Prometheus is about the alerts that fire, or about all once that is over."""

from dataclasses import replace
from typing import Final

from router.core.context.asked import Asked, asked_of, undrawn_of
from router.core.context.undrawn import Undrawn
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertContent, AlertState
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.registers import Registers
from router.core.model.rules.context import OnlyLabel, PrometheusAccess
from tests.core.builders import a_group, a_receiver, a_tenant

LINK: Final = "http://p/graph?g0.expr={}+%3E+1"
FIRING, OVER = Registers(Instant(10), NEVER, Instant(10)), Registers(Instant(5), Instant(9), Instant(5), Instant(9))


def an_alert(name: str, registers: Registers, link: str = LINK.format("x"), **annotations: str) -> AlertState:
    content = AlertContent({"alertname": "A", "instance": name}, annotations, link, Instant(1))
    return AlertState(registers, content=content)


def a_group_of(*alerts: AlertState) -> AlertGroup:
    known = {AlertId(str(number)): one for number, one in enumerate(alerts)}
    return a_group(alerts=known, firing=sum(one.registers.firing for one in alerts))


def test_while_something_fires_it_is_about_what_fires() -> None:
    found = asked_of(a_group_of(an_alert("a", FIRING, unit="bytes"), an_alert("b", OVER)))

    assert found == Asked("A", "x > 1", ({"alertname": "A", "instance": "a"},), Instant(10), NEVER, "bytes")


def test_once_it_is_over_it_is_about_all_of_it() -> None:
    later = Registers(Instant(7), Instant(8), Instant(7), Instant(8))
    found = asked_of(a_group_of(an_alert("a", OVER), an_alert("b", later, LINK.format("y"))))

    assert isinstance(found, Asked)
    assert found.expression == "y > 1"
    assert [one["instance"] for one in found.alerts] == ["a", "b"]
    assert (found.start, found.end) == (Instant(5), Instant(9))


def test_an_alert_of_another_name_has_another_rule() -> None:
    other = AlertState(FIRING, content=AlertContent({"alertname": "B"}, {}, LINK.format("z"), Instant(1)))
    found = asked_of(a_group_of(an_alert("a", FIRING), other))

    assert isinstance(found, Asked)
    assert len(found.alerts) == 1


def test_of_what_is_not_loaded_nothing_is_asked() -> None:
    assert asked_of(a_group(firing=3)) is Undrawn.NO_EXPRESSION
    assert asked_of(a_group(firing=1, alerts={AlertId("b"): an_alert("b", OVER)})) is Undrawn.NO_EXPRESSION
    assert asked_of(a_group()) is Undrawn.NO_EXPRESSION


def test_a_link_without_an_expression_is_a_reason() -> None:
    assert asked_of(a_group_of(an_alert("a", FIRING, "http://grafana/x"))) is Undrawn.NO_EXPRESSION


def test_why_there_is_no_chart_is_known_without_asking_anybody() -> None:
    firing = a_group_of(an_alert("a", FIRING))
    link, absent = LINK.format("x"), "http://p/graph?g0.expr=absent%28up%29"
    asks = replace(a_tenant(receivers=[a_receiver()]), prometheus=PrometheusAccess("http://p"))

    assert undrawn_of(a_tenant(), firing) is None
    assert undrawn_of(asks, firing) is None
    assert undrawn_of(asks, a_group_of(an_alert("a", FIRING, absent))) is Undrawn.ABSENT
    assert undrawn_of(asks, a_group_of(an_alert("a", FIRING, "http://grafana/x"))) is Undrawn.NO_EXPRESSION
    without = {name: replace(one, chart=False) for name, one in asks.receivers.items()}
    assert undrawn_of(replace(asks, receivers=without), firing) is Undrawn.NOT_WANTED
    either = link.replace("x+%3E+1", "%7Ba%3D%22b%22+or+c%3D%22d%22%7D+%3E+1")
    narrowed = replace(asks, prometheus=PrometheusAccess("http://p", only=OnlyLabel("tenant", "acme")))
    assert undrawn_of(narrowed, a_group_of(an_alert("a", FIRING, either))) is Undrawn.NOT_ENFORCED
