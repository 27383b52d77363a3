"""For how long the oldest change has waited."""

from typing import Final

from router.control.record.waiting import Waits
from router.core.model.alert import TenantId
from router.core.model.instant import Instant

ACME: Final = TenantId("acme")
BLUE: Final = TenantId("blue")


def test_the_longest_wait_counts_from_when_a_tenant_was_first_seen_waiting() -> None:
    waits = Waits().seen([ACME], Instant(10)).seen([ACME, BLUE], Instant(20))

    assert waits.longest(Instant(50)) == 40
    assert waits.seen([BLUE], Instant(50)).longest(Instant(50)) == 30


def test_who_waits_again_waits_from_then_and_where_nobody_does_nothing_is_long() -> None:
    waits = Waits().seen([ACME], Instant(10)).seen([], Instant(20))

    assert waits.longest(Instant(50)) == 0
    assert waits.seen([ACME], Instant(40)).longest(Instant(50)) == 10
