"""The platform's ceilings clamp what a tenant's document says, and leave alone what is below them."""

from router.core.budget.ceilings import BURST_S, Ceilings
from router.core.model.instant import HOUR, SECOND, Span
from router.core.model.tenant import Caps, InboundRates, Rate, SenderLimits
from tests.core.builders import a_tenant

LOW = Ceilings(alerts_per_s=10, requests_per_s=5, kibibytes_per_s=100, caps=Caps(7, 8, 9))


def test_rates_and_bursts_beyond_the_ceilings_are_cut() -> None:
    greedy = Rate(Span(1), 1_000_000)

    inbound = LOW.of_sender(SenderLimits(3, InboundRates(greedy, greedy, greedy))).inbound

    assert inbound.alerts == Rate(Span(SECOND // 10), 10 * BURST_S)
    assert inbound.requests == Rate(Span(SECOND // 5), 5 * BURST_S)
    assert inbound.kibibytes == Rate(Span(SECOND // 100), 100 * BURST_S)


def test_what_is_below_the_ceilings_stays() -> None:
    modest = SenderLimits(3, InboundRates(Rate(HOUR, 1), Rate(HOUR, 2), Rate(HOUR, 3)))

    assert LOW.of_sender(modest) == modest
    assert Ceilings().of_tenant(a_tenant()) == a_tenant()


def test_caps_beyond_the_ceilings_are_cut() -> None:
    assert LOW.of_tenant(a_tenant()).caps == Caps(7, 8, 9)
    assert LOW.of_tenant(a_tenant()).inbound.alerts.burst == 10 * BURST_S
