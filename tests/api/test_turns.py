"""Turns: a few at a time, and one of each tenant."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from router.api.turns import MAX_AT_ONCE, MAX_WAITING, Turns
from router.core.model.alert import TenantId
from router.http.problems import Problem
from tests.bounds import tries
from tests.waiting import eventually


@tries("requests that read much of an engine at a time")
async def test_so_many_are_answered_at_a_time(beyond: int) -> None:
    turns = Turns(patience_s=0)
    async with AsyncExitStack() as stack:
        for number in range(MAX_AT_ONCE - 1 + beyond):
            await stack.enter_async_context(turns.of(TenantId(f"t{number}")))
        if beyond > 0:
            with pytest.raises(Problem) as refused:
                await stack.enter_async_context(turns.of(TenantId("last")))
            assert (refused.value.status, refused.value.retry_after_s) == (503, 2)
        else:
            await stack.enter_async_context(turns.of(TenantId("last")))


@tries("such requests of one tenant")
async def test_so_many_of_one_tenant_wait(beyond: int) -> None:
    turns, answered, ready = Turns(), list[int](), asyncio.Event()

    async def answer(number: int) -> None:
        async with turns.of(TenantId("acme")):
            await ready.wait()
            answered.append(number)

    waiting = [asyncio.create_task(answer(number)) for number in range(MAX_WAITING + beyond)]
    await eventually(lambda: beyond <= 0 or any(one.done() for one in waiting))
    async with turns.of(TenantId("globex")):
        ready.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert answered == list(range(MAX_WAITING + min(beyond, 0)))
    assert [one.status for one in found if isinstance(one, Problem)] == [429] * max(beyond, 0)


async def test_who_gives_up_takes_no_turn() -> None:
    turns = Turns()
    async with turns.of(TenantId("acme")):
        task = asyncio.create_task(turns.of(TenantId("acme")).__aenter__())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
    async with turns.of(TenantId("acme")):
        pass
