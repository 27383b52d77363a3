"""How long senders' changes waited until Slack showed them, and how long it showed nothing new."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.chaos.evidence import Accepted, Call, GroupName, Message


@dataclass(frozen=True, slots=True)
class Waits:
    """Of the changes of some time: how many were shown, folded into a later one, or neither, and how long it took."""

    shown_s: tuple[float, ...]
    folded: int
    never: tuple[Accepted, ...]
    silence_s: float
    """The longest time between two messages or edits."""

    def percentile_s(self, share: float) -> float:
        """What that share of the changes did not exceed."""
        ordered = sorted(self.shown_s)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def waits(accepted: Iterable[Accepted], calls: Sequence[Call], since_s: float, until_s: float) -> Waits:
    """Of the changes that were accepted in that time.

    An alert that has ended before any message showed that it fires is folded.
    """
    made, ends = _shows(calls), {}
    changes = list(accepted)
    for one in changes:
        if not one.fires:
            ends[one.group, one.instance] = one.at_s
    shown, folded, never = list[float](), 0, list[Accepted]()
    for change in changes:
        if not since_s <= change.at_s < until_s:
            continue
        when = _first(change, made[change.group])
        ended = ends.get((change.group, change.instance))
        if when is not None:
            shown.append(max(0.0, when - change.at_s))
        elif change.fires and ended is not None:
            folded += 1
        else:
            never.append(change)
    return Waits(tuple(shown), folded, tuple(never), _silence(calls, since_s, until_s))


def _shows(calls: Iterable[Call]) -> defaultdict[GroupName, list[tuple[float, Message]]]:
    """What was shown of each group, and when Slack had it, in order."""
    found = defaultdict[GroupName, list[tuple[float, Message]]](list)
    for call in sorted(calls, key=lambda one: one.arrived_s):
        if call.accepted and not call.threaded:
            message = Message(call.tenant, call.channel, call.edited, call.text)
            for name in message.alertnames:
                found[GroupName(call.tenant, name)].append((call.arrived_s, message))
    return found


def _first(change: Accepted, shows: Sequence[tuple[float, Message]]) -> float | None:
    """When it was shown; a gateway's answer may come after that."""
    if change.fires:
        return next((at_s for at_s, message in shows if change.instance in message.firing), None)
    last = max((at_s for at_s, message in shows if change.instance in message.firing), default=0.0)
    return next((at_s for at_s, message in shows if at_s > last and change.instance not in message.firing), None)


def _silence(calls: Iterable[Call], since_s: float, until_s: float) -> float:
    times = sorted(call.arrived_s for call in calls if call.accepted and since_s <= call.arrived_s < until_s)
    return max((after - before for before, after in pairwise([since_s, *times, until_s])), default=0.0)
