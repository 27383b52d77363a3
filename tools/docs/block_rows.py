"""Rows of the blocks that Slack has had since June 2026."""

from typing import Final

from tools.docs.bound import Bound

_PLAIN: Final = "the message is sent as plain text"
_TRIED: Final = "core/slack/test_new_block.py::test_a_new_block_has_the_size_that_slack_takes"
_WHERE: Final = "core.slack.new_block"

NEW_BLOCKS: Final = (
    Bound("charts of a message", "", _WHERE, "MAX_CHARTS", _PLAIN, _TRIED),
    Bound("title of a chart or an axis", "characters", _WHERE, "MAX_CHART_TITLE", "cut", _TRIED),
    Bound("name of a chart's line, label of its point", "characters", _WHERE, "MAX_CHART_LABEL", "cut", _TRIED),
    Bound("lines of a chart with its limit", "", _WHERE, "MAX_SERIES", _PLAIN, _TRIED),
    Bound("points of a chart's line", "", _WHERE, "MAX_CATEGORIES", _PLAIN, _TRIED),
    Bound("chart", "characters", _WHERE, "MAX_CHART_CHARS", "fewer points, then fewer lines", _TRIED),
    Bound("title of a folded list", "characters", _WHERE, "MAX_FOLDED_TITLE", _PLAIN, _TRIED),
    Bound("blocks of a folded list", "", _WHERE, "MAX_FOLDED_BLOCKS", _PLAIN, _TRIED),
)
