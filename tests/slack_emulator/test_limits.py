"""The rate limiter, on a clock that moves only when told."""

from dataclasses import dataclass, field, replace

import pytest
from slack_emulator.limits import Budget, Caller, Limits, RateLimiter, Verdict
from slack_emulator.shown import max_in_window

ALERTS = Caller("T1", "A1", "chat.postMessage", "C1")
UPDATE = Caller("T1", "A1", "chat.update", "C1")
ADMITTED = Verdict()


@dataclass
class Desk:
    """A limiter and its clock."""

    limits: Limits = field(default_factory=Limits)
    now_s: float = 1_700_000_000.0
    limiter: RateLimiter = field(init=False)

    def __post_init__(self) -> None:
        self.limiter = RateLimiter(self.limits, lambda: self.now_s)

    def post(self, caller: Caller = ALERTS) -> Verdict:
        return self.limiter.admit(caller, [Budget.POSTS])

    def update(self, caller: Caller = UPDATE) -> Verdict:
        return self.limiter.admit(caller, [Budget.UPDATES])

    def exhaust(self) -> None:
        for _ in range(self.limits.channel_burst):
            assert self.post() == ADMITTED


def test_a_burst_is_admitted_and_the_next_post_waits_a_second() -> None:
    desk = Desk()
    desk.exhaust()
    assert desk.post() == Verdict("rate_limited", 1.0)


def test_the_bucket_refills_continuously() -> None:
    desk = Desk()
    desk.exhaust()
    desk.now_s += 0.5
    assert desk.post().error == "rate_limited"
    desk.now_s += 1.0
    assert desk.post() == ADMITTED
    assert desk.post().error == "rate_limited"


@pytest.mark.parametrize("start_s", [0.0, 1_700_000_000.123457])
def test_one_post_a_second_is_always_admitted(start_s: float) -> None:
    desk = Desk(Limits(channel_burst=1), start_s)
    verdicts = []
    for _ in range(100):
        verdicts.append(desk.post())
        desk.now_s += 1.0
    assert verdicts == [ADMITTED] * 100


def test_the_wait_shown_is_never_below_a_second_and_is_rounded_up() -> None:
    desk = Desk(Limits(channel_posts_per_s=0.4, channel_burst=1))
    desk.exhaust()
    assert desk.post().retry_after_s == 3.0
    assert Desk(Limits(channel_posts_per_s=10, channel_burst=0)).post().retry_after_s == 1.0


def test_who_waits_as_shown_is_admitted() -> None:
    desk = Desk()
    desk.exhaust()
    desk.now_s += desk.post().retry_after_s or 0
    assert desk.post() == ADMITTED


def test_a_call_before_the_wait_is_over_is_premature_and_waits_again() -> None:
    desk = Desk(Limits(channel_posts_per_s=0.1, channel_burst=1))
    desk.exhaust()
    assert desk.post() == Verdict("rate_limited", 10.0)
    desk.now_s += 9.9
    assert desk.post() == Verdict("rate_limited", 10.0, premature=True)
    desk.now_s += 9.9
    assert desk.post().premature
    desk.now_s += 10.0
    assert desk.post() == ADMITTED


def test_a_call_within_the_grace_is_refused_but_not_premature() -> None:
    desk = Desk(Limits(channel_burst=1, grace_s=0.1))
    desk.exhaust()
    desk.post()
    desk.now_s += 0.05
    assert desk.post() == Verdict("rate_limited", 1.0)
    desk.now_s += 0.1
    assert desk.post().premature


@pytest.mark.parametrize(
    "other",
    [
        replace(ALERTS, channel="C2"),
        replace(ALERTS, team_id="T2"),
        replace(ALERTS, app_id="A2"),
    ],
)
def test_another_channel_team_or_app_is_not_held_up(other: Caller) -> None:
    desk = Desk()
    desk.exhaust()
    assert desk.post().error == "rate_limited"
    assert desk.post(other) == ADMITTED


def test_a_workspace_takes_so_many_posts_a_minute_over_all_channels() -> None:
    desk = Desk(Limits(workspace_posts_per_min=3))
    for number in range(3):
        assert desk.post(replace(ALERTS, channel=f"C{number}")) == ADMITTED
        desk.now_s += 10
    assert desk.post(replace(ALERTS, channel="C9")) == Verdict("rate_limited", 30.0)
    assert desk.post(replace(ALERTS, channel="C8")) == Verdict("rate_limited", 30.0), "C8 was not told to wait"
    assert desk.post(replace(ALERTS, team_id="T2")) == ADMITTED
    desk.now_s += 30
    assert desk.post(replace(ALERTS, channel="C9")) == ADMITTED


def test_updates_have_a_sliding_minute_per_team() -> None:
    desk = Desk(Limits(updates_per_min=2))
    assert desk.update() == ADMITTED
    desk.now_s += 20
    assert desk.update() == ADMITTED
    assert desk.update() == Verdict("ratelimited", 40.0)
    assert desk.update(replace(UPDATE, team_id="T2")) == ADMITTED
    desk.now_s += 40
    assert desk.update() == ADMITTED
    assert desk.update().error == "ratelimited"


def test_a_method_shown_to_wait_holds_up_no_other_method() -> None:
    desk = Desk(Limits(updates_per_min=1))
    desk.update()
    assert desk.update().error == "ratelimited"
    assert desk.post() == ADMITTED


def test_a_wait_shown_for_the_method_holds_all_its_channels_and_one_for_a_channel_does_not() -> None:
    desk = Desk()
    desk.limiter.hold(ALERTS, "rate_limited", 30)
    assert desk.post().premature
    assert desk.post(replace(ALERTS, channel="C2")) == ADMITTED
    desk.limiter.hold(ALERTS, "ratelimited", 30)
    assert desk.post(replace(ALERTS, channel="C2")).premature


def test_a_refused_call_spends_none_of_its_budgets() -> None:
    desk = Desk(Limits(channel_burst=1, tier4_per_min=2))
    whisper = replace(ALERTS, method="chat.postEphemeral")
    both = [Budget.TIER4, Budget.POSTS]
    assert desk.limiter.admit(whisper, both) == ADMITTED
    assert desk.limiter.admit(whisper, both).error == "rate_limited"
    desk.now_s += 1
    assert desk.limiter.admit(whisper, both) == ADMITTED


def test_a_zero_budget_admits_nothing() -> None:
    assert Desk(Limits(updates_per_min=0)).update() == Verdict("ratelimited", 60.0)


def test_soft_suppression_admits_above_the_burst_but_hides() -> None:
    desk = Desk(Limits(channel_burst=1, soft_suppress=True))
    assert desk.post() == ADMITTED
    assert desk.post() == Verdict(suppressed=True)


def test_a_free_plan_stops_at_its_total() -> None:
    desk = Desk(Limits(plan_posts=1))
    assert desk.post() == ADMITTED
    assert desk.post() == Verdict("message_limit_exceeded")


def test_the_default_budgets_are_those_of_the_specification() -> None:
    limits = Limits()
    assert (limits.channel_posts_per_s, limits.channel_burst, limits.workspace_posts_per_min) == (1.0, 5, 300)
    assert (limits.tier2_per_min, limits.tier3_per_min, limits.tier4_per_min) == (20, 50, 100)
    assert (limits.updates_per_min, limits.history_per_min, limits.special_per_min) == (50, 50, 600)
    assert (limits.history_page, limits.grace_s, limits.soft_suppress, limits.plan_posts) == (
        999,
        0.0,
        False,
        None,
    )


def test_limits_may_change_while_running() -> None:
    desk = Desk()
    desk.exhaust()
    desk.limiter.limits = Limits(channel_posts_per_s=100)
    desk.now_s += 0.01
    assert desk.post() == ADMITTED


@pytest.mark.parametrize(
    ("times_s", "most"),
    [([], 0), ([1.0], 1), ([1.0, 2.0, 3.0], 1), ([1.0, 1.9, 2.0, 2.8], 3), ([5.0, 5.0, 5.0], 3)],
)
def test_the_densest_second_is_found(times_s: list[float], most: int) -> None:
    assert max_in_window(times_s, 1.0) == most
