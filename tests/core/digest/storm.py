"""One channel in a storm, led by deeds: what the core decides is stored as the roles do it, and checked each time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from router.core import engine
from router.core.decide.notification import Notification
from router.core.decide.policy import Policy
from router.core.deliver.claim import Claim
from router.core.digest.share import Share
from router.core.match.matcher import parse_matchers
from router.core.match.reading import Reading
from router.core.model.alert import Alert, AlertId
from router.core.model.alert_state import ShownState
from router.core.model.event import Event
from router.core.model.group import AlertGroup, Digest, Row
from router.core.model.instant import MINUTE, NEVER, Instant
from router.core.model.key import GroupId
from router.core.model.ledger import LedgerEntry
from router.core.model.operation import Lane, Method, Op, Reason
from router.core.model.phase import Held, Queued, Sending, Uncertain
from router.core.model.rules.inhibit import InhibitRules
from router.core.model.rules.interval import FULL_DAY, IntervalSpec, Minutes, RouteIntervals, TimeInterval
from router.core.model.rules.silence import NO_SILENCES, Silence, Silences
from router.core.model.transition import NO_ENTRY, Transition
from router.core.mute.inhibition import NO_SOURCES, Source, source_keys
from router.core.mute.mute import NO_MUTES
from router.core.slack.answer import Accepted, Answer, Gone
from tests.core.builders import START, a_key, a_policy, a_resolve, a_rule, an_alert, hours, observed, seconds

NOT_FOUND: Final = Gone("not_found")
FAR: Final = Instant(START + hours(1000))
POSTS: Final = Lane("C1", Method.POST)
RULES: Final = InhibitRules((a_rule('alertname="X"', 'alertname="A1"'),))
STATES: Final = ("firing", "resolved", "stale", "rerouted", "unreported")


@dataclass
class Storm:
    """Groups of one receiver, their digest, and the channel as people see it."""

    policy: Policy = field(default_factory=a_policy)
    now: Instant = START
    groups: dict[GroupId, AlertGroup] = field(default_factory=dict)
    digest: AlertGroup = field(init=False)
    shares: dict[tuple[int, GroupId], Share] = field(default_factory=dict)
    books: LedgerEntry = NO_ENTRY
    posted: dict[str, Sequence[Row]] = field(default_factory=dict)
    announced: list[str] = field(default_factory=list)
    calls: int = 0
    ops: list[Op] = field(default_factory=list)
    """How the digest's message was shown."""
    seen: list[tuple[int, Alert, Instant]] = field(default_factory=list)
    """All that came in."""
    places: dict[GroupId, engine.Place] = field(default_factory=dict)
    """What events note of each group."""
    quiet_until: Instant = NEVER

    def __post_init__(self) -> None:
        self.digest = engine.new_digest(self.policy.receiver)

    def wait(self, seconds: float) -> "Storm":
        self.now = Instant(self.now + round(seconds * 1_000_000))
        return self

    def fire(self, *numbers: int, severity: str = "warning") -> "Storm":
        """In each of these groups its alert fires, since now."""
        for number in numbers:
            self._fold(number, an_alert(f"A{number % 3}", starts=self.now, severity=severity))
        return self

    def end(self, *numbers: int, severity: str = "warning") -> "Storm":
        for number in numbers:
            self._fold(number, a_resolve(f"A{number % 3}", ends=self.now, severity=severity))
        return self

    def _fold(self, number: int, alert: Alert) -> None:
        self.seen.append((number, alert, self.now))
        self._fold_once(number, alert, self.now)

    def _fold_once(self, number: int, alert: Alert, when: Instant) -> None:
        key = a_key(group=str(number))
        before = self.groups.get(key.group_id, AlertGroup(key))
        folded = engine.fold(before, observed(alert, when=when), self.policy.timing, self.policy.severity, self.now)
        self._store(before, engine.straight_on(folded, self.policy, self.now))

    def _store(self, before: AlertGroup, moved: Transition) -> None:
        assert moved.entry.balance == 0, moved.entry
        after = replace(moved.after, rev=before.rev + 1)
        if after.digest is not None:
            assert self.digest.rev == before.rev
            self.digest = after
            self.shares |= {(after.digest.life, group): share for group, share in moved.shares.items()}
        else:
            self.groups[after.key.group_id] = after
        self.books += moved.entry
        for event in moved.events:
            self._note(after, event)
        self.check()

    def _note(self, after: AlertGroup, event: Event) -> None:
        if event.message is None:
            self.places.pop(after.key.group_id, None)
        elif event.shown is not None:
            self.places[after.key.group_id] = engine.Place(
                message=event.message,
                shown=event.shown,
                notified_at=event.delivered_at,
                reason=Reason(event.reason),
                digest=event.digest,
                counted_by=event.counted_by,
            )

    def lose(self) -> "Storm":
        """All that is stored is lost, and put together again by what events note and by what came in."""
        self.groups, self.shares, self.books = {}, {}, NO_ENTRY
        self.digest = engine.new_digest(self.policy.receiver)
        digest = self.places.get(self.digest.key.group_id)
        life = digest.digest.life if digest and digest.digest and not digest.is_over else None
        for place in list(self.places.values()):
            key = place.shown.key
            before = self.digest if place.digest is not None else AlertGroup(key)
            found = replace(place, digest_life=life if place.counted_by is not None else None)
            self._store(before, engine.adopt(before, found, self.policy, self.now))
        for number, alert, when in self.seen:
            self._fold_once(number, alert, when)
        return self

    def check(self) -> None:
        """What must hold at every moment."""
        assert self.books.balance == 0
        assert self.books.pending == sum(one.pending for one in self.groups.values())
        shares = [share for (life, _), share in self.shares.items() if life == self.counts.life]
        assert totals(self.counts.rows) == totals([row for share in shares for row in share])
        assert self.counts.groups == sum(bool(share) for share in shares)

    @property
    def counts(self) -> Digest:
        return self.digest.digest or Digest()

    @property
    def digest_policy(self) -> Policy:
        return replace(
            self.policy, mutes=NO_MUTES, timing=replace(self.policy.timing, group_interval=self.counts.pace)
        )

    def queued(self, lane: Lane) -> list[AlertGroup]:
        """Who waits there, in order."""
        waiting = [one for one in self.groups.values() if isinstance(one.phase, Queued) and one.phase.lane == lane]
        return sorted(waiting, key=_place)

    def silence(self) -> "Storm":
        """Every alert of the name A0 is silenced from now on."""
        silence = Silence("s1", (parse_matchers('alertname="A0"'),), self.now, FAR, "ana", "replacing the disk")
        return self._mute(silences=Silences([silence]))

    def inhibit(self) -> "Storm":
        """A source fires elsewhere that holds back every alert of the name A1."""
        [key] = source_keys(RULES, Reading({"alertname": "X"}))
        return self._mute(rules=RULES, sources={key: Source(AlertId("X"), FAR)})

    def quieten(self) -> "Storm":
        """Nobody is notified of anything until the next minute has passed."""
        minute = self.now // MINUTE
        self.quiet_until = Instant((minute + 2) * MINUTE)
        times = (Minutes(minute % FULL_DAY, min(minute % FULL_DAY + 2, FULL_DAY)),)
        return self._mute(intervals=RouteIntervals(mute=(TimeInterval("quiet", (IntervalSpec(times),)),)))

    def release(self) -> "Storm":
        """Nothing is silenced or inhibited any more, and what was held back is decided again."""
        self._mute(silences=NO_SILENCES, sources=NO_SOURCES)
        for one in self.held():
            self._move(one, self.policy)
        return self

    def _mute(self, **changes: Any) -> "Storm":
        self.policy = replace(self.policy, mutes=replace(self.policy.mutes, **changes))
        return self

    def is_muted(self, name: str) -> bool:
        """Whether alerts of this name are held back, by what was done here."""
        mutes = self.policy.mutes
        return self.now < self.quiet_until or name in {"A0" if mutes.silences else "", "A1" if mutes.sources else ""}

    def _assert_held_back(self, group: AlertGroup, notification: Notification) -> None:
        """Nobody is notified of a muted alert that begins; what was shown firing may go on being shown so."""
        for alert, state in notification.shown.items():
            if state is ShownState.FIRING and self.is_muted(str(alert)):
                before = group.alerts[alert]
                assert ShownState.FIRING in {before.last_shown.state, before.unreplied}, f"{alert} is held back"

    def held(self) -> list[AlertGroup]:
        """What is held back."""
        return [one for one in self.groups.values() if isinstance(one.phase, Held)]

    def look(self) -> "Storm":
        """Look at the lane: the digest takes what it is to show."""
        found = engine.absorb(self.digest, self.queued(POSTS), self.digest_policy, self.now)
        if found is not None:
            self._store(self.digest, found.digest)
            for group, moved in found.members:
                self._store(group, moved)
        return self

    def advance(self) -> "Storm":
        """Everything that is due goes one step on."""
        for one in [one for one in self.groups.values() if _is_due(one, self.now)]:
            self._move(one, self.policy)
        if self.queued(Lane(self.digest.key.group_id, Method.DIGEST)):
            woken = engine.wake(self.digest, self.digest_policy, self.now)
            if woken is not None:
                self._store(self.digest, woken)
        if _is_due(self.digest, self.now):
            self._move(self.digest, self.digest_policy)
        return self

    def _move(self, group: AlertGroup, policy: Policy) -> None:
        if isinstance(group.phase, Uncertain):
            return
        moved = engine.advance(group, policy, self.now)
        assert isinstance(moved, Transition)
        self._store(group, moved)

    def post_one(self) -> "Storm":
        """The first of the lane that no digest takes gets its own message, or its next call."""
        for lane in (POSTS, Lane("C1", Method.UPDATE)):
            for group in self.queued(lane)[:1]:
                decision = engine.advance(group, self.policy, self.now)
                if isinstance(decision, Notification):
                    made = self._claim(group, decision, self.policy)
                    ts = group.posted.ts if group.posted else f"own-{self.calls}"
                    self._settle(made, Accepted("C1", ts), self.policy)
                else:
                    self._store(group, decision)
        return self

    def _claim(self, group: AlertGroup, notification: Notification, policy: Policy) -> Claim:
        self.calls += 1
        if group.digest is None:
            self._assert_held_back(group, notification)
        moved, made = engine.claim(group, notification, f"call-{self.calls}", policy, self.now)
        self._store(group, moved)
        return made

    def _settle(self, made: Claim, answer: Answer, policy: Policy) -> None:
        key = made.snapshot.key
        current = self.digest if made.snapshot.digest is not None else self.groups[key.group_id]
        self._store(current, engine.settle(current, made, answer, policy, self.now))

    def call(self, answer: Answer | None = None, *, dies: str = "") -> "Storm":
        """The next call of the digest, if it is its turn; `dies`: before it settles, or before its groups do."""
        if not isinstance(self.digest.phase, Queued):
            return self
        shown = self._gather()
        decision = engine.advance(self.digest, self.digest_policy, self.now)
        if isinstance(decision, Transition):
            self._store(self.digest, decision)
            return self
        made = self._claim(self.digest, decision, self.digest_policy)
        if answer is None or dies:
            answer = self._perform(made)
        if dies == "before it settles":
            return self
        self._settle(made, answer, self.digest_policy)
        if isinstance(answer, Accepted) and decision.op.shows_group and not dies:
            for one in shown:
                current = self.groups[one.member.group.key.group_id]
                moved = engine.settle_member(current, one, made, answer, self.now)
                if moved is not None:
                    self._store(current, moved)
        return self

    def _gather(self) -> Sequence[engine.Shown]:
        waiting = self.queued(Lane(self.digest.key.group_id, Method.DIGEST))
        life = self.counts.life
        known = {one.key.group_id: share for one in waiting if (share := self.shares.get((life, one.key.group_id)))}
        members = [engine.Member(one, self.policy) for one in waiting]
        gathered = engine.gather(self.digest, members, known, 1, self.now)
        self._store(self.digest, gathered.digest)
        for group, moved in gathered.others:
            self._store(group, moved)
        for one in gathered.shown:
            self._assert_held_back(one.member.group, one.notification)
        return gathered.shown

    def _perform(self, made: Claim) -> Answer:
        """Do what the call asks for."""
        shown = made.snapshot
        ts = shown.posted.ts if shown.posted is not None else f"digest-{self.calls}"
        if not made.notification.op.shows_group:
            self.announced.append("again" if made.notification.reopens else "over")
            return Accepted("C1", f"reply-{self.calls}")
        assert shown.digest is not None
        self.posted[ts] = shown.digest.rows
        assert made.notification.op in {Op.POST, Op.EDIT, Op.REPLY_FOR_EDIT, Op.THREAD_FOR_EDIT}
        self.ops.append(made.notification.op)
        return Accepted("C1", ts)

    def lapse(self) -> "Storm":
        """The lease of a call that nobody settled is over, and nobody finds it in Slack."""
        if isinstance(self.digest.phase, Sending):
            self.wait(max(0, self.digest.phase.due - self.now) / 1_000_000)
            self._move(self.digest, self.digest_policy)
        if isinstance(self.digest.phase, Uncertain):
            doubted = self.digest.phase
            self.wait(max(0, doubted.until - self.now) / 1_000_000)
            self._store(self.digest, engine.judge(self.digest, doubted, NOT_FOUND, self.digest_policy, self.now))
        return self

    def calm_down(self) -> "Storm":
        """Time passes and nothing fails, for a while after all that is quiet."""
        end = max(self.now, self.quiet_until) + seconds(200)
        while self.now < end:
            self.lapse().look().post_one().advance().call().wait(1)
        return self

    def truth(self) -> Mapping[tuple[str, str, str], int]:
        """What is to be counted: the alerts of all groups that the digest shows, as they are.

        What ended there so long ago that it has a message of its own by now is counted as it was.
        """
        members = [one for one in self.groups.values() if one.shown_by is not None]
        counted = [one for one in members if self.shares.get((self.counts.life, one.key.group_id))]
        counts: Counter[tuple[str, str, str]] = Counter()
        for alert in (alert for one in counted for alert in one.alerts.values()):
            labels = alert.content.labels if alert.content else {}
            state = "firing" if alert.firing else "resolved"
            counts[labels["alertname"], labels["severity"], state] += alert.last_shown.state is not ShownState.NOTHING
        left = [
            self.shares.get((self.counts.life, one.key.group_id), ())
            for one in self.groups.values()
            if not one.shown_by
        ]
        return +counts + totals([row for share in left for row in share if not row.firing])

    def shown(self) -> Mapping[tuple[str, str, str], int]:
        """What the digest's message counts."""
        return totals(self.posted[self.digest.posted.ts]) if self.digest.posted is not None else {}


def totals(rows: Sequence[Row]) -> Counter[tuple[str, str, str]]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        for state in STATES:
            counts[row.name, row.severity, state] += getattr(row, state)
    return +counts


def _place(group: AlertGroup) -> tuple[int, Instant]:
    assert isinstance(group.phase, Queued)
    return group.phase.rank, group.phase.tries.since


def _is_due(group: AlertGroup, now: Instant) -> bool:
    return not isinstance(group.phase, Sending | Queued) and 0 < group.phase.due <= now
