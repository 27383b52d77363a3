"""Observations of one body: the body's facts stay with every part of it."""

from dataclasses import replace

from router.core.model.alert import Webhook
from router.core.model.observation import Observations, observations
from tests.core.builders import START, an_alert

ALERTS = tuple(an_alert(str(number)) for number in range(5))
WEBHOOK = Webhook(ALERTS, (), {"team": "db"}, "sender", truncated=True)


def test_a_webhook_observed_is_its_alerts_with_the_facts_of_its_body() -> None:
    assert observations(WEBHOOK, START) == Observations(ALERTS, START, "sender", True, {"team": "db"})


def test_portions_hold_every_alert_once_in_order() -> None:
    seen = observations(WEBHOOK, START)

    portions = list(seen.chunks(2))

    assert [len(one.alerts) for one in portions] == [2, 2, 1]
    assert tuple(alert for one in portions for alert in one.alerts) == ALERTS
    assert {(one.observed, one.sender_group, one.truncated) for one in portions} == {(START, "sender", True)}


def test_that_all_have_ended_holds_once_the_last_portion_is_in() -> None:
    seen = observations(replace(WEBHOOK, all_ended=True), START)

    assert [one.all_ended for one in seen.chunks(2)] == [False, False, True]


def test_no_alerts_are_no_portions() -> None:
    assert list(observations(WEBHOOK, START).only(()).chunks(2)) == []


def test_that_all_have_ended_is_a_portion_by_itself() -> None:
    alone = observations(replace(WEBHOOK, all_ended=True), START).only(())

    assert list(alone.chunks(2)) == [alone]
