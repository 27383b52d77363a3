"""Alerts by Alertmanager's events and its list, without a gateway or beside one."""

import asyncio
from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.roles.heard import EVENTS, LISTED_DB_2, OVER, a_router, posts
from tests.roles.upstream import (
    CLUSTER,
    DB_1,
    DB_2,
    DISK,
    Written,
    recorded,
)

FEW: Final = examples(25)
MANY: Final = examples(150)
any_lost = st.sets(st.sampled_from(range(len(EVENTS))))
any_order = st.permutations(range(len(EVENTS)))
any_order_of_both = st.permutations(range(len(recorded())))


async def in_any_order(written: Sequence[Written]) -> None:
    router = await a_router()
    for one in written:
        await router.take(one)
    await router.compare(LISTED_DB_2, times=4)
    states = router.states()
    assert states.pop(DB_2) == "FIRING"
    assert set(states.values()) <= OVER
    assert len({alert for alert in states if alert in {DB_1, CLUSTER}}) == len(states)


@FEW
@given(any_order, any_lost)
def test_by_events_alone_in_any_order_with_any_lost_slack_ends_in_the_truth(order: list[int], lost: set[int]) -> None:
    asyncio.run(in_any_order([EVENTS[place] for place in order if place not in lost]))


@pytest.mark.long
@pytest.mark.night
@MANY
@given(any_order, any_lost)
def test_so_it_does_by_events_alone_in_very_many_orders(order: list[int], lost: set[int]) -> None:
    asyncio.run(in_any_order([EVENTS[place] for place in order if place not in lost]))


async def both_in_any_order(order: Sequence[int], lost: set[int]) -> None:
    router, gone = await a_router(), {id(EVENTS[place]) for place in lost}
    for one in (recorded()[place] for place in order):
        if id(one) not in gone:
            await router.take(one)
    await router.compare(LISTED_DB_2, times=4)
    states = router.states()
    assert states.pop(DB_2) == "FIRING"
    assert set(states.values()) <= OVER
    assert posts(router) <= len({DISK["alertname"], "ClusterDown"})


@FEW
@given(any_order_of_both, any_lost)
def test_by_both_sources_in_any_order_with_any_events_lost_each_group_is_one_message(
    order: list[int], lost: set[int]
) -> None:
    asyncio.run(both_in_any_order(order, lost))


@pytest.mark.long
@pytest.mark.night
@MANY
@given(any_order_of_both, any_lost)
def test_so_it_is_by_both_sources_in_very_many_orders(order: list[int], lost: set[int]) -> None:
    asyncio.run(both_in_any_order(order, lost))


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
