"""The record of processing has all that is stored of persons, and nothing else."""

import pytest

from router.control.kinds.processing import PROCESSED, AtRest, Category, Processing
from router.control.kinds.registry import KINDS


def test_each_kind_that_may_be_about_a_person_is_in_it_once() -> None:
    assert sorted((one.place, one.name) for one in PROCESSED) == sorted(
        (kind.place, kind.name) for kind in KINDS if kind.personal
    )


@pytest.mark.parametrize("one", PROCESSED, ids=lambda one: one.name)
def test_somebody_reads_it_or_it_would_not_be_stored(one: Processing) -> None:
    assert one.readers


def test_what_alerts_hold_is_sealed_unless_others_write_it_or_series_are_known_by_it() -> None:
    alerts = [one for one in PROCESSED if one.category in {Category.ALERTS, Category.LABELS}]
    assert {one.name for one in alerts if one.at_rest is not AtRest.OWN_KEYS} == {
        "metrics", "kafka.bound_topics", "kafka.event_topics"
    }  # fmt: skip
