"""Decides whether a call comes too soon.

A post spends a bucket per (team, app, channel), refilled continuously, and a one-minute window per (team, app); every
other method spends a one-minute window per (team, app, method). A refused call spends nothing. A caller that is asked
to wait and calls again too soon is `premature`, and its wait starts again. How much is held follows from the error:
`rate_limited` holds a channel, `ratelimited` the method; a caller is not blamed for more than it could know.
"""

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

_SLACK_S = 1e-6
_MINUTE_S = 60.0

_Key = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """The budgets, all per app and workspace, and the optional modes.

    `grace_s` forgives calls that were on their way when another was refused. `soft_suppress` answers ok above the
    channel's burst and hides the message; `plan_posts` is a free plan's total; `history_page` is the largest page of
    history.
    """

    channel_posts_per_s: float = 1.0
    channel_burst: int = 5
    workspace_posts_per_min: int = 300
    updates_per_min: int = 50
    tier2_per_min: int = 20
    tier3_per_min: int = 50
    tier4_per_min: int = 100
    special_per_min: int = 600
    history_per_min: int = 50
    history_page: int = 999
    grace_s: float = 0.0
    soft_suppress: bool = False
    plan_posts: int | None = None


class Budget(StrEnum):
    """The budgets that methods spend."""

    POSTS = "posts"
    UPDATES = "updates_per_min"
    TIER2 = "tier2_per_min"
    TIER3 = "tier3_per_min"
    TIER4 = "tier4_per_min"
    SPECIAL = "special_per_min"
    HISTORY = "history_per_min"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls what, and which channel it is about; budgets never cross teams or apps."""

    team_id: str
    app_id: str
    method: str
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Admitted if `error` is None (and hidden if `suppressed`); else refused for `retry_after_s`."""

    error: str | None = None
    retry_after_s: float | None = None
    premature: bool = False
    suppressed: bool = False


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_s: float


@dataclass(frozen=True, slots=True)
class _Hold:
    since_s: float
    wait_s: float
    error: str


_ADMITTED = Verdict()


@dataclass(slots=True)
class RateLimiter:
    """The state behind the decision; `limits` may be replaced at any time."""

    limits: Limits
    clock: Callable[[], float]
    _buckets: dict[_Key, _Bucket] = field(default_factory=dict)
    _windows: dict[_Key, deque[float]] = field(default_factory=dict)
    _holds: dict[_Key, _Hold] = field(default_factory=dict)
    _posted: dict[str, int] = field(default_factory=dict)

    def admit(self, caller: Caller, budgets: Sequence[Budget]) -> Verdict:
        """Admit the call and spend its budgets, or refuse it with the time to wait."""
        now_s = self.clock()
        early = self._too_early(caller, now_s, posts=Budget.POSTS in budgets)
        if early:
            return early
        suppressed = False
        for budget in budgets:
            verdict = self._judge(caller, budget, now_s)
            if verdict.error:
                return verdict
            suppressed = suppressed or verdict.suppressed
        for budget in budgets:
            self._spend(caller, budget, now_s)
        return Verdict(suppressed=True) if suppressed else _ADMITTED

    def hold(self, caller: Caller, error: str, wait_s: float) -> None:
        """Remember that the caller was asked to wait; calls before that are premature."""
        self._holds[_hold_key(caller, error)] = _Hold(self.clock(), wait_s, error)

    def _too_early(self, caller: Caller, now_s: float, *, posts: bool) -> Verdict | None:
        for error in ("ratelimited", "rate_limited") if posts else ("ratelimited",):
            hold = self._holds.get(_hold_key(caller, error))
            if hold is None or now_s >= hold.since_s + hold.wait_s - _SLACK_S:
                continue
            premature = not self.limits.grace_s or now_s - hold.since_s > self.limits.grace_s
            if premature:
                self.hold(caller, hold.error, hold.wait_s)
            return Verdict(hold.error, hold.wait_s, premature=premature)
        return None

    def _judge(self, caller: Caller, budget: Budget, now_s: float) -> Verdict:
        if budget is not Budget.POSTS:
            most = int(getattr(self.limits, budget.value))
            return self._reject(caller, "ratelimited", self._window_wait_s(_method_key(caller), most, now_s))
        if self.limits.plan_posts is not None and self._posted.get(caller.team_id, 0) >= self.limits.plan_posts:
            return Verdict("message_limit_exceeded")
        bucket_wait_s = self._bucket_wait_s(caller, now_s)
        if bucket_wait_s > 0 and self.limits.soft_suppress:
            return Verdict(suppressed=True)
        window_wait_s = self._window_wait_s(_team_key(caller), self.limits.workspace_posts_per_min, now_s)
        return self._reject(caller, "rate_limited", max(bucket_wait_s, window_wait_s))

    def _reject(self, caller: Caller, error: str, wait_s: float) -> Verdict:
        if wait_s <= 0:
            return _ADMITTED
        retry_after_s = float(max(1, math.ceil(wait_s - _SLACK_S)))
        self.hold(caller, error, retry_after_s)
        return Verdict(error, retry_after_s)

    def _bucket_wait_s(self, caller: Caller, now_s: float) -> float:
        limits = self.limits
        bucket = self._buckets.setdefault(_channel_key(caller), _Bucket(limits.channel_burst, now_s))
        refill = max(0.0, now_s - bucket.at_s) * limits.channel_posts_per_s
        bucket.tokens = min(float(limits.channel_burst), bucket.tokens + refill)
        bucket.at_s = now_s
        missing = 1.0 - bucket.tokens
        return missing / limits.channel_posts_per_s if missing > _SLACK_S else 0.0

    def _window_wait_s(self, key: _Key, most: int, now_s: float) -> float:
        window = self._windows.setdefault(key, deque())
        while window and now_s >= window[0] + _MINUTE_S - _SLACK_S:
            window.popleft()
        if len(window) < most:
            return 0.0
        return window[len(window) - most] + _MINUTE_S - now_s if most > 0 else _MINUTE_S

    def _spend(self, caller: Caller, budget: Budget, now_s: float) -> None:
        if budget is not Budget.POSTS:
            self._windows[_method_key(caller)].append(now_s)
            return
        self._posted[caller.team_id] = self._posted.get(caller.team_id, 0) + 1
        bucket = self._buckets[_channel_key(caller)]
        bucket.tokens = max(0.0, bucket.tokens - 1.0)
        self._windows.setdefault(_team_key(caller), deque()).append(now_s)


def _channel_key(caller: Caller) -> _Key:
    return ("channel", caller.team_id, caller.app_id, caller.channel)


def _team_key(caller: Caller) -> _Key:
    return ("team", caller.team_id, caller.app_id)


def _method_key(caller: Caller) -> _Key:
    return ("method", caller.team_id, caller.app_id, caller.method)


def _hold_key(caller: Caller, error: str) -> _Key:
    return _channel_key(caller) if error == "rate_limited" else _method_key(caller)
