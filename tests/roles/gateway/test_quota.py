"""The gateway's quota: alerts per tenant, by the limiter's algorithm, with a time to come back."""

from router.core.model.instant import SECOND, Instant, Span
from router.core.model.tenant import Rate
from router.roles.gateway.quota import Quota
from tests.adapters.builders import ACME, BETA

TWO_A_SECOND = Rate(Span(SECOND // 2), burst=4)


class Clock:
    """Stands still until it is moved; its zero means nothing."""

    def __init__(self) -> None:
        self.now = Instant(7 * SECOND)

    def __call__(self) -> Instant:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now = Instant(self.now + round(seconds * SECOND))


def test_a_burst_is_taken_and_then_it_says_when_to_come_back() -> None:
    clock = Clock()
    quota = Quota(clock)
    assert quota.take(ACME, TWO_A_SECOND, 4) == 0

    assert quota.take(ACME, TWO_A_SECOND, 3) == 2, "three alerts are there again after 1.5 s, in whole seconds"
    clock.advance(1.5)
    assert quota.take(ACME, TWO_A_SECOND, 3) == 0


def test_what_was_refused_has_used_nothing() -> None:
    quota = Quota(Clock())
    quota.take(ACME, TWO_A_SECOND, 3)

    assert quota.take(ACME, TWO_A_SECOND, 2) > 0
    assert quota.take(ACME, TWO_A_SECOND, 1) == 0


def test_tenants_have_a_quota_each() -> None:
    quota = Quota(Clock())
    quota.take(ACME, TWO_A_SECOND, 4)

    assert quota.take(ACME, TWO_A_SECOND, 1) > 0
    assert quota.take(BETA, TWO_A_SECOND, 4) == 0


def test_a_body_above_the_burst_is_taken_when_the_quota_is_full_and_is_waited_for_afterwards() -> None:
    clock = Clock()
    quota = Quota(clock)

    assert quota.take(ACME, TWO_A_SECOND, 10) == 0

    assert quota.take(ACME, TWO_A_SECOND, 1) == 4, "six alerts of debt, and one more"
    clock.advance(4)
    assert quota.take(ACME, TWO_A_SECOND, 1) == 0


def test_a_larger_quota_counts_from_the_next_body_on() -> None:
    quota = Quota(Clock())
    quota.take(ACME, TWO_A_SECOND, 4)

    assert quota.take(ACME, Rate(Span(1), burst=5_000_000), 100) == 0
