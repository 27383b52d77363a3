"""The running loop meets no full collection, and a busy thread gives way; afterwards Python is as it was."""

import gc
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from router.app import calm as calm_module
from router.app.calm import LARGE, SWITCH_S, YOUNG, calm, collect, frozen_if_large
from tests.cost import cpu_seconds
from tests.waiting import eventually

pytestmark = pytest.mark.long


@pytest.fixture
def collections() -> Iterator[list[int]]:
    """The generation of each collection, as they happen."""
    seen: list[int] = []

    def note(phase: str, info: dict[str, Any]) -> None:
        if phase == "stop":
            seen.append(info["generation"])

    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


async def test_inside_no_full_collection_falls_due_whatever_is_made(collections: list[int]) -> None:
    async with calm():
        collections.clear()
        kept: list[list[list[int]]] = [[[]] for _ in range(40 * YOUNG)]

    assert len(kept) == 40 * YOUNG
    assert set(collections) == {0, 1}


async def test_afterwards_python_is_as_it_was() -> None:
    before = gc.get_threshold(), sys.getswitchinterval(), gc.get_freeze_count()

    async with calm():
        assert gc.get_threshold()[0] == YOUNG
        assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
        assert gc.get_freeze_count() > 10_000

    assert (gc.get_threshold(), sys.getswitchinterval(), gc.get_freeze_count()) == before


async def test_a_whole_collection_costs_a_fraction_of_what_it_did() -> None:
    before = cpu_seconds(gc.collect)
    async with calm():
        assert cpu_seconds(gc.collect) < before / 5


async def test_it_is_done_each_minute(monkeypatch: pytest.MonkeyPatch, collections: list[int]) -> None:
    monkeypatch.setattr(calm_module, "_EVERY_S", 0.01)
    async with calm():
        collections.clear()
        await eventually(lambda: collections.count(2) >= 2)


async def test_circles_are_collected_all_the_same() -> None:
    class Circle:
        def __init__(self) -> None:
            self.itself = self

    alive = 0
    async with calm():
        for _ in range(1_000):
            Circle()
        collect()
        alive = sum(isinstance(one, Circle) for one in gc.get_objects())
    assert alive == 0


async def test_what_survived_a_collection_that_took_long_is_not_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calm_module, "LONGEST_S", 0)
    async with calm():
        frozen = gc.get_freeze_count()
        kept: list[list[list[int]]] = [[[]] for _ in range(1_000)]
        collect()
        assert gc.get_freeze_count() >= frozen + len(kept)


@pytest.mark.parametrize(("length", "freezes"), [(LARGE, False), (LARGE + 1, True)])
def test_the_rules_of_a_large_document_are_not_looked_at_again(length: int, freezes: bool) -> None:
    before = gc.get_freeze_count()
    try:
        rules = frozen_if_large(lambda text, version: [[text, version] for _ in range(1_000)])("x" * length, 2)
        assert rules[0] == ["x" * length, 2]
        assert (gc.get_freeze_count() >= before + 1_000) is freezes
    finally:
        gc.unfreeze()
