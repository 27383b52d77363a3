"""Whole lives of notifications against a Slack that fails in every way it can; in the end Slack shows the truth.

A script of random deeds (bodies, time, calls with random answers, lost leases, deleted messages) is played by a
driver that stores what the core decides, as the adapters will. After each deed all that must always hold is checked;
when the script is over faults stop, time passes, and what people see in Slack must be what is true.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.context.listing import ListingChange, changed_listing, listing_of
from router.core.decide.notification import Notification
from router.core.decide.policy import REPLAY_HORIZON, Policy
from router.core.engine import Claim, advance, arrive, claim, fold, illustrate, judge, leave, settle
from router.core.fold.reroute import route_again
from router.core.model.alert import Alert, AlertId
from router.core.model.alert_state import ShownState
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.key import GroupKey
from router.core.model.muted import NOTHING_LEFT_OUT, LeftOut, MutedBy
from router.core.model.observation import Observations
from router.core.model.operation import Op
from router.core.model.phase import Held, Idle, Queued, Uncertain, tries_of
from router.core.model.rules.context import ContextRules
from router.core.model.rules.inhibit import NO_RULES, InhibitRules
from router.core.model.rules.receiver import OnChange
from router.core.model.rules.tenant import Tenant
from router.core.model.transition import Transition
from router.core.route.tree import assign
from router.core.slack.answer import (
    Accepted,
    Ambiguous,
    Answer,
    ChannelDead,
    Gone,
    HoldScope,
    Limited,
    Refused,
    TokenDead,
    Unanswerable,
    Uneditable,
    Unreached,
)
from tests.core.builders import (
    SEVERITY,
    START,
    a_policy,
    a_receiver,
    a_resolve,
    a_route,
    a_tenant,
    a_timing,
    an_alert,
    assert_in_the_table,
    assert_sound,
    hours,
    minutes,
    observed,
    seconds,
)
from tests.core.holds import HOURS, RULES, Holds
from tests.examples import examples

NAMES = ("A", "B", "C", "K")
SEVERITIES = {"A": "warning", "B": "info", "C": "error", "K": "critical"}
HOME = a_tenant(a_route())
AWAY = a_tenant(a_route(routes=[a_route('alertname=~".+"', receiver="elsewhere")]))
RELATING = replace(HOME, context=ContextRules(related=("service",)))
MOST_STEPS_AT_ONCE = 12
LONG_LIVES = 4
VERY_MANY = 30


def home_key(tenant: Tenant) -> GroupKey:
    """Where these rules want all alerts of the sender's only group."""
    [assignment] = assign(tenant, observed(an_alert("A"), group_labels={}))
    return assignment.key


@dataclass
class Message:
    """One message in the channel, as people see it."""

    ts: str
    shows: dict[AlertId, ShownState]
    replies: list[Notification] = field(default_factory=list)
    deleted: bool = False
    unknown: bool = False
    """Nobody knows that it exists: the call that made it was ambiguous."""
    left_out: LeftOut = NOTHING_LEFT_OUT
    """What it counts that is held back."""

    @property
    def is_over(self) -> bool:
        """Whether people take what it is about for ended."""
        return bool(self.shows) and not any(state.is_open for state in self.shows.values())


@dataclass
class FakeSlack:
    """A channel with memory. What a call did and what is answered are two things."""

    messages: dict[str, Message] = field(default_factory=dict)
    left: dict[str, tuple[Answer, dict[AlertId, ShownState]]] = field(default_factory=dict)
    """What calls left there, by their ids, and what they show."""

    def perform(self, made: Claim, *, unknown: bool = False) -> Answer:
        """Do what the call asks for, and say so."""
        answer = self._perform(made, unknown=unknown)
        self.left[made.lease.delivery_id] = (answer, dict(made.notification.shown))
        return answer

    def _perform(self, made: Claim, *, unknown: bool) -> Answer:
        notification, place = made.notification, made.snapshot.posted
        if notification.op is Op.POST:
            ts = f"{len(self.messages) + 1}.0"
            left_out = LeftOut.of(notification.held.values())
            self.messages[ts] = Message(ts, dict(notification.shown), unknown=unknown, left_out=left_out)
            return Accepted("C1", ts)
        assert place is not None, "an edit or a reply without a message"
        message = self.messages[place.ts]
        if notification.op is Op.EDIT:
            if message.deleted:
                return Gone("message_not_found")
            message.shows = dict(notification.shown)
            message.left_out = LeftOut.of(notification.held.values())
            return Accepted("C1", place.ts)
        if notification.op.shows_group:
            return self._shown_in_the_thread(message, made, unknown=unknown)
        if message.deleted:
            return Accepted("C1", "reply", threaded=False)
        message.replies.append(notification)
        return Accepted("C1", "reply")

    def _shown_in_the_thread(self, message: Message, made: Claim, *, unknown: bool) -> Answer:
        """The newest broadcast is what people see; without its parent it is a message of its own."""
        shown, left_out = dict(made.notification.shown), LeftOut.of(made.notification.held.values())
        if not message.deleted:
            message.shows, message.left_out = shown, left_out
            return Accepted("C1", "reply")
        ts = f"{len(self.messages) + 1}.0"
        self.messages[ts] = Message(ts, shown, unknown=unknown, left_out=left_out)
        return Accepted("C1", ts, threaded=False)

    def live(self) -> list[Message]:
        return [message for message in self.messages.values() if not message.deleted]


@dataclass
class World:
    """The sender, the driver of the core, and Slack."""

    plain: Policy
    """How messages are sent, but for what holds alerts back."""
    holds: Holds = field(default_factory=Holds)
    now: Instant = START
    state: AlertGroup = field(default_factory=lambda: AlertGroup(home_key(HOME)))
    elsewhere: AlertGroup | None = None
    """Where the alerts are while the configuration wants them there; nobody is notified there."""
    slack: FakeSlack = field(default_factory=FakeSlack)
    sums: dict[str, int] = field(default_factory=dict)
    lane_at: Instant = NEVER
    made: Claim | None = None
    late: list[Claim] = field(default_factory=list)
    notified: list[tuple[Instant, Op]] = field(default_factory=list)
    truth: dict[str, bool] = field(default_factory=dict)
    vanished: set[str] = field(default_factory=set)
    starts: dict[str, Instant] = field(default_factory=dict)
    last_seen: dict[str, Instant] = field(default_factory=dict)
    shown_firing: set[AlertId] = field(default_factory=set)
    records: list[Observations] = field(default_factory=list)
    calls: int = 0
    steps_at_once: int = 0
    listed: ListingChange = field(default_factory=ListingChange)
    """What others may name of the group, as it was stated last."""
    excused: bool = False
    """The next notification may come early: a lost message or lease calls for it at once."""

    @property
    def policy(self) -> Policy:
        return replace(self.plain, mutes=self.holds.mutes(self.state))

    # Transitions

    def take(self, step: Transition) -> None:
        assert step.entry.balance == 0, step.entry
        for name, count in step.entry.fields().items():
            self.sums[name] = self.sums.get(name, 0) + count
        assert_in_the_table(self.state, step.after)
        decided = step.after.phase is not self.state.phase
        freed = self.holds.note(self.state, step.after)
        self.listed = changed_listing(RELATING, self.state, step.after, self.now) or self.listed
        self.state = step.after
        if step.lane_at:
            self.lane_at = step.lane_at
        self.check()
        if isinstance(self.state.phase, Held) and decided and not self.late:
            self._assert_an_end_counts_what_is_silenced()
        if freed:
            self.wake()

    def check(self) -> None:
        sums = self.sums
        assert self.listed.listing == listing_of(RELATING, self.state)
        assert_sound(self.state, sums)
        assert all(count >= 0 for count in sums.values()), sums
        suppressed = sum(count for name, count in sums.items() if name.startswith("suppressed:"))
        ended = sums.get("notified", 0) + sums.get("superseded", 0) + suppressed + sums.get("pending", 0)
        assert sums.get("changes", 0) == ended
        self._check_replies()
        known = [message for message in self.slack.live() if not message.unknown]
        if self.policy.receiver.on_change is not OnChange.POST:
            open_here = [message for message in known if ShownState.FIRING in message.shows.values()]
            assert len(open_here) <= 1 + self.sums.get("possible_repeats", 0)

    def _check_replies(self) -> None:
        receiver = self.policy.receiver
        replies = [reply for message in self.slack.messages.values() for reply in message.replies]
        assert not replies or receiver.on_change is OnChange.THREAD
        if not receiver.send_resolved:
            assert all(reply.op is Op.REPLY_BROADCAST for reply in replies)
            assert not any(ShownState.RESOLVED in reply.shown.values() for reply in replies)

    def move_on(self, span: int) -> None:
        assert span > 0
        self.now = Instant(self.now + span)
        self.steps_at_once = 0

    # What the sender does

    def body(self, *names: str, truncated: bool = False) -> None:
        """One body as the sender sees its group now, and what it tells of these alerts."""
        alerts = tuple(self._alert(name) for name in dict.fromkeys(names) if name in self.starts)
        if alerts:
            seen = observed(*alerts, when=self.now, truncated=truncated, group_labels={})
            [assignment] = assign(self.holds.of(HOME), seen)
            self.fold(assignment.seen)

    def _alert(self, name: str) -> Alert:
        starts, severity = self.starts[name], SEVERITIES[name]
        fires = an_alert(name, starts=starts, severity=severity)
        sent = fires if self.truth[name] else a_resolve(name, starts=starts, ends=self.now, severity=severity)
        return replace(sent, labels={**sent.labels, "service": "checkout"})

    @property
    def due(self) -> Instant:
        return self.state.phase.due

    def turn(self, name: str) -> None:
        """An alert begins or ends, and the sender says so with all that fires."""
        self.move_on(1)
        self.vanished.discard(name)
        self.truth[name] = not self.truth.get(name, False)
        if self.truth[name]:
            self.starts[name] = self.now
        self.body(name, *(other for other in NAMES if self.truth.get(other)))

    def repeat(self) -> None:
        self.body(*(name for name in NAMES if self.truth.get(name)))

    def fold(self, seen: Observations) -> None:
        self.records.append(seen)
        for alert in seen.alerts:
            self.last_seen[alert.alert_id] = max(self.last_seen.get(alert.alert_id, NEVER), seen.observed)
        self._note_sources()
        if self.elsewhere is not None:
            self.move_elsewhere(fold(self.elsewhere, seen, self.policy.timing, SEVERITY, self.now).after)
        else:
            self.take(fold(self.state, seen, self.policy.timing, SEVERITY, self.now))

    def _note_sources(self) -> None:
        self.holds.vanished = self.vanished
        for name, fires in self.truth.items():
            self.holds.see(name, self.last_seen[AlertId(name)], fires=fires)

    def move_elsewhere(self, after: AlertGroup) -> None:
        """What becomes of the alerts where nobody is notified of them; they are sources there as well."""
        assert self.elsewhere is not None
        before, self.elsewhere = self.elsewhere, after
        if self.holds.note(before, after):
            self.wake()

    def reconfigure(self) -> None:
        """The configuration sends everything elsewhere, or takes it back."""
        if self.elsewhere is not None:
            again = route_again(self.elsewhere, self.holds.of(HOME))
            for arrival in again.arrivals:
                self.take(arrive(self.state, arrival.seen, self.policy.timing, SEVERITY, self.now))
            self.move_elsewhere(leave(self.elsewhere, again.leaving, self.now).after)
            self.elsewhere = None
            return
        again = route_again(self.state, self.holds.of(AWAY))
        self.elsewhere = AlertGroup(home_key(AWAY))
        for arrival in again.arrivals:
            self.move_elsewhere(arrive(self.elsewhere, arrival.seen, arrival.timing, SEVERITY, self.now).after)
        if again.leaving:
            self.take(leave(self.state, again.leaving, self.now))

    def redeliver(self, which: int) -> None:
        """A record comes again, if it is not too old to be taken."""
        young = [seen for seen in self.records if seen.observed > self.now - REPLAY_HORIZON]
        if young:
            self.fold(young[which % len(young)])

    def vanish(self, name: str) -> None:
        """An alert is gone upstream and nobody says that it ended."""
        if self.truth.pop(name, False):
            self.vanished.add(name)
            self.repeat()

    # What holds alerts back

    def silence(self, name: str, *, seconds_long: int) -> None:
        """An alert is silenced for a while, or no longer; what is held back is decided again at once."""
        self.holds.silence(name, self.now, seconds_long=seconds_long)
        self.wake()

    def set_hours(self, hours: str) -> None:
        """The configuration has other intervals; what is held back is decided again at once."""
        self.holds.hours = hours
        self.wake()

    def burn_beside(self, *, fires: bool) -> None:
        """A source in another group fires, or has ended."""
        self.move_on(1)
        if self.holds.burn_beside(self.now, fires=fires):
            self.wake()

    def wake(self) -> None:
        if isinstance(self.state.phase, Held):
            moved = advance(self.state, self.policy, self.now)
            assert isinstance(moved, Transition), moved
            self.take(moved)

    def lift(self) -> None:
        """Nothing holds anything back but the group's own critical alert, and quiet hours while they last."""
        for name in list(self.holds.silenced):
            self.silence(name, seconds_long=1)
        if self.holds.rules:
            self.burn_beside(fires=False)

    def may_hold(self, alert: AlertId) -> bool:
        return self.holds.may_hold(str(alert), self.now, self.plain.timing.stale_after)

    def _assert_held_back(self, notification: Notification) -> None:
        """Nobody is notified of a muted alert that begins; what a message showed firing it may go on showing."""
        for alert, shown_as in notification.shown.items():
            muted = self.holds.holds(str(alert), self.now, self.plain.timing.stale_after)
            if shown_as is ShownState.FIRING and muted:
                before = self.state.alerts[alert]
                assert before.last_shown.state is ShownState.FIRING or before.unreplied is ShownState.FIRING, (
                    f"{alert} is held back, and {notification.op} shows that it fires"
                )

    # What the worker does

    def work(self, answer: Answer | None, *, done: bool = False, lose: bool = False) -> bool:
        """One transition of whatever can be done now; whether there was any."""
        state = self.state
        if self.made is not None:
            self.finish(answer, done=done, lose=lose)
        elif isinstance(state.phase, Queued):
            if self.lane_at > self.now:
                return False
            self.begin()
        elif NEVER < state.phase.due <= self.now:
            moved = advance(state, self.policy, self.now)
            assert isinstance(moved, Transition), moved
            self.take(moved)
            self.ask(readable=answer is None)
        else:
            return False
        self.steps_at_once += 1
        assert self.steps_at_once <= MOST_STEPS_AT_ONCE, f"runs hot: {self.state}"
        return True

    def ask(self, *, readable: bool) -> None:
        """Where nobody knows whether a call was made, Slack is asked, if it may be."""
        doubted = self.state.phase
        if not isinstance(doubted, Uncertain):
            return
        found, shows = self.slack.left.get(doubted.lease.delivery_id, (Gone("not_in_history"), {}))
        answer = found if readable else TokenDead("missing_scope")
        self.take(judge(self.state, doubted, answer, self.policy, self.now))
        if isinstance(answer, Accepted) and doubted.lease.op.shows_group:
            self.notified.append((self.now, doubted.lease.op))
            self._assert_taken_over(shows)
            if answer.ts in self.slack.messages:
                self.slack.messages[answer.ts].unknown = False

    def _assert_taken_over(self, shows: Mapping[AlertId, ShownState]) -> None:
        """What is known to be shown is what the call shows, whatever was folded since, or is shown once more."""
        for fp, shown in shows.items():
            known = self.state.alerts.get(fp)  # one that ended long ago is forgotten
            stored = known.last_shown.state if known is not None else shown
            is_known = stored in {shown, ShownState.REROUTED} or self.state.refresh_due
            assert is_known, f"{fp} is shown {shown}, stored as {stored}"
            if shown is ShownState.FIRING:
                self.shown_firing.add(fp)

    def begin(self) -> None:
        decided = advance(self.state, self.policy, self.now)
        if isinstance(decided, Transition):
            self.take(decided)
            return
        self._assert_held_back(decided)
        self.calls += 1
        step, made = claim(self.state, decided, f"d{self.calls}", self.policy, self.now)
        if decided.op is Op.EDIT or decided.op is Op.POST:
            self._note_notification(decided)
        self.take(step)
        self.lane_at = NEVER
        self.made = made

    def _note_notification(self, notification: Notification) -> None:
        after = self.state.notified_at + self.policy.timing.group_interval
        early = self.state.notified_at != NEVER and self.now < after
        for_chart = self.state.is_for_a_chart_alone
        assert not for_chart or notification.op is Op.EDIT, "more than an edit for a chart"
        assert (
            not early or for_chart or self.state.refresh_due or self.excused or tries_of(self.state.phase).failed
        ), "shown too soon after the last"

    def finish(self, answer: Answer | None, *, done: bool, lose: bool) -> None:
        made, self.made = self.made, None
        assert made is not None
        if lose:
            self.excused = True
            self.late.append(made)
            self.move_on(max(1, self.due - self.now))
            lapsed = advance(self.state, self.policy, self.now)
            assert isinstance(lapsed, Transition), lapsed
            self.take(lapsed)
            return
        if answer is None:
            answer = self.slack.perform(made)
        elif done and isinstance(answer, Ambiguous):
            self.slack.perform(made, unknown=True)
        self._settle(made, answer)

    def _settle(self, made: Claim, answer: Answer) -> None:
        self.take(settle(self.state, made, answer, self.policy, self.now))
        if isinstance(answer, Accepted):
            for fp, shown in made.notification.shown.items():
                if shown is ShownState.FIRING and made.notification.op.shows_group:
                    self.shown_firing.add(fp)
            if made.notification.op.shows_group:
                self.notified.append((self.now, made.notification.op))
        out_of_reach = isinstance(answer, Unanswerable) and made.notification.op.shows_group
        if isinstance(answer, Gone) or out_of_reach:
            self.excused = True
            place = made.snapshot.posted
            assert place is not None
            self.slack.messages[place.ts].deleted = True  # or out of reach, which is the same to us

    def illustrate(self) -> None:
        """A chart has come that the message lacks."""
        self.take(illustrate(self.state, self.policy, self.now))

    def show_the_chart(self) -> None:
        """The same, and at once the edit that shows it, if there is one."""
        self.illustrate()
        while self.state.chart_due:
            self.lane_at = NEVER
            assert self.work(None)

    def settle_late(self, *, done: bool) -> None:
        """A stalled worker comes back with its answer after all."""
        if not self.late:
            return
        made = self.late.pop(0)
        answer = self.slack.perform(made) if done else Unreached("late")
        self._settle(made, answer)

    def delete_message(self) -> None:
        for message in self.slack.live():
            message.deleted = True

    # The end

    def go_to_next(self) -> None:
        """Let the time pass until there is something to do."""
        wake = self.lane_at if isinstance(self.state.phase, Queued) else self.due
        if self.made is None and wake > self.now:
            self.move_on(wake - self.now)

    def calm_down(self) -> None:
        """Faults stop; time passes until nothing is left to be done but to watch what fires."""
        if self.elsewhere is not None:
            self.reconfigure()
        while self.late:
            self.settle_late(done=True)
        self.excused = True
        self.come_to_rest(*MutedBy)
        self._assert_an_end_counts_what_is_silenced()
        self.lift()
        self.come_to_rest(MutedBy.INHIBITED)

    def come_to_rest(self, *held_by: MutedBy) -> None:
        """Time passes until nothing is left to do but to watch what fires, or what may be held back."""
        for _ in range(100):
            if not self.work(None):
                soon, phase = Instant(self.now + self.policy.timing.group_interval), self.state.phase
                rests = isinstance(phase, Idle) or (isinstance(phase, Held) and phase.muted.by in held_by)
                if rests and (self.due == NEVER or self.due > soon):
                    return
                self.go_to_next()
        raise AssertionError(f"never comes to rest: {self.state}")

    def _assert_an_end_counts_what_is_silenced(self) -> None:
        """A message in which all has ended says what fires again unseen, and until when."""
        if self.holds.rules or self.holds.hours != "none":
            return  # what else holds it back is another's to try
        message = self.slack.messages.get(self.state.posted.ts) if self.state.posted is not None else None
        if message is None or message.deleted or not message.is_over:
            return
        if self.state.takes_no_edits or self.state.refresh_at != NEVER:
            return  # never, or by the edit that is to come
        if all(alert.last_shown.state is ShownState.NOTHING for alert in self.state.alerts.values()):
            return  # what it shows ended so long ago that it is forgotten
        pending = [one for one, alert in self.state.alerts.items() if alert.pending and alert.firing]
        ends = [end for one in pending if (end := self.holds.silenced_until(str(one), self.now)) != NEVER]
        true = LeftOut(len(ends), max(ends, default=NEVER))
        assert message.left_out == true, f"counts {message.left_out}, true is {true}"

    def end_sources(self) -> None:
        """The critical alert of the group ends, if it fires."""
        if self.truth.get("K"):
            self.turn("K")

    def fall_silent(self) -> None:
        """Nobody reports anything for longer than `stale_after`."""
        end = Instant(self.now + self.policy.timing.stale_after + minutes(1))
        for _ in range(100):
            self.calm_down()
            if self.due == NEVER or self.due > end:
                break
            self.go_to_next()
        self.now = end

    def assert_slack_shows_the_truth(self) -> None:
        """But for what is held back: a message may show that as it was."""
        recent = self.now - self.policy.timing.stale_after
        fires = {AlertId(name) for name, fires in self.truth.items() if fires and self.last_seen[name] >= recent}
        may_be_missed = {AlertId(name) for name in self.vanished if self.last_seen[name] >= recent}
        notified = {alert for alert in fires if not self.may_hold(alert)}
        if self.state.posted is None:
            assert not notified, "fires, and no message says so"
            return
        message = self.slack.messages[self.state.posted.ts]
        if message.deleted:
            return  # that it was deleted is found out with the next call
        shown = {fp for fp, shown_as in message.shows.items() if shown_as is ShownState.FIRING}
        assert notified <= shown <= fires | may_be_missed, f"shows {shown}, true is {fires}"
        for fp, shown_as in message.shows.items():
            assert not shown_as.is_given_up or fp not in notified
            is_open = fp in fires | may_be_missed and not self.may_hold(fp)
            assert shown_as is not ShownState.RESOLVED or not is_open, f"{fp} is shown resolved, and is not"


ANSWERS: tuple[Answer | None, ...] = (
    None,
    None,
    None,
    None,
    Limited(seconds(7), HoldScope.CHANNEL),
    Unreached("connect"),
    Ambiguous("timeout"),
    Refused("invalid_blocks"),
    ChannelDead("is_archived"),
    TokenDead("token_revoked"),
    Gone("message_not_found"),
    Uneditable("edit_window_closed"),
    Unanswerable("restricted_action_thread_locked"),
)

SPANS = (1, seconds(1), seconds(29), seconds(31), minutes(6), minutes(11), hours(4.1), hours(13))


@dataclass(frozen=True)
class Deed:
    """One thing that happens to a world; a value, so that a failing script can be read."""

    verb: str
    which: int = 0
    answer: Answer | None = None
    flag: bool = False

    def happen(self, world: World) -> None:
        match self.verb:
            case "turn":
                world.turn(NAMES[self.which % len(NAMES)])
            case "vanish":
                world.vanish(NAMES[self.which % len(NAMES)])
            case "repeat":
                world.repeat()
            case "redeliver":
                world.redeliver(self.which)
            case "pass":
                world.move_on(SPANS[self.which % len(SPANS)])
            case "work":
                world.work(self._possible(world), done=self.flag)
            case "next":
                world.go_to_next()
                world.work(self._possible(world), done=self.flag)
            case "delete":
                world.delete_message()
            case "reconfigure":
                world.reconfigure()
            case _:
                self._befall(world)

    def _befall(self, world: World) -> None:
        match self.verb:
            case "silence":
                world.silence(NAMES[self.which % len(NAMES)], seconds_long=(20, 3_000)[self.flag])
            case "hours":
                world.set_hours(sorted(HOURS)[self.which % len(HOURS)])
            case "beside":
                world.burn_beside(fires=self.flag)
            case "illustrate":
                world.illustrate()
            case "lose":
                world.work(None, lose=True)
            case _:
                assert self.verb == "late"
                world.settle_late(done=self.flag)

    def _possible(self, world: World) -> Answer | None:
        """No post finds its message gone; only edits are refused as edits, and only replies as replies."""
        op = world.made.notification.op if world.made is not None else Op.POST
        match self.answer:
            case Gone() if op is Op.POST:
                return None
            case Uneditable() if op is not Op.EDIT:
                return None
            case Unanswerable() if not op.is_reply:
                return None
            case answer:
                return answer


CALM = ("turn", "turn", "repeat", "redeliver", "pass", "work", "next", "next", "next", "next", "next", "next")


def deeds(*more: str) -> st.SearchStrategy[Deed]:
    """Deeds of a calm life, and these verbs besides; where messages are deleted Slack answers anything."""
    verbs = CALM + more
    answers = st.sampled_from(ANSWERS) if "delete" in more else st.none()
    return st.builds(Deed, st.sampled_from(verbs), st.integers(0, 40), answers, st.booleans())


HOLDING = ("silence", "hours", "beside", "beside")
FAILING = ("delete", "lose", "late", "reconfigure", "vanish")


def policies(*graces: float) -> st.SearchStrategy[Policy]:
    return st.builds(
        lambda on_change, send_resolved, wait, grace: a_policy(
            a_receiver(on_change=on_change, send_resolved=send_resolved),
            a_timing(group_wait=wait, inhibit_grace=seconds(grace)),
        ),
        st.sampled_from(OnChange),
        st.booleans(),
        st.sampled_from([seconds(0), seconds(10)]),
        st.sampled_from(graces),
    )


POLICIES = policies(0)
INHIBITED_POLICIES = policies(0, 5)
LIFE = examples(120)


def play(policy: Policy, script: Iterable[Deed], rules: InhibitRules = NO_RULES) -> World:
    """A script to its end, and the truth of it."""
    world = World(policy, Holds(rules))
    for deed in script:
        deed.happen(world)
    world.calm_down()
    world.assert_slack_shows_the_truth()
    world.end_sources()
    world.calm_down()
    world.assert_slack_shows_the_truth()
    world.fall_silent()
    world.assert_slack_shows_the_truth()
    return world


@LIFE
@given(POLICIES, st.lists(deeds(), max_size=60))
def test_without_faults_slack_shows_the_truth_and_nothing_twice(policy: Policy, script: list[Deed]) -> None:
    world = play(policy, script)
    assert world.sums.get("possible_repeats", 0) == 0
    assert "suppressed:message_gone" not in world.sums


@LIFE
@given(POLICIES, st.lists(deeds("vanish"), max_size=60))
def test_what_is_reported_no_more_is_shown_as_such(policy: Policy, script: list[Deed]) -> None:
    play(policy, script)


@LIFE
@given(POLICIES, st.lists(deeds("delete"), max_size=60))
def test_whatever_slack_answers_in_the_end_it_shows_the_truth(policy: Policy, script: list[Deed]) -> None:
    play(policy, script)


@LIFE
@given(POLICIES, st.lists(deeds("delete", "lose", "late", "vanish"), max_size=60))
def test_whatever_becomes_of_workers_in_the_end_slack_shows_the_truth(policy: Policy, script: list[Deed]) -> None:
    play(policy, script)


@LIFE
@given(POLICIES, st.lists(deeds("reconfigure"), max_size=60))
def test_wherever_configurations_send_alerts_in_the_end_slack_shows_the_truth(
    policy: Policy, script: list[Deed]
) -> None:
    play(policy, script)


@LIFE
@given(POLICIES, st.lists(deeds("delete", "lose", "late", "reconfigure"), max_size=60))
def test_wherever_configurations_send_alerts_while_all_fails_slack_shows_the_truth(
    policy: Policy, script: list[Deed]
) -> None:
    play(policy, script)


@LIFE
@given(POLICIES, st.lists(deeds("silence", "silence"), max_size=60))
def test_whatever_is_silenced_in_the_end_slack_shows_the_truth(policy: Policy, script: list[Deed]) -> None:
    world = play(policy, script)
    assert world.sums.get("possible_repeats", 0) == 0


@LIFE
@given(POLICIES, st.lists(deeds("hours", "hours", "silence"), max_size=60))
def test_whatever_the_hours_in_the_end_slack_shows_the_truth(policy: Policy, script: list[Deed]) -> None:
    world = play(policy, script)
    assert world.sums.get("possible_repeats", 0) == 0


@LIFE
@given(INHIBITED_POLICIES, st.lists(deeds("beside", "beside", "vanish"), max_size=60))
def test_whatever_is_inhibited_in_the_end_slack_shows_the_truth(policy: Policy, script: list[Deed]) -> None:
    world = play(policy, script, RULES)
    assert world.sums.get("possible_repeats", 0) == 0


@LIFE
@given(INHIBITED_POLICIES, st.lists(deeds(*HOLDING, *FAILING), max_size=60))
def test_whatever_holds_back_while_all_fails_slack_shows_the_truth(policy: Policy, script: list[Deed]) -> None:
    play(policy, script, RULES)


@LIFE
@given(POLICIES, st.lists(deeds("silence", "silence", "delete", "lose", "late", "reconfigure"), max_size=60))
def test_whatever_is_silenced_while_all_fails_slack_shows_the_truth(policy: Policy, script: list[Deed]) -> None:
    play(policy, script)


@LIFE
@given(POLICIES, st.lists(deeds("illustrate", "illustrate", "silence", "vanish"), max_size=60))
def test_whenever_charts_come_slack_shows_the_truth(policy: Policy, script: list[Deed]) -> None:
    world = play(policy, script)
    assert world.sums.get("possible_repeats", 0) == 0


@LIFE
@given(POLICIES, st.lists(deeds("illustrate", "illustrate", *FAILING), max_size=60))
def test_whenever_charts_come_while_all_fails_slack_shows_the_truth(policy: Policy, script: list[Deed]) -> None:
    play(policy, script)


@LIFE
@given(POLICIES, st.lists(deeds(), max_size=60), st.sets(st.integers(0, 59)))
def test_charts_bring_no_post_and_no_reply(policy: Policy, script: list[Deed], charts: set[int]) -> None:
    without, with_charts = World(policy), World(policy)
    for number, deed in enumerate(script):
        deed.happen(without)
        deed.happen(with_charts)
        if number in charts:
            with_charts.show_the_chart()
    for world in (without, with_charts):
        world.calm_down()
    posts_and_replies = [
        [(one.ts, one.shows, [reply.shown for reply in one.replies]) for one in world.slack.messages.values()]
        for world in (without, with_charts)
    ]
    assert posts_and_replies[0] == posts_and_replies[1]


LIVES = {
    "calm": (),
    "vanishing": ("vanish",),
    "moving": ("reconfigure",),
    "faulty": ("delete", "lose", "late"),
    "faulty and moving": ("delete", "lose", "late", "reconfigure"),
    "silenced": ("silence", "silence"),
    "at any hour": ("hours", "hours"),
    "inhibited": ("beside", "beside"),
    "held back": HOLDING,
    "all at once": (*HOLDING, *FAILING),
}


@pytest.mark.parametrize("seed", range(LONG_LIVES))
@pytest.mark.parametrize("on_change", OnChange)
@pytest.mark.parametrize("kind", LIVES)
def test_a_long_life_ends_in_the_truth(seed: int, on_change: OnChange, kind: str) -> None:
    live(seed, on_change, kind)


@pytest.mark.long
@pytest.mark.night
@pytest.mark.parametrize("on_change", OnChange)
@pytest.mark.parametrize("kind", LIVES)
def test_so_do_many_more(on_change: OnChange, kind: str) -> None:
    for seed in range(LONG_LIVES, VERY_MANY):
        live(seed, on_change, kind)


def live(seed: int, on_change: OnChange, kind: str) -> World:
    chance, verbs = Random(seed), (*CALM, *LIVES[kind])
    grace = seconds(5) if "beside" in verbs else seconds(0)
    receiver = a_receiver(on_change=on_change, send_resolved=chance.random() < 0.7)
    answers = ANSWERS if "lose" in verbs else (None,)
    script = [
        Deed(chance.choice(verbs), chance.randrange(40), chance.choice(answers), chance.random() < 0.5)
        for _ in range(400)
    ]
    return play(a_policy(receiver, a_timing(inhibit_grace=grace)), script, RULES if "beside" in verbs else NO_RULES)
