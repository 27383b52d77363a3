"""Alerts taken from Alertmanager's events and its list, without a gateway or beside one."""

import asyncio
import json
from collections.abc import Sequence
from typing import Final
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.app.reading import apart
from router.core.model.alert import AlertId, Fingerprint, TenantId
from router.core.model.instant import MINUTE, NEVER, SECOND, Instant, parse_rfc3339
from router.core.model.muted import KnownAlert, ListedAlert, Muted, MutedBy
from router.ports.kafka import Record, Stamped
from router.roles.comparing.appending import MAX_APPENDED
from router.roles.ingest.event_topics import EventTopic
from router.roles.ingest.hearing import Hearing
from tests.adapters.builders import ACME
from tests.bounds import tries
from tests.fakes.faults import Fault
from tests.roles.builders import INBOUND, a_document
from tests.roles.upstream import (
    CLUSTER,
    DB_1,
    DB_2,
    DISK,
    RECEIVER,
    TOPIC,
    Written,
    comparing,
    listening,
    recorded,
    shown,
)
from tests.roles.worker import Worker, a_site, a_worker

ADDRESS: Final = "http://alertmanager:9093"
OURS: Final = EventTopic(TenantId(ACME), receiver=RECEIVER)
EVENTS: Final = [one for one in recorded() if one.is_event]
LAST: Final = recorded()[-1].at
OVER: Final = {"RESOLVED", "ENDED", "NOTHING"}
BY_ANA: Final = Muted(MutedBy.SILENCED, "s1", NEVER, "ana")


def listed(name: str, fingerprint: str, muted: Muted | None = None, *, ends: Instant = NEVER) -> ListedAlert:
    """An alert of the recording's disks as the API lists it."""
    labels = {**DISK, "instance": name, "severity": "critical" if name == "db-2" else "warning"}
    starts = parse_rfc3339("2026-11-26T00:21:05.984275603Z")
    summary = {"summary": "Disk 97 % full"}
    return ListedAlert(KnownAlert(Fingerprint(fingerprint), labels, muted), DISK, summary, starts, ends)


LISTED_DB_2: Final = listed("db-2", "a853daf3f46740c4")


class Router:
    """A worker that takes alerts from events, and compares."""

    def __init__(self, worker: Worker, topic: EventTopic = OURS) -> None:
        self.worker, self.site = worker, worker.site
        self.comparing = comparing(worker)
        hearing = Hearing(worker.tenants, self.comparing, worker.metrics, {TOPIC: topic})
        self._handle = apart(worker.ingest.handle, hearing, listening(worker))
        self._read = 0

    async def take(self, *written: Written) -> None:
        """Records of one batch, and the calls that they cause."""
        await self._handle([one.record() for one in written])
        await self.worker.settle_down()

    async def compare(self, *alerts: ListedAlert, times: int = 1) -> None:
        """Alertmanager lists these, as many minutes long, and what that appends is folded."""
        self.worker.alertmanager.groups = list(alerts)
        self.worker.alertmanager.known = [one.known for one in alerts]
        for _ in range(times):
            self.site.clock.advance(MINUTE)
            await self.comparing.look()
            await self.fold_appended()

    async def fold_appended(self) -> None:
        """Fold what was appended to the inbound topic meanwhile."""
        found = [one for one in self.site.records.records if one.topic == INBOUND]
        now, news = self.site.clock.time, found[self._read :]
        self._read = len(found)
        await self._handle([
            Record(INBOUND, 0, 0, now, one.key, one.value, tuple(one.all_headers), Stamped.BY_BROKER) for one in news
        ])  # fmt: skip
        await self.worker.settle_down()

    def states(self) -> dict[AlertId, str]:
        """How the alerts of the recording are shown."""
        return {alert: state for alert, (state, _) in shown(self.worker).items()}

    def outcomes(self) -> dict[str, float]:
        """What became of events."""
        samples = next(
            one.samples
            for one in self.worker.metrics.registry.collect()
            if one.name == "alert_router_alertmanager_events"
        )
        return {one.labels["outcome"]: one.value for one in samples if one.name.endswith("_total") and one.value}


async def a_router(at: Instant = LAST, alertmanager: str = ADDRESS, topic: EventTopic = OURS) -> Router:
    site = await a_site()
    site.clock.time = Instant(at + SECOND)
    document = a_document(route="  group_interval: 100ms", alertmanager=alertmanager)
    await site.open(ACME, document)
    return Router(await a_worker(site), topic)


def posts(router: Router) -> int:
    """How many messages were posted, without replies."""
    return sum(one.call.method == "chat.postMessage" and one.call.parent is None for one in router.site.slack.calls)


async def in_any_order(written: Sequence[Written]) -> None:
    router = await a_router()
    for one in written:
        await router.take(one)
    await router.compare(LISTED_DB_2, times=4)
    states = router.states()
    assert states.pop(DB_2) == "FIRING"
    assert set(states.values()) <= OVER
    assert len({alert for alert in states if alert in {DB_1, CLUSTER}}) == len(states)


@given(st.permutations(range(len(EVENTS))), st.sets(st.sampled_from(range(len(EVENTS)))))
@settings(max_examples=25, deadline=None)
def test_by_events_alone_in_any_order_with_any_lost_slack_ends_in_the_truth(order: list[int], lost: set[int]) -> None:
    asyncio.run(in_any_order([EVENTS[place] for place in order if place not in lost]))


async def both_in_any_order(written: Sequence[Written]) -> None:
    router = await a_router()
    for one in written:
        await router.take(one)
    await router.compare(LISTED_DB_2, times=4)
    states = router.states()
    assert states.pop(DB_2) == "FIRING"
    assert set(states.values()) <= OVER
    assert posts(router) <= len({DISK["alertname"], "ClusterDown"})


@given(st.permutations(range(len(recorded()))), st.sets(st.sampled_from(range(len(EVENTS)))))
@settings(max_examples=15, deadline=None)
def test_by_both_sources_in_any_order_with_any_events_lost_each_group_is_one_message(
    order: list[int], lost: set[int]
) -> None:
    gone = {id(EVENTS[place]) for place in lost}
    written = [recorded()[place] for place in order]
    asyncio.run(both_in_any_order([one for one in written if id(one) not in gone]))


async def test_without_any_event_the_list_alone_is_shown() -> None:
    router = await a_router()
    await router.compare(LISTED_DB_2)
    assert router.states() == {DB_2: "FIRING"}


async def test_both_sources_are_one_message_that_is_not_repeated() -> None:
    """Both by the same group: a webhook's alert is the event's."""
    both, bodies = await a_router(recorded()[0].at), await a_router(recorded()[0].at)
    both.worker.alertmanager.is_away = bodies.worker.alertmanager.is_away = True
    for one in recorded():
        for router in (both, bodies):
            router.site.clock.time = max(router.site.clock.time, one.at)
        await both.take(one)
        if not one.is_event:
            await bodies.take(one)
    both.worker.alertmanager.is_away = False
    await both.compare(LISTED_DB_2, times=3)
    await bodies.worker.settle_down()
    assert both.states() == bodies.states()
    assert posts(both) == posts(bodies) == 2


async def test_a_lost_resolve_is_found_out_by_the_list_and_shown_as_ended() -> None:
    router = await a_router(recorded()[0].at)
    first = next(one for one in EVENTS if one.kind == "notification")
    router.site.clock.time = first.at
    await router.take(first)
    assert router.states() == {DB_1: "FIRING", DB_2: "FIRING"}
    await router.compare(LISTED_DB_2)
    assert router.states()[DB_1] == "FIRING"
    await router.compare(LISTED_DB_2, times=3)
    assert router.states() == {DB_1: "ENDED", DB_2: "FIRING"}


async def test_one_that_is_listed_with_its_end_is_resolved() -> None:
    router = await a_router(recorded()[0].at)
    first = next(one for one in EVENTS if one.kind == "notification")
    router.site.clock.time = first.at
    await router.take(first)
    await router.compare(LISTED_DB_2, listed("db-1", "69753bd921cca5e2", ends=Instant(first.at + SECOND)))
    assert router.states() == {DB_1: "RESOLVED", DB_2: "FIRING"}


async def test_what_is_muted_there_is_not_notified_of_until_it_is_not() -> None:
    router = await a_router()
    grouped = [one for one in EVENTS if one.kind == "alertGrouped" and "db-2" in one.text]
    await router.take(*grouped)
    await router.comparing.look_for_news()
    await router.compare(listed("db-2", "a853daf3f46740c4", BY_ANA), times=2)
    assert router.states() == {}
    await router.compare(LISTED_DB_2)
    assert router.states() == {DB_2: "FIRING"}


async def test_what_is_shown_and_then_muted_is_shown_so_and_fires_again_in_its_message() -> None:
    router = await a_router()
    await router.compare(LISTED_DB_2)
    await router.compare(listed("db-2", "a853daf3f46740c4", BY_ANA))
    assert shown(router.worker) == {DB_2: ("MUTED", "ana")}
    await router.compare(LISTED_DB_2)
    assert router.states() == {DB_2: "FIRING"}
    assert posts(router) == 1


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


async def test_nobody_compares_twice_within_a_minute() -> None:
    router = await a_router()
    other = comparing(router.worker)
    await router.comparing.look()
    await other.look()
    assert len(router.worker.alertmanager.listed_for) == 1


async def test_alerts_of_other_senders_are_left_alone() -> None:
    router = await a_router(recorded()[0].at)
    body = next(one for one in recorded() if not one.is_event)
    router.site.clock.time = body.at
    await router.take(body)
    await router.compare(times=5)
    assert router.states() == {DB_1: "FIRING", DB_2: "FIRING"}


async def test_while_alertmanager_is_away_nothing_ends_and_events_go_on() -> None:
    router = await a_router(recorded()[0].at)
    router.worker.alertmanager.is_away = True
    first = next(one for one in EVENTS if one.kind == "notification")
    router.site.clock.time = first.at
    await router.take(first)
    await router.compare(times=5)
    assert router.states() == {DB_1: "FIRING", DB_2: "FIRING"}


async def test_a_fault_in_one_comparison_ends_nothing() -> None:
    router = await a_router()
    with patch.object(router.worker.alertmanager, "listed", side_effect=RuntimeError("a fault")):
        await router.compare(LISTED_DB_2)
    await router.compare(LISTED_DB_2)
    assert router.states() == {DB_2: "FIRING"}


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


@tries("alerts that are appended after one comparison with Alertmanager's list")
async def test_so_many_are_appended_after_one_comparison(beyond: int) -> None:
    router = await a_router()
    alerts = [listed(f"host-{place}", f"{place:016x}") for place in range(MAX_APPENDED + beyond)]
    router.worker.alertmanager.groups = alerts
    await router.comparing.look()
    bodies = [json.loads(one.value or b"") for one in router.site.records.records if one.topic == INBOUND]
    assert sum(len(body["alerts"]) for body in bodies) == min(MAX_APPENDED, MAX_APPENDED + beyond)
