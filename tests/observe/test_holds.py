"""What Slack imposes is measured: holds while they are in force, and the seconds of all of them."""

from typing import Final

from prometheus_client import CollectorRegistry

from router.core.model.instant import SECOND, Span
from router.core.model.operation import Method
from router.core.slack.answer import HoldScope
from router.observe.holds import SlackHolds
from router.ports.budget import BudgetRequest

TEN: Final = Span(10 * SECOND)


def asking(workspace: str = "T1", method: Method = Method.POST, channel: str = "C1") -> BudgetRequest:
    return BudgetRequest("r", workspace, method, channel, (), Span(0), "d")


class Clock:
    def __init__(self) -> None:
        self.now_s, self.registry = 100.0, CollectorRegistry()
        self.holds = SlackHolds(self.registry, lambda: self.now_s)

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"alert_router_{name}", labels)

    def in_force(self) -> tuple[float | None, float | None]:
        return self.value("slack_holds", scope="channel"), self.value("slack_holds", scope="method")


def test_a_hold_is_in_force_until_its_latest_end() -> None:
    clock = Clock()
    clock.holds.began(asking(), HoldScope.CHANNEL, TEN)
    clock.now_s += 5
    clock.holds.began(asking(), HoldScope.CHANNEL, TEN)
    clock.holds.began(asking(), HoldScope.CHANNEL, Span(SECOND))
    clock.now_s += 9.9
    assert clock.in_force() == (1, 0)

    clock.now_s += 0.2
    assert clock.in_force() == (0, 0)
    assert clock.value("slack_hold_seconds_total", method="post") == 21


def test_each_place_that_slack_holds_counts_once() -> None:
    clock = Clock()
    for channel in ("C1", "C2"):
        clock.holds.began(asking(channel=channel), HoldScope.CHANNEL, TEN)
        clock.holds.began(asking("T2", Method.UPDATE, channel), HoldScope.METHOD, TEN)

    assert clock.in_force() == (2, 1)
    assert clock.value("slack_hold_seconds_total", method="update") == 20


def test_nothing_held_is_measured_as_nothing() -> None:
    clock = Clock()

    assert clock.in_force() == (0, 0)
    assert {clock.value("slack_hold_seconds_total", method=one) for one in ("post", "update", "history")} == {0}
