"""What a run prints: each fault with its recovery, what survived, and every violation."""

import statistics
from collections.abc import Iterable

from tests.chaos.run import Episode, Run


def lines(run: Run) -> Iterable[str]:
    """The table of faults, and what was seen of the whole."""
    yield "| fault | times | held | recovery, median and most | bound |"
    yield "| --- | --- | --- | --- | --- |"
    for name in dict.fromkeys(episode.fault.name for episode in run.episodes):
        yield _row([episode for episode in run.episodes if episode.fault.name == name])
    yield ""
    yield from _whole(run)
    for violation in all_violations(run):
        yield f"violated: {violation}"


def all_violations(run: Run) -> list[str]:
    """Every violation, once."""
    found = [f"{one.fault.name}: {violation}" for one in run.episodes for violation in one.violations]
    return list(dict.fromkeys([*found, *run.violations]))


def progress(episode: Episode) -> str:
    """One line as soon as an episode is over."""
    took = episode.recovery.took_s
    state = "not true again" if took is None else f"true after {took:.1f} s of {episode.recovery.bound_s:.1f}"
    broken = f"; {len(episode.violations)} violations" if episode.violations else ""
    return f"{episode.fault.name}: {episode.ended_s - episode.began_s:.1f} s; {state}{broken}"


def _row(episodes: list[Episode]) -> str:
    took = [one.recovery.took_s for one in episodes if one.recovery.took_s is not None]
    held = "no" if any(one.violations for one in episodes) else "yes"
    times = f"{statistics.median(took):.1f} s, {max(took):.1f} s" if took else "never"
    fault = episodes[0].fault
    return f"| {fault.name} | {len(episodes)} | {held} | {times} | {fault.bound.seconds:.1f} s: {fault.bound} |"


def _whole(run: Run) -> Iterable[str]:
    calls = run.journal.calls
    spoilt = sum(call.fault is not None for call in calls)
    repeats = sum(run.books.counted.values())
    balanced = run.books.readings - sum("balance" in one for one in run.books.violations)
    sent = f"{run.load.bodies} bodies accepted ({run.load.refused} tries refused)"
    yield f"seed {run.seed}: {sent}, {len(calls)} calls to Slack, {spoilt} of them spoilt"
    yield f"books exact at {balanced} of {run.books.readings} readings; {run.books.unreachable} tries found no Redis"
    yield f"second messages: {dict(run.more)}; possible repeats counted by the product: {repeats}"
    yield f"{run.records} records before the committed offsets, looked for in groups, held records and dead letters"
