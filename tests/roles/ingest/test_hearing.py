"""What is folded of Alertmanager's events, and what becomes of the others."""

import json

import pytest

from router.core.model.alert import TenantId
from router.core.model.instant import SECOND
from router.roles.ingest.event_topics import EventTopic
from router.roles.ingest.origins import Unsigned
from tests.adapters.builders import ACME
from tests.fakes.faults import Fault
from tests.roles.heard import EVENTS, LISTED_DB_2, a_router
from tests.roles.signing import NEW
from tests.roles.upstream import (
    DB_1,
    DB_2,
    RECEIVER,
    Written,
)


async def test_an_alert_that_was_just_grouped_is_asked_about_at_once_and_once() -> None:
    router = await a_router()
    grouped = [one for one in EVENTS if one.kind == "alertGrouped" and "db-2" in one.text]
    router.worker.alertmanager.groups = [LISTED_DB_2]
    await router.take(*grouped)
    await router.comparing.look_for_news()
    await router.fold_appended()
    assert router.states() == {DB_2: "FIRING"}

    router.site.clock.advance(10 * SECOND)
    await router.take(*grouped)
    await router.comparing.look_for_news()
    assert router.worker.alertmanager.listed_for == [RECEIVER]


async def test_a_tenant_whose_alertmanager_cannot_be_asked_gets_no_alerts_from_events() -> None:
    router = await a_router(alertmanager="")
    await router.take(*EVENTS)
    await router.compare(LISTED_DB_2, times=2)
    assert router.states() == {}
    assert router.outcomes()["refused"] > 0
    assert router.worker.alertmanager.listed_for == []


async def test_alerts_of_a_shared_topic_go_to_whose_label_they_bear_and_others_to_nobody() -> None:
    first = next(one for one in EVENTS if one.kind == "notification")
    ours = EventTopic(label="instance", tenants={"db-1": TenantId(ACME)}, receiver=RECEIVER)
    router = await a_router(topic=ours)
    await router.take(first)
    assert router.states() == {DB_1: "FIRING"}
    assert router.outcomes() == {"folded": 1, "foreign": 1}


async def test_while_a_tenants_redis_does_not_answer_its_events_are_held_as_bodies_are() -> None:
    router = await a_router()
    first = next(one for one in EVENTS if one.kind == "notification")
    router.site.groups.faults.strike = lambda method: Fault.REFUSED if method == "load_parts" else None
    await router.take(first)
    [(reason, _)] = router.site.held
    assert reason == "unavailable"

    router.site.groups.faults.strike = None
    router.site.clock.advance(10 * SECOND)
    await router.worker.held.look()
    await router.worker.settle_down()
    assert router.states() == {DB_1: "FIRING", DB_2: "FIRING"}
    await router.compare(LISTED_DB_2, times=4)
    assert router.states() == {DB_1: "ENDED", DB_2: "FIRING"}, "that it was heard is kept with it"


async def test_what_is_made_of_events_and_of_the_list_is_signed_and_comes_back_when_it_was_held() -> None:
    router = await a_router(signing=NEW, unsigned=Unsigned.BOUND_ONLY)
    router.site.groups.faults.strike = lambda method: Fault.REFUSED if method == "load_parts" else None
    await router.take(next(one for one in EVENTS if one.kind == "notification"))
    router.site.groups.faults.strike = lambda _: None
    router.site.clock.advance(10 * SECOND)
    await router.worker.held.look()
    await router.worker.settle_down()
    assert router.states()[DB_1] == "FIRING"

    await router.compare(LISTED_DB_2)
    assert router.states()[DB_2] == "FIRING"
    assert router.site.dead == []


async def test_events_of_other_receivers_are_passed() -> None:
    router = await a_router()
    await router.take(*(one for one in EVENTS if '"receiverName":"quiet"' in one.text))
    assert router.outcomes() == {"ignored": 1}


@pytest.mark.parametrize(
    "data",
    [
        {"alertGrouped": {}},
        {"alertGrouped": {"groupInfo": {"receiverName": RECEIVER, "groupKey": "k"}, "alert": {"fingerprint": "x"}}},
        {"notification": {"groupInfo": {"receiverName": RECEIVER, "groupKey": "k"}, "alerts": [1]}},
        {"notification": 1},
    ],
)
async def test_one_of_another_form_is_counted_and_passed(data: object) -> None:
    router = await a_router()
    at = router.site.clock.time
    await router.take(Written(at, "event", json.dumps({"data": data})))
    assert router.outcomes() == {"unreadable": 1}
