"""What a run prints: a row for each round as soon as it is over, then what was judged and what does not hold."""

from collections.abc import Iterable, Sequence
from typing import Final

from bench.figures import quantile
from tests.hostile.judge import LIVE_S, SHARE, End, Round, enough, goal, quiet, served, violations

_MEBIBYTE: Final = 1024 * 1024
HEAD: Final = (
    "            | victim                      | silent at most, ms      | no core, %     | grown by, MiB   |\n"
    "round       | shown missing p50 ms p99 ms | gateway worker bare     | gateway worker | gateway worker  | thrown"
)


def row(one: Round) -> str:
    """A round's figures."""
    missing = len(one.refused) + len(one.hidden)
    p50, p99 = (quantile(one.latencies, share) * 1000 for share in (0.5, SHARE))
    silences = [one.silences[role] * 1000 for role in ("gateway", "worker")]
    waited = [one.waited[role] * 100 for role in ("gateway", "worker")]
    grown = [one.grown[role] / _MEBIBYTE for role in ("gateway", "worker")]
    thrown = ", ".join(f"{count} {name}" for name, count in one.thrown.items())
    return (
        f"{one.number:3} {'hostile' if one.hostile else 'quiet':7} | "
        f"{len(one.latencies):5} {missing:7} {p50:6.0f} {p99:6.0f} | "
        f"{silences[0]:7.0f} {silences[1]:6.0f} {one.bare * 1000:4.0f} {'calm' if one.is_calm else 'busy'} | "
        f"{waited[0]:7.0f} {waited[1]:6.0f} | "
        f"{grown[0]:7.0f} {grown[1]:6.0f}  | {thrown}"
    )


def lines(rounds: Sequence[Round], end: End, seed: int) -> Iterable[str]:
    """What holds of the whole, each violation by the name of its invariant, and how to see it again."""
    found = violations(rounds, end)
    yield from (f"violated: {one}" for one in found)
    judged = [one for one in rounds if one.is_judged]
    hostile = sum(one.hostile for one in rounds)
    if enough(rounds):
        reached = "reached" if served(rounds) <= goal(rounds) else "missed"
        yield (
            f"the victim's p99: {served(rounds) * 1000:.0f} ms in the {len(judged)} of {hostile} "
            f"hostile rounds that were calm; goal {goal(rounds) * 1000:.0f} ms: {reached}; "
            f"quiet it is {quiet(rounds) * 1000:.0f}"
        )
        silence = max(max(one.silences.values()) for one in judged)
        reached = "reached" if silence <= LIVE_S else "missed"
        yield f"/live: silent for {silence * 1000:.0f} ms at most in these; goal {LIVE_S * 1000:.0f} ms: {reached}"
    else:
        yield (
            f"the victim's p99 was NOT JUDGED: {len(judged)} of {hostile} hostile rounds were calm; "
            "a quieter machine is needed"
        )
    yield f"seed {seed}: " + (
        f"{len(found)} violations; again: make hostile SEED={seed}" if found else "all invariants hold"
    )
