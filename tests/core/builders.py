"""Values for the tests of the core, with everything that a test does not care about filled in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from router.core import engine
from router.core.decide.notification import Notification
from router.core.decide.policy import CallTimes, Policy
from router.core.deliver.claim import Claim
from router.core.match.labels import Labels
from router.core.match.matcher import in_order, parse_matchers
from router.core.model import phase
from router.core.model.alert import Alert, AlertId, Status, TenantId, Webhook, fingerprint
from router.core.model.event import Event
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, MINUTE, NEVER, SECOND, Instant, Span, from_datetime
from router.core.model.key import GroupKey
from router.core.model.ledger import LedgerEntry
from router.core.model.observation import Observations
from router.core.model.operation import Op
from router.core.model.phase import Held, Idle, Parked, Phase, Queued, Sending, Uncertain
from router.core.model.rules.inhibit import InhibitRule
from router.core.model.rules.limits import InboundRates, Rate
from router.core.model.rules.names import ReceiverName, SecretName
from router.core.model.rules.receiver import OnChange, Receiver
from router.core.model.rules.route import GroupBy, Route, Timing
from router.core.model.rules.severity import Severity
from router.core.model.rules.silence import Silence, Silences
from router.core.model.rules.tenant import Tenant
from router.core.model.transition import Transition
from router.core.mute.mute import NO_MUTES, Mutes
from router.core.slack.answer import Accepted, Answer, Gone

START = from_datetime(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
NOW = Span(0)
HALF_MINUTE = Span(30 * SECOND)
FOUR_HOURS = Span(4 * HOUR)
TWELVE_HOURS = Span(12 * HOUR)
TEN_MINUTES = Span(10 * MINUTE)
FIVE_MINUTES = Span(5 * MINUTE)
TEN_SECONDS = Span(10 * SECOND)
SEVERITY = Severity("severity", ("critical", "error", "warning", "info"))


def seconds(amount: float) -> Span:
    return Span(round(amount * SECOND))


def minutes(amount: float) -> Span:
    return Span(round(amount * MINUTE))


def hours(amount: float) -> Span:
    return Span(round(amount * HOUR))


def at(after_start: int) -> Instant:
    """The instant this long after noon."""
    return Instant(START + after_start)


def an_alert(
    name: str = "A",
    status: Status = Status.FIRING,
    *,
    starts: Instant = START,
    ends: Instant = NEVER,
    severity: str = "warning",
    labels: Labels | None = None,
    annotations: Labels | None = None,
    fp: str = "",
) -> Alert:
    """An alert whose id is its name, so that failures can be read."""
    return Alert(
        alert_id=AlertId(fp or name),
        status=status,
        labels=labels if labels is not None else {"alertname": name, "severity": severity},
        annotations=annotations or {},
        starts_at=starts,
        ends_at=NEVER if status is Status.FIRING else ends or Instant(starts + 1),
    )


def a_resolve(name: str = "A", *, starts: Instant = START, ends: Instant = NEVER, severity: str = "warning") -> Alert:
    return an_alert(name, Status.RESOLVED, starts=starts, ends=ends, severity=severity)


def alert_of(**labels: str) -> Alert:
    """An alert known by its labels, for routing."""
    return an_alert(labels=labels, fp=fingerprint(labels))


def a_webhook(
    *alerts: Alert,
    group_labels: Labels | None = None,
    sender_group: str = "",
    truncated: bool = False,
    unsent: int = 0,
) -> Webhook:
    return Webhook(alerts, (), group_labels, sender_group, truncated or unsent > 0, unsent)


def a_timing(
    *,
    group_wait: Span = NOW,
    group_interval: Span = HALF_MINUTE,
    repeat_interval: Span = FOUR_HOURS,
    stale_after: Span = TWELVE_HOURS,
    reopen_within: Span = TEN_MINUTES,
    inhibit_grace: Span = NOW,
) -> Timing:
    return Timing(group_wait, group_interval, repeat_interval, stale_after, reopen_within, inhibit_grace)


def a_route(
    matchers: str = "",
    *,
    receiver: str = "default",
    group_by: Sequence[str] | GroupBy = GroupBy.AS_SENT,
    timing: Timing | None = None,
    continue_: bool = False,
    routes: Iterable[Route] = (),
) -> Route:
    """A node of the tree; the paths of its children are completed from it."""
    own = in_order(parse_matchers(matchers))
    path = ("{" + ",".join(map(str, own)) + "}",)
    return Route(
        matchers=own,
        path=path,
        receiver=ReceiverName(receiver),
        group_by=group_by if isinstance(group_by, GroupBy) else tuple(group_by),
        timing=timing or a_timing(),
        continue_=continue_,
        routes=tuple(_below(path, route) for route in routes),
    )


def a_rule(source: str, target: str, *equal: str, name: str = "rule") -> InhibitRule:
    return InhibitRule(name, in_order(parse_matchers(source)), in_order(parse_matchers(target)), tuple(sorted(equal)))


def _below(path: tuple[str, ...], route: Route) -> Route:
    return replace(route, path=path + route.path, routes=tuple(_below(path, child) for child in route.routes))


def a_receiver(
    name: str = "default",
    *,
    channel: str = "C1",
    mention: tuple[str, ...] = (),
    locale: str = "en",
    send_resolved: bool = True,
    on_change: OnChange = OnChange.THREAD,
) -> Receiver:
    return Receiver(ReceiverName(name), channel, mention, locale, send_resolved, on_change)


def a_tenant(route: Route | None = None, receivers: Iterable[Receiver] = ()) -> Tenant:
    tree = route or a_route()
    named = {receiver.name: receiver for receiver in receivers}
    return Tenant(
        tenant_id=TenantId("acme"),
        version=1,
        token=SecretName("slack"),
        notifications=Rate(seconds(1), 20),
        inbound=InboundRates(Rate(Span(1000), 5000), Rate(Span(61), 262_144), Rate(Span(1000), 5000)),
        locale="en",
        time_zone="UTC",
        severity=SEVERITY,
        route=tree,
        receivers={node.receiver: named.get(node.receiver, a_receiver(node.receiver)) for node in tree.walk()},
    )


def a_policy(
    receiver: Receiver | None = None,
    timing: Timing | None = None,
    *,
    lease: Span = HALF_MINUTE,
    ambiguous_wait: Span = TEN_SECONDS,
    park_retry: Span = FIVE_MINUTES,
) -> Policy:
    return Policy(
        receiver=receiver or a_receiver(),
        timing=timing or a_timing(),
        severity=SEVERITY,
        times=CallTimes(lease, ambiguous_wait, park_retry),
    )


def a_key(receiver: str = "default", **group: str) -> GroupKey:
    return GroupKey(ReceiverName(receiver), ("{}",), tuple(sorted(group.items())))


def a_group(**changes: Any) -> AlertGroup:
    return AlertGroup(a_key(), **changes)


def observed(
    *alerts: Alert,
    when: Instant = START,
    sender_group: str = "g",
    truncated: bool = False,
    group_labels: Labels | None = None,
) -> Observations:
    return Observations(alerts, when, sender_group, truncated, group_labels)


def total(entries: Iterable[LedgerEntry]) -> dict[str, int]:
    """The sums of several transitions, by field of the hash in Redis."""
    sums: dict[str, int] = {}
    for one in entries:
        for name, count in one.fields().items():
            sums[name] = sums.get(name, 0) + count
    return sums


@dataclass
class Story:
    """One group led by hand: each verb is one transition, and what it changed is checked and kept.

    Nothing here decides; it drives the engine as the roles do, one transition at a time.
    """

    policy: Policy = field(default_factory=a_policy)
    now: Instant = START
    state: AlertGroup = field(default_factory=a_group)
    entries: list[LedgerEntry] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    lane_at: Instant = NEVER
    calls: int = 0
    phase_before: type[Phase] = Idle
    last_claim: Claim = field(init=False)

    def take(self, transition: Transition) -> Transition:
        """Store a transition, after checking what must hold for every one."""
        assert transition.entry.balance == 0, transition.entry
        assert_in_the_table(self.state, transition.after)
        self.phase_before = type(self.state.phase)
        self.state = transition.after
        self.lane_at = transition.lane_at
        self.entries.append(transition.entry)
        self.events.extend(transition.events)
        assert_sound(self.state, self.sums)
        return transition

    @property
    def sums(self) -> Mapping[str, int]:
        return total(self.entries)

    @property
    def phase(self) -> type[Phase]:
        return type(self.state.phase)

    @property
    def due(self) -> Instant:
        return self.state.phase.due

    @property
    def queued(self) -> Queued:
        """Its place in a lane."""
        assert isinstance(self.state.phase, Queued), self.state.phase
        return self.state.phase

    @property
    def sending(self) -> Sending:
        """Its call in flight."""
        assert isinstance(self.state.phase, Sending), self.state.phase
        return self.state.phase

    @property
    def parked(self) -> Parked:
        """Why it is set aside."""
        assert isinstance(self.state.phase, Parked), self.state.phase
        return self.state.phase

    def wait(self, span: int) -> "Story":
        self.now = Instant(self.now + span)
        return self

    def see(
        self,
        *alerts: Alert,
        sender_group: str = "g",
        truncated: bool = False,
        when: Instant = NEVER,
        group_labels: Labels | None = None,
        unsent: int = 0,
        all_ended: bool = False,
    ) -> "Story":
        """Fold one body, observed now unless given otherwise."""
        seen = Observations(alerts, when or self.now, sender_group, truncated or unsent > 0, group_labels, unsent)
        seen = replace(seen, all_ended=all_ended)
        self.take(engine.fold(self.state, seen, self.policy.timing, self.policy.severity, self.now))
        return self

    def fire(self, *names: str, severity: str = "warning") -> "Story":
        """See alerts firing that began now."""
        return self.see(*(an_alert(name, starts=self.now, severity=severity) for name in names))

    def end(self, *names: str) -> "Story":
        """See alerts resolved that ended now."""
        return self.see(*(a_resolve(name, ends=self.now) for name in names))

    def silence(self, *names: str, until: Instant = NEVER) -> "Story":
        """Alerts of these names are silenced from now on, for a day unless given otherwise."""
        end = until or Instant(self.now + hours(24))
        sets = tuple(parse_matchers(f'alertname="{name}"') for name in names)
        silence = Silence("s1", sets, self.now, end, "ana", "replacing the disk")
        self.policy = replace(self.policy, mutes=Mutes(silences=Silences([*self.policy.mutes.silences.all, silence])))
        return self

    def unsilence(self) -> "Story":
        """Nothing is silenced any more, and what was held back is decided again."""
        self.policy = replace(self.policy, mutes=NO_MUTES)
        return self.step() if isinstance(self.state.phase, Held) else self

    def step(self) -> "Story":
        """What comes of it now, without waiting and without a call."""
        decision = engine.advance(self.state, self.policy, self.now)
        assert isinstance(decision, Transition), decision
        self.take(decision)
        return self

    def look(self) -> "Story":
        """Go to the time that the group is due, and let it be looked at."""
        assert self.due != NEVER, "it is not due at any time"
        self.now = max(self.now, self.due)
        if engine.to_ask(self.state, self.policy, self.now):
            self.take(engine.ask(self.state, self.now))
            return self
        decision = engine.advance(self.state, self.policy, self.now)
        assert isinstance(decision, Transition), decision
        self.take(decision)
        return self

    def ask(self, answer: Answer) -> "Story":
        """Go to the time at which Slack is asked for a call that may have been made, and take its answer in."""
        self.look()
        assert isinstance(self.state.phase, Uncertain), self.state.phase
        self.take(engine.judge(self.state, self.state.phase, answer, self.policy, self.now))
        return self

    def decide(self) -> Notification:
        """The call that the head of the lane makes now, changing lanes on the way if it must."""
        for _ in range(2):
            assert isinstance(self.state.phase, Queued), self.state.phase
            decision = engine.advance(self.state, self.policy, self.now)
            if isinstance(decision, Notification):
                return decision
            self.take(decision)
        raise AssertionError("it changes lanes without end")

    def begin(self) -> Claim:
        """Claim the call at the head of the lane."""
        self.calls += 1
        transition, made = engine.claim(self.state, self.decide(), f"d{self.calls}", self.policy, self.now)
        self.take(transition)
        self.last_claim = made
        return made

    def finish(self, made: Claim, answer: Answer | None = None) -> Claim:
        """Take an answer in; by default Slack's yes."""
        done = answer or Accepted("C1", self.ts_for(made))
        self.take(engine.settle(self.state, made, done, self.policy, self.now))
        return made

    def ts_for(self, made: Claim) -> str:
        message = made.snapshot.posted
        return f"{self.calls}.0" if message is None or made.notification.op is not Op.EDIT else message.ts

    def notify(self, answer: Answer | None = None) -> Notification:
        """Go on until the next call is answered; Slack shows nothing of a call that may have been made."""
        if isinstance(self.state.phase, Uncertain):
            self.ask(Gone("not_in_history"))
        if not isinstance(self.state.phase, Queued):
            self.look()
        return self.finish(self.begin(), answer).notification

    def notify_all(self) -> list[Notification]:
        """Make every call that is due, its replies too, until nothing is left but timers of an idle group."""
        return self._notify_until(Idle)

    def notify_all_but_held(self) -> list[Notification]:
        """The same until all that is left is held back."""
        return self._notify_until(Held)

    def _notify_until(self, rest: type[Idle | Held]) -> list[Notification]:
        made: list[Notification] = []
        while not isinstance(self.state.phase, rest) or NEVER < self.due <= self.now:
            assert len(made) < 50, "calls without end"
            if not isinstance(self.state.phase, Queued):
                self.look()
            elif isinstance(decision := engine.advance(self.state, self.policy, self.now), Transition):
                self.take(decision)
            else:
                made.append(self.notify())
        return made


def rows_of_the_table() -> list[tuple[str, str, str]]:
    """The rows of `model/phase.py`: phases before, what happens, the phase after."""
    return re.findall(r"(?m)^\| ([A-Z][\w, ]+) \| ([^|]+) \| (\w+)[^|]*\|$", phase.__doc__ or "")


MOVES: Final = {(one, after) for before, _, after in rows_of_the_table() for one in before.split(", ")}


def assert_in_the_table(before: AlertGroup, after: AlertGroup) -> None:
    """Every move between two phases is one that the table of transitions names."""
    move = type(before.phase).__name__, type(after.phase).__name__
    assert move[0] == move[1] or move in MOVES, move


def assert_sound(state: AlertGroup, sums: Mapping[str, int]) -> None:
    """What holds of every stored group whose alerts are all loaded, and of the books so far."""
    assert state.pending == sum(alert.pending for alert in state.alerts.values()), "pending is miscounted"
    assert state.firing == sum(alert.shown_firing for alert in state.alerts.values()), "firing is miscounted"
    assert state.unreported == sum(alert.unreported for alert in state.alerts.values()), "unreported is miscounted"
    assert state.contents == sum(alert.content is not None for alert in state.alerts.values())
    assert sums.get("pending", 0) == state.pending, "the books' pending is not the group's"
    if isinstance(state.phase, Idle):
        assert not state.pending, "idle with something pending"
        assert state.pending_reply is None, "idle with a reply pending"
        assert not state.refresh_due, "idle with a refresh due"
        assert state.phase.look_at != NEVER or not state.is_open, "may fire, and nobody will look"
