"""Turns on the event loop: a long piece of work lets others go first every few milliseconds."""

import asyncio
import time
from collections.abc import Generator

import pytest

from router.roles.ingest import pace
from router.roles.ingest.pace import Pace, paced


def steps(count: int, others: list[int]) -> Generator[None, None, list[int]]:
    seen = []
    for _ in range(count):
        seen.append(len(others))
        yield
    return seen


async def count_turns(others: list[int]) -> None:
    while True:
        others.append(0)
        await asyncio.sleep(0)


@pytest.mark.parametrize(("slice_s", "turns"), [(0.0, 9), (60.0, 0)])
async def test_others_go_first_when_a_slice_is_used_up(
    monkeypatch: pytest.MonkeyPatch, slice_s: float, turns: int
) -> None:
    monkeypatch.setattr(pace, "SLICE_S", slice_s)
    others: list[int] = []
    other = asyncio.create_task(count_turns(others))
    try:
        seen = await paced(steps(10, others))
    finally:
        other.cancel()

    assert seen[-1] - seen[0] == turns


async def test_a_new_slice_begins_after_a_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    mine, others = Pace(), list[int]()
    other = asyncio.create_task(count_turns(others))
    try:
        now[0] += pace.SLICE_S
        await mine.rest()
        await mine.rest()
    finally:
        other.cancel()

    assert len(others) == 1


async def test_of_several_that_are_cut_one_has_its_slice_between_two_turns_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pace, "SLICE_S", 0.0)
    others, slices = list[int](), list[int]()

    def work() -> Generator[None, None, None]:
        for _ in range(5):
            yield
            slices.append(len(others))

    other = asyncio.create_task(count_turns(others))
    try:
        await asyncio.gather(*(paced(work()) for _ in range(4)))
    finally:
        other.cancel()

    assert len(slices) == len(set(slices)) == 20
