"""Silences: sets of matchers, of which one suffices, and a time that includes its ends."""

import pytest

from router.core.match.matcher import parse_matchers
from router.core.match.reading import Reading
from router.core.model.instant import Instant
from router.core.model.muted import Muted, MutedBy
from router.core.model.rules.silence import Silence
from router.core.mute.silences import silenced_by

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
    found = silenced_by([a_silence(*sets)], Reading(DB), Instant(150))

    assert (found is not None) is holds


@pytest.mark.parametrize(("now", "holds"), [(99, False), (100, True), (200, True), (201, False)])
def test_a_silence_holds_from_its_start_to_its_end(now: int, *, holds: bool) -> None:
    found = silenced_by([a_silence('instance="db-1"')], Reading(DB), Instant(now))

    assert (found is not None) is holds


def test_of_several_the_one_that_lasts_longest_is_named_with_its_author() -> None:
    silences = [a_silence('instance="db-1"', name="short", end=160), a_silence('alertname="DiskFull"', name="long")]

    found = silenced_by(silences, Reading(DB), Instant(150))

    assert found == Muted(MutedBy.SILENCED, "long", Instant(200), "ana", "replacing the disk")
