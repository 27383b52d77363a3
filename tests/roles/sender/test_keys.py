"""Public keys are asked for once a minute, and go on for some minutes while a gateway offers none."""

import asyncio

import pytest

from router.http.problems import Problem
from router.ports.sender import Shown
from router.roles.sender.keys import FRESH_S, STALE_S, SenderKeys
from tests.adapters.builders import ACME, BETA
from tests.fakes.sender import FakeGateway

SHOWN = Shown("Bearer ar_theirs")
AWAY = Problem(503, "key-unavailable", "the key cannot be had now", 5)


class Asking:
    """Keys with a clock of their own."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.gateway = FakeGateway()
        self.keys = SenderKeys(self.gateway, lambda: self.now_s)

    async def epoch(self) -> int:
        return (await self.keys.of(ACME, SHOWN)).keys.epoch


async def test_keys_are_asked_for_once_a_minute_by_the_tag_that_is_known() -> None:
    asking = Asking()
    await asking.epoch()
    asking.now_s = FRESH_S - 1
    await asking.epoch()
    asking.now_s = FRESH_S
    await asking.epoch()

    assert asking.gateway.asked == [(ACME, SHOWN, ""), (ACME, SHOWN, '"1"')]


async def test_the_next_keys_are_taken_within_a_minute() -> None:
    asking = Asking()
    await asking.epoch()
    asking.gateway.epoch = 2
    before, asking.now_s = await asking.epoch(), FRESH_S

    assert (before, await asking.epoch()) == (1, 2)


async def test_those_who_ask_at_the_same_time_share_the_answer() -> None:
    asking = Asking()
    await asyncio.gather(*(asking.epoch() for _ in range(20)))

    assert len(asking.gateway.asked) == 1


async def test_each_tenant_has_its_own() -> None:
    asking = Asking()
    found = [(await asking.keys.of(one, SHOWN)).keys.tenant for one in (ACME, BETA, ACME)]

    assert found == [ACME, BETA, ACME]


async def test_while_the_gateway_offers_none_the_last_ones_go_on_for_some_minutes() -> None:
    asking = Asking()
    await asking.epoch()
    asking.gateway.refuses_keys, asking.now_s = AWAY, STALE_S - 1
    assert await asking.epoch() == 1

    asking.now_s = STALE_S
    with pytest.raises(Problem, match="cannot be had"):
        await asking.epoch()


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_what_the_gateway_refuses_is_passed_on_at_once(status: int) -> None:
    asking = Asking()
    await asking.epoch()
    asking.gateway.refuses_keys, asking.now_s = Problem(status, "refused", "refused"), FRESH_S

    with pytest.raises(Problem, match="refused"):
        await asking.epoch()


async def test_what_is_forgotten_is_asked_for_again() -> None:
    asking = Asking()
    await asking.epoch()
    asking.keys.forget(ACME)
    asking.gateway.epoch = 2

    assert await asking.epoch() == 2
