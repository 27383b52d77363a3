"""What must hold of a run, and whether it does: of the figures alone."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bench.figures import quantile

LIVE_S: Final = 0.25
CROWDED_LIVE_S: Final = 2.0
BUSY: Final = 4
"""Where the machine is not calm, a process may be silent for so long, or so many times as long as the bare loop."""
CALM_S: Final = 0.1
"""A round is calm whose bare loop was never silent for longer."""
CROWDED: Final = 0.15
"""Nor is one in which a role had to wait for a core for a larger share of it."""
SHARE: Final = 0.99
JUDGED: Final = 2
"""Hostile rounds in which the victim's time counts, at least."""
TIMES: Final = 2
FLOOR_S: Final = 0.25
GUARD: Final = 4
"""How many times its goal a time may be before the run fails: its goal is for a machine that does nothing else."""
_MEBIBYTE: Final = 1024 * 1024
MEMORY: Final[Mapping[str, int]] = {"gateway": 256 * _MEBIBYTE, "worker": 384 * _MEBIBYTE}
"""Bytes by which a role may grow over what it has when it is ready."""


@dataclass(frozen=True, slots=True)
class Round:
    """What was seen in one round; times in seconds, memory in bytes that a role has grown by at most so far."""

    number: int
    hostile: bool
    latencies: Sequence[float] = ()
    refused: Sequence[str] = ()
    hidden: Sequence[str] = ()
    silences: Mapping[str, float] = field(default_factory=dict)
    """The longest that each role has taken to answer `/live`."""
    bare: float = 0.0
    """The same of the bare loop, or of the victim's Slack, which is part of the run itself, if that is more."""
    grown: Mapping[str, int] = field(default_factory=dict)
    waited: Mapping[str, float] = field(default_factory=dict)
    """The share of the round in which each role was ready to run and had no core."""
    thrown: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_calm(self) -> bool:
        """Whether the machine itself was, so that what is late was made late by the system."""
        return self.bare <= CALM_S and max(self.waited.values(), default=0.0) <= CROWDED

    @property
    def is_judged(self) -> bool:
        """Whether the victim's time counts."""
        return self.hostile and self.is_calm


@dataclass(frozen=True, slots=True)
class End:
    """What was left once nothing more came: records, roles that are not ready, what logs and commands betray."""

    lag: int
    unready: Sequence[str]
    betrayed: Sequence[str]


def quiet(rounds: Sequence[Round]) -> float:
    """The victim's p99 of all quiet rounds that were calm, together; infinite where there is none."""
    return quantile([one for each in rounds if each.is_calm and not each.hostile for one in each.latencies], SHARE)


def goal(rounds: Sequence[Round]) -> float:
    """How long the victim's p99 should be at most, in seconds."""
    alone = quiet(rounds)
    return max(TIMES * alone, FLOOR_S) if alone < math.inf else FLOOR_S


def enough(rounds: Sequence[Round]) -> bool:
    """Whether something can be judged: calm hostile rounds, and a calm quiet one to compare them with."""
    return sum(one.is_judged for one in rounds) >= JUDGED and quiet(rounds) < math.inf


def served(rounds: Sequence[Round]) -> float:
    """The victim's p99 of all rounds that are judged, together: of one alone it is its last alert or two."""
    return quantile([one for each in rounds if each.is_judged for one in each.latencies], SHARE)


def violations(rounds: Sequence[Round], end: End) -> list[str]:
    """Every invariant that does not hold, by name."""
    found = [text for one in rounds for text in _of_round(one)]
    most = GUARD * goal(rounds)
    if enough(rounds) and served(rounds) > most:
        found.append(f"the victim's time: p99 {served(rounds) * 1000:.0f} ms; {most * 1000:.0f} are allowed")
    if end.lag:
        found.append(f"no record stuck: {end.lag} records are not dealt with at the end")
    found += [f"ready at the end: {one}" for one in end.unready]
    return found + list(end.betrayed)


def _of_round(one: Round) -> list[str]:
    found, name = list[str](), f"round {one.number}"
    live = GUARD * LIVE_S if one.is_calm else max(CROWDED_LIVE_S, BUSY * one.bare)
    found += [
        f"/live: {name}: the {role} was silent for {silence * 1000:.0f} ms; {live * 1000:.0f} are allowed"
        for role, silence in one.silences.items()
        if silence > live
    ]
    found += [
        f"memory: {name}: the {role} has grown by {size / _MEBIBYTE:.0f} MiB; "
        f"{MEMORY[role] / _MEBIBYTE:.0f} are allowed"
        for role, size in one.grown.items()
        if size > MEMORY[role]
    ]
    if one.refused:
        found.append(f"the victim is let in: {name}: {len(one.refused)} were not accepted, such as {one.refused[0]}")
    if one.hidden:
        found.append(f"the victim is shown: {name}: {len(one.hidden)} were not, such as {one.hidden[0]}")
    return found
