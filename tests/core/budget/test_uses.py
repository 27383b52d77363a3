"""What is used of what may be: every quota has a way out, and 80 % is near."""

import pytest

from router.core.budget.uses import BEYOND, Quota, Use, is_near, is_well, of_bucket, stored_uses
from router.core.model.instant import NEVER, SECOND, Instant, Span
from router.core.model.rules.limits import Caps, Rate


def test_of_every_quota_it_is_known_what_happens_beyond() -> None:
    assert BEYOND.keys() == set(Quota)
    assert all(one.happens for one in BEYOND.values())


@pytest.mark.parametrize(
    ("used", "near", "well"), [(0, False, True), (69, False, True), (70, False, False), (79, False, False),
                               (80, True, False), (120, True, False)],
)  # fmt: skip
def test_from_four_fifths_on_it_is_near_and_below_seven_tenths_well(used: int, near: bool, well: bool) -> None:
    one = Use(Quota.ALERTS, used, 100)

    assert (is_near(one), is_well(one)) == (near, well)


def test_of_a_limit_of_nothing_anything_is_too_much() -> None:
    assert Use(Quota.ALERTS, 0, 0).part == 0
    assert is_near(Use(Quota.ALERTS, 1, 0))


def test_what_is_stored_stands_beside_what_may_be() -> None:
    found = stored_uses(Caps(10, 20, 30), Caps(1, 2, 3))

    assert [(one.quota, one.used, one.limit) for one in found] == [
        (Quota.ALERTS, 1, 10),
        (Quota.GROUPS, 2, 20),
        (Quota.STORED_BYTES, 3, 30),
    ]


def test_a_bucket_is_used_by_what_it_would_not_grant_at_once() -> None:
    rate, now = Rate(Span(SECOND), 10), Instant(1_000 * SECOND)

    assert of_bucket(Quota.REQUESTS, rate, NEVER, now).used == 0
    assert of_bucket(Quota.REQUESTS, rate, Instant(now + 4 * SECOND), now) == Use(Quota.REQUESTS, 4, 10)
