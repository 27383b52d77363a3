"""Groups that cannot be read here: looked at soon again, and later and later while nobody takes them."""

import pytest

from router.core.model.instant import MINUTE, Instant, Span
from router.core.model.key import GroupId
from router.roles.notify import unreadable
from router.roles.notify.unreadable import LATEST, SOON, Unreadable
from tests.adapters.builders import ACME, BETA, NOON
from tests.bounds import tries

GROUP = GroupId("0" * 32)


def waits(groups: Unreadable, times: int) -> list[Span]:
    """How long it is left each time, when it comes back as soon as it is due."""
    now, found = NOON, []
    for _ in range(times):
        due, _ = groups.next_look((ACME, GROUP), "7", now)
        found.append(Span(due - now))
        now = due
    return found


def test_one_that_nobody_takes_is_looked_at_later_and_later_and_each_minute_at_last() -> None:
    found = waits(Unreadable(), 12)

    assert found[:3] == [SOON, 2 * SOON, 4 * SOON]
    assert found[-2:] == [LATEST, LATEST]


def test_one_that_somebody_took_meanwhile_is_due_soon() -> None:
    groups = Unreadable()
    waits(groups, 5)

    assert groups.next_look((ACME, GROUP), "8", NOON) == (NOON + SOON, True)


def test_the_log_has_the_first_time_and_then_one_a_minute() -> None:
    groups, now, lines = Unreadable(), NOON, 0
    while now < NOON + 10 * MINUTE:
        now, is_news = groups.next_look((ACME, GROUP), "7", now)
        lines += is_news

    assert 10 <= lines <= 11


def test_groups_and_tenants_wait_apart() -> None:
    groups = Unreadable()
    waits(groups, 5)

    assert groups.next_look((BETA, GROUP), "7", NOON)[0] == NOON + SOON
    assert groups.next_look((ACME, GroupId("1" * 32)), "7", NOON)[0] == NOON + SOON


@tries("groups of an unknown form whose waits are remembered")
def test_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch, beyond: int) -> None:
    monkeypatch.setattr(unreadable, "REMEMBERED", 3)
    groups = Unreadable()
    for number in range(3 + beyond):
        groups.next_look((ACME, GroupId(f"{number:032d}")), "7", NOON)

    due, _ = groups.next_look((ACME, GroupId(f"{0:032d}")), "7", Instant(NOON + SOON))

    is_forgotten = beyond > 0
    assert due == NOON + SOON + (SOON if is_forgotten else 2 * SOON)
