"""Work that is done again and again: an outage delays it, an error of ours ends it, and so does being cancelled."""

import asyncio
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from router.errors import UnavailableError
from router.roles.polling import poll


class Work:
    """Work that may fail."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.done = 0
        self.often_enough = asyncio.Event()

    async def __call__(self) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.done += 1
        if self.done == 3:
            self.often_enough.set()


async def run(work: Work) -> None:
    """Poll until it was done three times."""
    polling = asyncio.create_task(poll(0, work, "engine_unreachable"))
    await asyncio.wait(
        [polling, waiting := asyncio.create_task(work.often_enough.wait())], return_when="FIRST_COMPLETED"
    )
    waiting.cancel()
    polling.cancel()
    await polling


async def test_it_is_done_until_it_is_cancelled() -> None:
    work = Work()

    with pytest.raises(asyncio.CancelledError):
        await run(work)

    assert work.done >= 3


async def test_an_engine_that_is_away_is_logged_once_and_asked_again() -> None:
    work = Work(UnavailableError("Redis: away"), UnavailableError("Redis: away"))

    with capture_logs() as logs, suppress(asyncio.CancelledError):
        await run(work)

    assert [(one["event"], one["error"]) for one in logs] == [("engine_unreachable", "Redis: away")]
    assert work.done >= 3


async def test_an_error_of_ours_ends_it() -> None:
    with pytest.raises(ZeroDivisionError):
        await run(Work(ZeroDivisionError()))


async def test_a_cancellation_that_the_work_has_swallowed_ends_it_all_the_same() -> None:
    """As `asyncio.wait_for` does in Python 3.11, which redis-py sends every command with."""
    began, swallowed = asyncio.Event(), list[str]()

    async def swallow_once() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if swallowed:
                raise
            swallowed.append("the cancellation")

    polling = asyncio.create_task(poll(0, swallow_once, "engine_unreachable"))
    await began.wait()
    polling.cancel()
    done, _ = await asyncio.wait([polling], timeout=2)
    polling.cancel()

    assert done
    assert polling.cancelled()
