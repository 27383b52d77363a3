"""Large bodies are worked on beside the event loop, small ones on it; the result is the same."""

import asyncio
import threading

import pytest

from router.roles.offload import LARGE, off_the_loop_if_large


def where(body: bytes, *, fail: bool = False) -> tuple[int, int]:
    if fail:
        raise ValueError("it cannot be read")
    return len(body), threading.get_ident()


async def test_a_small_body_is_worked_on_at_once() -> None:
    assert await off_the_loop_if_large(b"x", where, b"x") == (1, threading.get_ident())


async def test_a_large_body_holds_up_nobody() -> None:
    large = b"x" * (LARGE + 1)

    size, thread = await off_the_loop_if_large(large, where, large)

    assert size == LARGE + 1
    assert thread != threading.get_ident()


async def test_large_bodies_take_turns_with_each_other_and_not_with_the_event_loop() -> None:
    under_way, most = [0], [0]

    def work() -> None:
        under_way[0] += 1
        most[0] = max(most[0], under_way[0])
        threading.Event().wait(0.005)
        under_way[0] -= 1

    large = b"x" * (LARGE + 1)
    await asyncio.gather(*(off_the_loop_if_large(large, work) for _ in range(8)))

    assert most == [1]


@pytest.mark.parametrize("body", [b"x", b"x" * (LARGE + 1)])
async def test_an_error_is_the_callers(body: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        await off_the_loop_if_large(body, where, body, fail=True)
