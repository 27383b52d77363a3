"""Four minutes of 300 alerts, their sources of inhibition and their silences, in seconds since a full minute.

Nothing that decides on an alert happens within five seconds of anything else that does, so that both sides may take
a moment. A minute's edge begins and ends the time intervals.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

ALERTS: Final = 300
LENGTH_S: Final = 236
_CLUSTERS, _NAMES, _INSTANCES = 5, 10, 6
_SEVERITIES: Final = ("warning", "critical", "info")
_TEAMS: Final = ("night", "day", "any")
_STEP_S: Final = 20
_FIRES_AT, _ENDS_AT = 10, 15


@dataclass(frozen=True)
class Change:
    """An alert fires or ends."""

    at: int
    labels: tuple[tuple[str, str], ...]
    fires: bool


@dataclass(frozen=True)
class Silenced:
    """A silence: made at one time, until another; `matchers` are name, value, and whether that is a pattern."""

    at: int
    until: int
    matchers: tuple[tuple[str, str, bool], ...]


SILENCES: Final = (
    Silenced(5, 105, (("instance", "i3", False),)),
    Silenced(45, 185, (("alertname", "A[12]", True), ("severity", "info", False))),
    Silenced(85, 125, (("cluster", "c4", False), ("team", "any", False))),
)

_SOURCES: Final = (("c1", 5, 105), ("c2", 65, 165), ("c3", 125, 185), ("c1", 185, 225))


def changes(seed: int) -> list[Change]:
    """All that fires and ends, in order."""
    chance = Random(seed)
    found = [change for number in range(ALERTS) for change in _life(number, chance)]
    for cluster, begins, ends in _SOURCES:
        labels = _sorted(alertname="ClusterDown", cluster=cluster, severity="critical", team="any")
        found += [Change(begins, labels, fires=True), Change(ends, labels, fires=False)]
    return sorted(found, key=lambda one: one.at)


def _life(number: int, chance: Random) -> list[Change]:
    labels = _sorted(
        alertname=f"A{number % _NAMES}",
        cluster=f"c{number // _NAMES % _CLUSTERS}",
        instance=f"i{number // (_NAMES * _CLUSTERS) % _INSTANCES}",
        severity=chance.choice(_SEVERITIES),
        team=chance.choice(_TEAMS),
    )
    begins = chance.randrange(9)
    changes = [Change(_FIRES_AT + _STEP_S * begins, labels, fires=True)]
    ends = begins + chance.randrange(1, 8)
    if _ENDS_AT + _STEP_S * ends < LENGTH_S:
        changes.append(Change(_ENDS_AT + _STEP_S * ends, labels, fires=False))
    return changes


def _sorted(**labels: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))
