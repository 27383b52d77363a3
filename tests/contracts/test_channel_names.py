"""Channels by name: the ID is learned from Slack with what the name has used, and forgotten when it is dead."""

import pytest

from router.core.model.instant import HOUR, SECOND, Span
from router.core.model.rules.limits import Rate
from router.ports.budget import BudgetRequest, Limiter
from tests.adapters.builders import a_call
from tests.contracts.engines import Engine

WS = "T1-B1"
SLOW = Rate(Span(HOUR), 1)
TOLERANCE = Span(2 * SECOND)


@pytest.fixture
def limiter(engine: Engine) -> Limiter:
    return engine.limiter


async def wait_of(limiter: Limiter, call: BudgetRequest) -> Span:
    [wait] = await limiter.take([call])
    return wait


async def test_a_channels_name_stands_for_itself_until_its_id_is_known(limiter: Limiter) -> None:
    assert await limiter.channel_id(WS, "#alerts") == "#alerts"
    assert await limiter.channel_id(WS, "C1") == "C1"
    assert await limiter.last_channel_id(WS, "#alerts") == ""

    await limiter.learn_channel_id(WS, "#alerts", "C1")

    assert await limiter.channel_id(WS, "#alerts") == "C1"
    assert await limiter.channel_id("T2-B1", "#alerts") == "#alerts"


async def test_what_the_name_has_used_the_id_has_used(limiter: Limiter) -> None:
    await wait_of(limiter, a_call("r1", ("channel:#alerts", SLOW)))

    await limiter.learn_channel_id(WS, "#alerts", "C1")

    assert await wait_of(limiter, a_call("r2", ("channel:C1", SLOW))) > HOUR - TOLERANCE


async def test_learning_a_name_frees_no_budget_of_the_id(limiter: Limiter) -> None:
    await wait_of(limiter, a_call("r1", ("channel:C1", SLOW)))

    await limiter.learn_channel_id(WS, "#alerts", "C1")

    assert await wait_of(limiter, a_call("r2", ("channel:C1", SLOW))) > HOUR - TOLERANCE


async def test_a_name_whose_id_is_dead_stands_for_itself_again(limiter: Limiter) -> None:
    await limiter.learn_channel_id(WS, "#alerts", "C1")

    await limiter.forget_channel_id(WS, "#alerts")

    assert await limiter.channel_id(WS, "#alerts") == "#alerts"
    assert await limiter.last_channel_id(WS, "#alerts") == "C1"
