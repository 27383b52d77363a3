"""What nobody waits for goes on while nothing else is in hand, one after another, and in the end in any case."""

import asyncio

from router.roles.at_work import AtWork


async def test_whoever_gives_way_goes_on_once_nothing_is_in_hand() -> None:
    at_work = AtWork(calm_s=0)
    with at_work.over():
        with at_work.over():
            waiting = asyncio.create_task(at_work.quiet(60))
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting


async def test_what_is_taken_in_hand_meanwhile_comes_first() -> None:
    at_work = AtWork(calm_s=0)
    waiting = asyncio.create_task(at_work.quiet(60))
    await asyncio.sleep(0)
    with at_work.over():
        for _ in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
    await waiting


async def test_nobody_gives_way_for_ever() -> None:
    at_work = AtWork(calm_s=0)
    with at_work.over():
        await asyncio.gather(*(at_work.quiet(0.01) for _ in range(3)))


async def test_one_goes_on_after_another() -> None:
    at_work, gone_on = AtWork(calm_s=0), list[int]()

    async def go_on(number: int) -> None:
        await at_work.quiet(60)
        with at_work.over():
            gone_on.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(go_on(number) for number in range(3)))
    assert gone_on == [0, 1, 2]
