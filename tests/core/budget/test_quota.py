"""What a request costs, and how sizes and flows of bytes are written."""

import pytest

from router.core.budget.flow import parse_flow, parse_kibibytes
from router.core.budget.quota import Charge, Resource, charges_for_bytes, charges_for_request, kibibytes
from router.core.model.instant import HOUR, MINUTE, SECOND, Span
from router.core.model.rules.limits import InboundRates, Rate, SenderLimits

RATES = InboundRates(requests=Rate(SECOND, 1), kibibytes=Rate(SECOND, 2), alerts=Rate(SECOND, 3))


@pytest.mark.parametrize(("size", "cost"), [(0, 0), (1, 1), (1024, 1), (1025, 2), (4 << 20, 4096)])
def test_bytes_cost_whole_kibibytes(size: int, cost: int) -> None:
    assert kibibytes(size) == cost


@pytest.mark.parametrize(("announced", "cost"), [(1500, 2), (0, 0)])
def test_a_request_costs_the_bytes_that_it_announces_and_asks_for_debts_of_alerts(announced: int, cost: int) -> None:
    assert list(charges_for_request(RATES, announced)) == [
        Charge(Resource.REQUESTS, RATES.requests, 1),
        Charge(Resource.KIBIBYTES, RATES.kibibytes, cost),
        Charge(Resource.ALERTS, RATES.alerts, 0),
    ]


def test_bytes_that_were_not_announced_cost_the_same_afterwards() -> None:
    assert list(charges_for_bytes(RATES, 1500)) == [Charge(Resource.KIBIBYTES, RATES.kibibytes, 2)]


@pytest.mark.parametrize(("text", "found"), [("1Ki", 1), ("16Mi", 16 << 10), ("2Gi", 2 << 20)])
def test_a_size_is_a_number_with_a_binary_unit(text: str, found: int) -> None:
    assert parse_kibibytes(text) == found


@pytest.mark.parametrize("text", ["", "16", "16M", "0Ki", "10000Ki", "1.5Mi", "-1Ki", "16 Mi"])
def test_another_size_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="16Mi"):
        parse_kibibytes(text)


@pytest.mark.parametrize(
    ("text", "between"),
    [("1Ki/s", SECOND), ("512Ki/m", Span(MINUTE // 512)), ("1Ki/h", HOUR), ("9999Gi/s", Span(1))],
)
def test_a_flow_is_a_size_in_a_time(text: str, between: Span) -> None:
    assert parse_flow(text) == between


@pytest.mark.parametrize("text", ["1Ki", "1Ki/d", "1Ki/", "/s"])
def test_another_flow_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="use"):
        parse_flow(text)


def test_limits_hold_on_under_another_version() -> None:
    assert SenderLimits(3, RATES).under(4) == SenderLimits(4, RATES)
