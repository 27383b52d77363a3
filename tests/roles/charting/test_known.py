"""A tenant with very many groups pushes nobody else's charts out."""

import pytest

from router.core.model.alert import TenantId
from router.core.model.key import GroupId
from router.roles.charting import known as module
from router.roles.charting.known import Known, KnownCharts
from tests.bounds import tries

BIG, SMALL = TenantId("big"), TenantId("small")


@tries("alert groups whose charts a worker remembers")
def test_of_more_the_tenant_with_most_makes_room(monkeypatch: pytest.MonkeyPatch, beyond: int) -> None:
    monkeypatch.setattr(module, "MAX_CHARTS_KNOWN", 4)
    charts = KnownCharts()
    charts.add(SMALL, GroupId("s"), Known(0, is_open=True))
    for number in range(3 + beyond):
        charts.add(BIG, GroupId(f"g{number}"), Known(0, is_open=True))

    assert charts.find(SMALL, GroupId("s")) is not None
    assert (charts.find(BIG, GroupId("g0")) is not None) == (beyond <= 0)


def test_what_is_used_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CHARTS_KNOWN", 2)
    charts = KnownCharts()
    for name in "ab":
        charts.add(BIG, GroupId(name), Known(0, is_open=True))
    charts.find(BIG, GroupId("a"))
    charts.add(BIG, GroupId("c"), Known(0, is_open=True))

    assert charts.find(BIG, GroupId("b")) is None
    assert charts.find(BIG, GroupId("a")) is not None
