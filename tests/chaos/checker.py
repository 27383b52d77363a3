"""The promises, as functions of what was seen: each gives the violations it finds, in words.

Nothing here knows the product; `test_checker.py` shows that each of them can fail.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from pathlib import Path
from typing import Final

from tests.chaos.evidence import Books, Call, Change, Folded, GroupName, Message, Offsets, Record, Recovery, Seen

LEAST_GAP_S: Final = 1.0
"""Between two posts in one channel."""
LEAST_WAIT_S: Final = 1.0
"""Between an edit that failed and the next one of the same message."""
SETTLE_S: Final = 0.5
"""So long after its answer a call may still be unsettled when its worker is killed."""

_MOST_REPEATS: Final = 3
"""Messages of a storm that may be left out, at most."""

Firing = Mapping[GroupName, frozenset[str]]


def balance(samples: Iterable[Books]) -> list[str]:
    """Every change is notified, superseded, suppressed or pending, at every reading."""
    return [
        f"{one.tenant}: books do not balance by {one.balance} at {one.at_s:.1f} s: {dict(one.counts)}"
        for one in samples
        if one.balance
    ]


def truth(firing: Firing, shown: Sequence[Message], counted: Mapping[str, int]) -> list[str]:
    """One message of each group shows what fires; others nothing that fires, but for as many as are `counted`.

    `counted` are the repeats that the product has counted itself, by tenant: such a message may stay as it was.
    """
    found: list[str] = []
    behind: Counter[str] = Counter()
    for group, instances in firing.items():
        messages = messages_of(group, shown)
        if not messages:
            found += [f"{group.tenant}/{group.alertname}: {len(instances)} fire, no message"] if instances else []
            continue
        current = min(messages, key=lambda message: (message.firing != instances, -float(message.ts)))
        if current.firing != instances:
            found.append(_differs(group, instances, current))
        behind[group.tenant] += sum(
            bool(one.firing) and one.firing != instances for one in messages if one is not current
        )
    found += [
        f"{tenant}: {count} other messages show another state, {counted.get(tenant, 0)} were counted"
        for tenant, count in behind.items()
        if count > counted.get(tenant, 0)
    ]
    return found


def folded(storm: Folded, shown: Iterable[Message], counted: int) -> list[str]:
    """What fires in a storm and what has ended is counted by its digest or has its own message, all of it once.

    So many messages as the product has `counted` as repeats may stay as they were.
    """
    own = [one for one in shown if one.tenant == storm.tenant and storm.alertname in one.text]
    most = min(counted, _MOST_REPEATS, len(own))
    if any(_shows(storm, kept) for left_out in range(most + 1) for kept in combinations(own, len(own) - left_out)):
        return []
    seen = [one.counts or sorted(one.firing) or "ended" for one in own]
    return [f"{storm.alertname}: {len(storm.firing)} fire and {len(storm.ended)} have ended, shown is {seen}"]


def _shows(storm: Folded, messages: Sequence[Message]) -> bool:
    counts = [one.counts for one in messages if one.counts is not None]
    alone = [one.firing for one in messages if one.counts is None]
    firing = [instance for one in alone for instance in one]
    if not storm.firing.issuperset(firing) or len(set(firing)) < len(firing):
        return False
    fires = sum(count for count, _ in counts) + len(firing)
    ended = sum(count for _, count in counts) + sum(not one for one in alone)
    return (fires, ended) == (len(storm.firing), len(storm.ended))


def messages_of(group: GroupName, shown: Iterable[Message]) -> list[Message]:
    """The messages of a group."""
    return [one for one in shown if one.tenant == group.tenant and group.alertname in one.alertnames]


def _differs(group: GroupName, instances: frozenset[str], message: Message) -> str:
    missing, extra = sorted(instances - message.firing), sorted(message.firing - instances)
    return f"{group.tenant}/{group.alertname}: {missing} fire and are not shown, {extra} are shown and do not fire"


def seconds(
    groups: Collection[GroupName], shown: Sequence[Message], allowed: Mapping[str, int], counted: Mapping[str, int]
) -> list[str]:
    """A group has one message; more only where a call was in flight, and the product counted each itself."""
    more: Counter[str] = Counter()
    for group in groups:
        more[group.tenant] += max(0, len(messages_of(group, shown)) - 1)
    return [
        f"{tenant}: {count} second messages, {counted.get(tenant, 0)} counted, {allowed.get(tenant, 0)} in flight"
        for tenant, count in more.items()
        if count > min(allowed.get(tenant, 0), counted.get(tenant, 0))
    ]


def in_flight(calls: Iterable[Call], kills_s: Sequence[float], patience_s: float) -> Counter[str]:
    """By tenant, the accepted posts whose sender may not know: killed meanwhile, or not answered well."""
    return Counter(
        call.tenant
        for call in calls
        if call.posts and call.accepted and not call.threaded and _is_unsure(call, kills_s, patience_s)
    )


def unclear(calls: Iterable[Call], reader: str, hidden_s: Sequence[tuple[float, float]]) -> list[Call]:
    """The calls without those of a tenant whose bot may read what its channels show: it looks for what is in doubt.

    What Slack has taken and does not show yet it cannot find.
    """
    return [
        call
        for call in calls
        if call.tenant != reader or any(since_s <= call.arrived_s <= until_s for since_s, until_s in hidden_s)
    ]


def _is_unsure(call: Call, kills_s: Sequence[float], patience_s: float) -> bool:
    if call.fault is not None or call.answered_s is None or call.answered_s - call.arrived_s > patience_s:
        return True
    return any(call.arrived_s - SETTLE_S <= kill_s <= call.answered_s + SETTLE_S for kill_s in kills_s)


def forgotten(calls: Iterable[Call], losses_s: Sequence[tuple[float, float]]) -> Counter[str]:
    """By tenant, the messages of which Redis has lost that they were posted: each may be posted once more."""
    return Counter(
        call.tenant
        for call in calls
        if call.posts and call.accepted and not call.threaded
        if any(since_s <= call.arrived_s <= lost_s for since_s, lost_s in losses_s)
    )


def pace(calls: Iterable[Call], losses_s: Sequence[tuple[float, float]] = ()) -> list[str]:
    """Never more than one post a second and channel: what was accepted, and what was refused for coming too soon.

    A budget that Redis has lost between two posts is known to nobody.
    """
    arrivals: dict[tuple[str, str], list[float]] = defaultdict(list)
    for call in calls:
        if call.posts and call.fault is None and (call.accepted or call.status == 429):
            arrivals[call.tenant, call.channel].append(call.arrived_s)
    return [
        f"{tenant}: two posts in {channel} within {second - first:.3f} s"
        for (tenant, channel), times in arrivals.items()
        for first, second in pairwise(sorted(times))
        if second - first < LEAST_GAP_S
        if not any(first <= lost_s <= second for _, lost_s in losses_s)
    ]


def patience(calls: Iterable[Call], losses_s: Sequence[tuple[float, float]] = ()) -> list[str]:
    """An edit that failed is not made again at once, whatever is edited beside it."""
    edits: defaultdict[tuple[str, str], list[Call]] = defaultdict(list)
    for call in sorted(calls, key=lambda one: one.arrived_s):
        if call.edited:
            edits[call.tenant, call.edited].append(call)
    return [
        f"{tenant}: message {ts} was edited again {after.arrived_s - failed.arrived_s:.3f} s after a failed edit"
        for (tenant, ts), made in edits.items()
        for failed, after in pairwise(made)
        if failed.fault is not None
        if after.arrived_s - failed.arrived_s < LEAST_WAIT_S
        if not any(failed.arrived_s <= lost_s <= after.arrived_s for _, lost_s in losses_s)
    ]


def silence(calls: Iterable[Call], tenant: str, since_s: float, until_s: float) -> list[str]:
    """No message of the tenant leaves while it is suspended."""
    return [
        f"{tenant}: {call.method} at {call.arrived_s:.1f} s while it was suspended"
        for call in calls
        if call.tenant == tenant and call.method.startswith("chat.") and since_s < call.arrived_s < until_s
    ]


def strangers(shown: Iterable[Message], calls: Iterable[Call], channels: Mapping[str, frozenset[str]]) -> list[str]:
    """No tenant's alert stands in another's workspace, and no call names another's channel."""
    foreign = [
        f"{message.tenant}: {name} in {message.channel}"
        for message in shown
        for name in message.alertnames
        if name.partition("-g")[0] != message.tenant
    ]
    return foreign + [
        f"{call.tenant}: {call.method} into {call.channel}, which is not its own"
        for call in calls
        if call.channel and call.channel not in channels.get(call.tenant, frozenset())
    ]


def handled(records: Iterable[Record], offsets: Offsets, seen: Mapping[tuple[GroupName, str], Seen]) -> list[str]:
    """Each record before a committed offset is in its groups, or held, or dead-lettered."""
    return [
        f"{record.tenant}: the record at {record.partition}/{record.offset} was committed, and {change.instance} "
        f"of {change.group.alertname} is not {'firing' if change.fires else 'resolved'} since {change.at_us}: "
        f"{seen.get((change.group, change.instance))}"
        for record in records
        if record.offset < offsets.committed.get(record.partition, 0)
        if (record.partition, record.offset) not in offsets.elsewhere
        for change in record.changes
        if not _is_in(change, seen.get((change.group, change.instance)))
    ]


def _is_in(change: Change, seen: Seen | None) -> bool:
    if seen is None:
        return False
    return seen.start_us >= change.at_us if change.fires else seen.end_us >= change.at_us


def allowed(logs: Mapping[str, Path]) -> list[str]:
    """No role was refused a command of Redis that its login has no right to."""
    refused = {
        (name, json.loads(line)["command"])
        for name, log in logs.items()
        for line in log.read_text(encoding="utf-8").splitlines()
        if line.startswith("{") and '"event": "redis_forbids"' in line
    }
    return [f"{name}: its login of Redis may not do {command}" for name, command in sorted(refused)]


def in_time(recovery: Recovery) -> list[str]:
    """After the fault the truth is shown within its bound."""
    if recovery.took_s is None:
        return [f"{recovery.fault}: the truth was not shown, {recovery.bound_s:.1f} s were allowed"]
    if recovery.took_s > recovery.bound_s:
        return [f"{recovery.fault}: the truth took {recovery.took_s:.1f} s, {recovery.bound_s:.1f} s were allowed"]
    return []
