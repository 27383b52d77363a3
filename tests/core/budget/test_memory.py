"""Near Redis' limit the largest are known by what they hold, and nobody else is."""

import pytest

from router.core.budget.memory import GATE_AT, NEARLY_AS_LARGE, Memory, largest
from router.core.model.alert import TenantId
from tests.bounds import tries

A, B, C = TenantId("a"), TenantId("b"), TenantId("c")


@pytest.mark.parametrize(("used", "is_above"), [(84, False), (85, False), (86, True), (100, True)])
def test_a_part_of_the_limit_is_passed_only_beyond_it(used: int, is_above: bool) -> None:
    assert Memory(used, 100).is_above(GATE_AT) is is_above


@tries("part of what the largest tenant holds from which another is one of the largest: one of")
def test_who_holds_a_part_of_what_the_largest_holds_is_large_as_well(beyond: int) -> None:
    assert (B in largest({A: 100 * NEARLY_AS_LARGE, B: 100 - beyond})) is (beyond <= 0)


def test_a_redis_without_a_limit_is_never_full() -> None:
    assert not Memory(1 << 60).is_above(GATE_AT)


def test_what_is_left_up_to_a_part_may_be_less_than_nothing() -> None:
    assert Memory(60, 100).left(GATE_AT) == 25
    assert Memory(90, 100).left(GATE_AT) == -5


def test_the_largest_are_those_that_hold_half_as_much_as_the_first() -> None:
    assert largest({A: 100, B: 50, C: 49}) == {A, B}
    assert largest({A: 0, B: 0}) == frozenset()
    assert largest({}) == frozenset()


def test_what_is_used_is_a_part_of_the_limit_and_nothing_where_there_is_none() -> None:
    assert (Memory(80, 100).part_used, Memory(80).part_used) == (0.8, 0.0)


@pytest.mark.parametrize(("policy", "evicts"), [("noeviction", False), ("allkeys-lru", True), ("volatile-ttl", True)])
def test_whatever_is_not_noeviction_may_forget_what_is_stored(policy: str, evicts: bool) -> None:
    assert Memory(1, 2, policy).evicts is evicts
