"""The platform's ceilings clamp what a tenant's document says, and leave alone what is below them."""

from dataclasses import replace

from router.core.budget.ceilings import BURST_S, Ceilings
from router.core.model.instant import HOUR, MINUTE, SECOND, Span
from router.core.model.rules.limits import Caps, InboundRates, Rate, SenderLimits
from tests.bounds import tries
from tests.core.builders import a_tenant

LOW = Ceilings(
    alerts_per_s=10,
    requests_per_s=5,
    kibibytes_per_s=100,
    notifications_per_min=30,
    shortest_interval=SECOND,
    caps=Caps(7, 8, 9),
)


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


@tries("ceiling of a tenant's alerts, and requests, a second", "ceiling of a tenant's KiB a second")
def test_a_tenant_sends_no_faster_than_the_ceiling(beyond: int) -> None:
    """A rate is the time between two; one microsecond less is faster."""
    for name, per_s in (("alerts", 10), ("requests", 5), ("kibibytes", 100)):
        wanted = Rate(Span(SECOND // per_s - beyond), 1)
        found = getattr(LOW.of_sender(SenderLimits(3, InboundRates(wanted, wanted, wanted))).inbound, name)
        assert found.period == max(wanted.period, SECOND // per_s)
        assert (found == wanted) is (beyond <= 0)


@tries("ceiling of what a tenant sends at once, in seconds of its ceiling")
def test_a_tenant_sends_no_more_at_once_than_the_ceiling_of_a_minute(beyond: int) -> None:
    for name, per_s in (("alerts", 10), ("requests", 5), ("kibibytes", 100)):
        wanted = Rate(SECOND, BURST_S * per_s + beyond)
        found = getattr(LOW.of_sender(SenderLimits(3, InboundRates(wanted, wanted, wanted))).inbound, name)
        assert found.burst == BURST_S * per_s + min(0, beyond)


@tries("ceiling of a tenant's alerts that fire, and alert groups", "ceiling of what a tenant keeps in Redis")
def test_a_tenant_keeps_no_more_than_the_ceiling(beyond: int) -> None:
    wanted = Caps(7 + beyond, 8 + beyond, 9 + beyond)
    found = LOW.of_tenant(replace(a_tenant(), caps=wanted)).caps
    assert found == (wanted if beyond <= 0 else LOW.caps)


def test_caps_beyond_the_ceilings_are_cut() -> None:
    assert LOW.of_tenant(a_tenant()).caps == Caps(7, 8, 9)
    assert LOW.of_tenant(a_tenant()).inbound.alerts.burst == 10 * BURST_S


@tries("ceiling of a tenant's notifications a minute, and at once")
def test_a_tenant_notifies_no_faster_than_the_ceiling(beyond: int) -> None:
    wanted = Rate(Span(MINUTE // 30 - beyond), 30 + beyond)

    found = LOW.of_tenant(replace(a_tenant(), notifications=wanted)).notifications

    assert found == (wanted if beyond <= 0 else Rate(Span(MINUTE // 30), 30))


@tries("least that the intervals of a route come to")
def test_no_interval_of_a_route_is_shorter_than_the_least(beyond: int) -> None:
    root = a_tenant().route
    wanted = Span(SECOND - beyond)
    quick = replace(root.timing, group_interval=wanted, repeat_interval=wanted, stale_after=wanted)
    below = replace(root, timing=quick, routes=())

    found = LOW.of_tenant(replace(a_tenant(), route=replace(root, routes=(below,))))

    [route] = found.route.routes
    assert route.timing.group_interval == route.timing.repeat_interval == route.timing.stale_after
    assert route.timing.group_interval == max(wanted, SECOND)
    assert found.timing(route.receiver, route.path).group_interval >= SECOND
    assert (route.timing.group_wait, route.timing.reopen_within) == (quick.group_wait, quick.reopen_within)


def test_what_may_be_nothing_stays_nothing() -> None:
    root = a_tenant().route
    at_once = replace(root.timing, group_wait=Span(0), reopen_within=Span(0), group_interval=Span(1))

    found = LOW.of_tenant(replace(a_tenant(), route=replace(root, timing=at_once))).route.timing

    assert (found.group_wait, found.reopen_within, found.group_interval) == (0, 0, SECOND)


def test_what_gets_less_than_it_says_is_named() -> None:
    greedy = Rate(Span(1), 1_000_000)
    root = a_tenant().route
    quick = replace(root, timing=replace(root.timing, group_interval=Span(1)))
    rates, caps = InboundRates(greedy, greedy, greedy), Caps(10**7, 10**7, 1 << 40)
    wanted = replace(a_tenant(), inbound=rates, notifications=greedy, caps=caps, route=quick)

    limits = ("inbound", "requests", "bytes", "notifications", "active_alerts", "active_groups", "stored_bytes")
    assert LOW.lowered(wanted) == (*(f"platform.limits.{name}" for name in limits), "route")
    assert Ceilings().lowered(a_tenant()) == ()
