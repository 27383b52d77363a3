"""Silences: sets of matchers, of which one suffices, and a time that includes its ends."""

import random

import pytest

from router.core.match.matcher import all_match, parse_matchers
from router.core.match.reading import Reading
from router.core.model.instant import Instant
from router.core.model.muted import Muted, MutedBy
from router.core.model.rules.silence import Silence, Silences
from router.core.mute.silences import silenced_by, silences_all

DB = {"alertname": "DiskFull", "instance": "db-1"}


def a_silence(*sets: str, name: str = "s1", start: int = 100, end: int = 200) -> Silence:
    parsed = tuple(parse_matchers(one) for one in sets)
    return Silence(name, parsed, Instant(start), Instant(end), author="ana", comment="replacing the disk")


@pytest.mark.parametrize(
    ("sets", "holds"),
    [
        (['instance="db-1"'], True),
        (['instance="db-2"'], False),
        (['instance="db-1",alertname="CPU"'], False),
        (['instance="db-2"', 'alertname=~"Disk.*"'], True),
    ],
)
def test_all_matchers_of_one_set_hold(sets: list[str], *, holds: bool) -> None:
    found = silenced_by(Silences([a_silence(*sets)]), Reading(DB), Instant(150))

    assert (found is not None) is holds


@pytest.mark.parametrize(("now", "holds"), [(99, False), (100, True), (200, True), (201, False)])
def test_a_silence_holds_from_its_start_to_its_end(now: int, *, holds: bool) -> None:
    found = silenced_by(Silences([a_silence('instance="db-1"')]), Reading(DB), Instant(now))

    assert (found is not None) is holds


def test_of_several_the_one_that_lasts_longest_is_named_with_its_author() -> None:
    silences = [a_silence('instance="db-1"', name="short", end=160), a_silence('alertname="DiskFull"', name="long")]

    found = silenced_by(Silences(silences), Reading(DB), Instant(150))

    assert found == Muted(MutedBy.SILENCED, "long", Instant(200), "ana", "replacing the disk")


def test_of_very_many_silences_those_that_match_are_found_as_if_each_were_tried() -> None:
    draw = random.Random(1)
    sets = [[a_set(draw) for _ in range(draw.randint(1, 2))] for _ in range(400)]
    every = [a_silence(*one, name=str(place), end=200 + place) for place, one in enumerate(sets)]
    silences = Silences(every)

    for _ in range(300):
        labels = {name: draw.choice("abcd") for name in draw.sample("xyzv", draw.randint(1, 4))}
        matching = [
            one for one in every if any(all_match(matchers, Reading(labels)) for matchers in one.matcher_sets)
        ]
        found = silenced_by(silences, Reading(labels), Instant(150))
        assert (found and found.name) == (matching[-1].silence_id if matching else None)


def a_set(draw: random.Random) -> str:
    conditions = [
        f'{name}{draw.choice(["=", "=", "!=", "=~", "!~"])}"{draw.choice(["a", "b", "a|c", "[b-d]", "x.*", ""])}"'
        for name in draw.sample("xyzv", draw.randint(2, 4))
    ]
    return ",".join(conditions)


@pytest.mark.parametrize(
    ("sets", "holds"),
    [
        (['alertname="DiskFull"'], True),
        (['alertname=~"Disk.*"', 'instance="db-1"'], True),
        (['instance="db-1"'], False),
        (['alertname="DiskFull",instance!="db-9"'], False),
    ],
)
def test_of_labels_that_alerts_share_one_silence_holds_all_back(sets: list[str], *, holds: bool) -> None:
    """Whatever other labels they have: a matcher of another label is not known to hold."""
    found = silences_all(Silences([a_silence(*sets)]), Reading({"alertname": "DiskFull"}), Instant(150))

    assert (found is not None) is holds
