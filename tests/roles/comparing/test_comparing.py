"""What Alertmanager lists, compared each minute with what fires here."""

import json
from collections import Counter
from unittest.mock import patch

from structlog.testing import capture_logs

from router.core.model.instant import MINUTE, SECOND, Instant
from router.roles.comparing.appending import MAX_APPENDED
from tests.adapters.builders import ACME
from tests.bounds import tries
from tests.roles.builders import INBOUND
from tests.roles.heard import BY_ANA, EVENTS, LISTED_DB_2, a_router, listed, posts
from tests.roles.upstream import (
    DB_1,
    DB_2,
    comparing,
    recorded,
    shown,
)


async def test_without_any_event_the_list_alone_is_shown() -> None:
    router = await a_router()
    await router.compare(LISTED_DB_2)
    assert router.states() == {DB_2: "FIRING"}


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


async def test_what_is_appended_and_not_folded_is_not_appended_each_minute() -> None:
    router = await a_router()
    router.worker.alertmanager.groups = [LISTED_DB_2]

    async def appended() -> int:
        router.site.clock.advance(MINUTE)
        await router.comparing.look()
        return sum(one.topic == INBOUND for one in router.site.records.records)

    assert [await appended() for _ in range(11)] == [1] * 10 + [2]
    await router.fold_appended()
    assert await appended() == 2


async def test_while_kafka_takes_nothing_it_is_appended_by_the_next_comparison() -> None:
    router = await a_router()
    router.site.records.faults.refuse("append")
    await router.compare(LISTED_DB_2)
    assert router.states() == {}
    await router.compare(LISTED_DB_2)
    assert router.states() == {DB_2: "FIRING"}


@tries("alerts that are appended after one comparison with Alertmanager's list")
async def test_so_many_are_appended_after_one_comparison(beyond: int) -> None:
    router = await a_router()
    alerts = [listed(f"host-{place}", f"{place:016x}") for place in range(MAX_APPENDED + beyond)]
    router.worker.alertmanager.groups = alerts
    await router.comparing.look()
    bodies = [json.loads(one.value or b"") for one in router.site.records.records if one.topic == INBOUND]
    assert sum(len(body["alerts"]) for body in bodies) == min(MAX_APPENDED, MAX_APPENDED + beyond)


async def test_of_a_large_group_all_is_compared() -> None:
    router = await a_router()
    alerts = [listed(f"host-{place}", f"{place:016x}") for place in range(1_100)]
    await router.compare(*alerts)
    assert list(router.states().values()) == ["FIRING"] * 1_100
    await router.compare(LISTED_DB_2, *alerts[-10:], times=4)
    assert Counter(router.states().values()) == {"FIRING": 11, "ENDED": 1_090}


async def test_a_tenant_whose_alertmanager_cannot_be_asked_is_reported_with_what_to_do() -> None:
    router = await a_router(alertmanager="")
    with capture_logs() as logs:
        await router.comparing.look()
        await router.comparing.look()
    [row] = [one for one in logs if one["event"] == "event_alerts_refused"]
    assert (row["tenant"], row["log_level"]) == (ACME, "error")
    assert "platform.alertmanager" in row["remedy"]
