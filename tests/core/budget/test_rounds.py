"""Tenants of one workspace take turns: who has waited longer goes first, and who does not come back has no turn."""

from router.core.budget.rounds import GRACE, Waiting, wait_for_turn
from router.core.model.instant import NEVER, Instant
from router.core.model.rules.limits import Rate
from tests.core.builders import START, at, seconds

RATE = Rate(seconds(2), 3)


def wait(tenant: str, waiting: dict[str, Waiting], *, used: int = 3) -> int:
    """With so many calls just taken."""
    return wait_for_turn(tenant, RATE, at(used * seconds(2)), waiting, START)


def test_with_nobody_waiting_it_is_everybodys_turn() -> None:
    assert wait("a", {}, used=2) == 0
    assert wait("a", {}, used=3) == seconds(2), "as long as the bucket itself makes it wait"
    assert wait_for_turn("a", RATE, NEVER, {}, START) == 0


def test_who_comes_later_waits_for_those_who_wait_already() -> None:
    waiting = {"a": Waiting(at(-seconds(2)), START), "b": Waiting(at(-seconds(1)), START)}

    assert [wait(name, waiting) for name in "abc"] == [seconds(2), seconds(4), seconds(6)]
    assert [wait(name, waiting, used=2) for name in "abc"] == [0, seconds(2), seconds(4)]
    assert [wait(name, waiting, used=0) for name in "abc"] == [0, 0, 0]


def test_who_does_not_come_back_has_no_turn_any_more() -> None:
    waiting = {"a": Waiting(at(-seconds(9)), Instant(START - GRACE - 1))}

    assert wait("b", waiting, used=2) == 0
