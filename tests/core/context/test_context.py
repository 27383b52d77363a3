"""What is not known of a group is not shown beside it."""

from router.core.context.chart import MAX_LINES, MAX_POINTS
from router.core.context.context import NO_CONTEXT, Context

SLACKS_SERIES, SLACKS_CATEGORIES = 6, 20


def test_a_group_of_which_nothing_is_known_has_no_context() -> None:
    assert Context() == NO_CONTEXT
    assert not NO_CONTEXT.related
    assert not NO_CONTEXT.episodes


def test_a_chart_with_its_threshold_is_no_larger_than_slack_takes() -> None:
    assert MAX_LINES + 1 <= SLACKS_SERIES
    assert MAX_POINTS <= SLACKS_CATEGORIES
