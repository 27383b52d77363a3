"""A chart or a folded list that Slack would refuse is known before it is sent."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from router.core.slack.message import Attachment, Block, SlackMessage, section
from router.core.slack.new_block import (
    MAX_CATEGORIES,
    MAX_CHART_CHARS,
    MAX_CHART_LABEL,
    MAX_CHART_TITLE,
    MAX_CHARTS,
    MAX_FOLDED_BLOCKS,
    MAX_FOLDED_TITLE,
    MAX_SERIES,
    Axes,
    Series,
    chart_chars,
    folded,
    line_chart,
)
from tests.bounds import tries


def a_chart(title: str = "t", points: int = 2, lines: int = 1, label: str = "l", **axes: str) -> Block:
    categories = [*map(str, range(points - 1)), label]
    series = [Series(f"s{number}", [1] * points) for number in range(lines)]
    return line_chart(title, Axes(categories, **axes), series)


def of_chars(size: int) -> Block:
    """A chart that is this long: most of it numbers."""
    values = [1.0] * MAX_CATEGORIES
    labels = [str(place).zfill(MAX_CHART_LABEL) for place in range(MAX_CATEGORIES)]

    def made(values: list[float], title: int) -> Block:
        return line_chart("t" * title, Axes(labels), [Series(f"s{line}", values) for line in range(3)])

    while size - chart_chars(made(values, 1)) >= MAX_CHART_TITLE:
        values = [value if place else value * 10 for place, value in enumerate(values)]
        values = [*values[1:], values[0]]
        values = [int(value) for value in values]
    return made(values, 1 + size - chart_chars(made(values, 1)))


def message(*blocks: Block) -> SlackMessage:
    return SlackMessage("x", blocks)


SIZES: Final[Mapping[str, tuple[int, Callable[[int], SlackMessage]]]] = {
    "charts": (MAX_CHARTS, lambda count: message(*[a_chart()] * count)),
    "title": (MAX_CHART_TITLE, lambda size: message(a_chart("t" * size))),
    "axis": (MAX_CHART_TITLE, lambda size: message(a_chart(x_label="t" * size))),
    "label": (MAX_CHART_LABEL, lambda size: message(line_chart("t", Axes(["a"]), [Series("n" * size, [1])]))),
    "series": (MAX_SERIES, lambda count: message(a_chart(lines=count))),
    "points": (MAX_CATEGORIES, lambda count: message(a_chart(points=count))),
    "chars": (MAX_CHART_CHARS, lambda size: message(of_chars(size))),
    "folded title": (MAX_FOLDED_TITLE, lambda size: message(folded("t" * size, [section("x")]))),
    "folded blocks": (MAX_FOLDED_BLOCKS, lambda count: message(folded("t", [section("x")] * count))),
}


@pytest.mark.parametrize("kind", SIZES)
@tries(
    "charts of a message",
    "title of a chart or an axis",
    "name of a chart's line, label of its point",
    "lines of a chart with its limit",
    "points of a chart's line",
    "chart",
    "title of a folded list",
    "blocks of a folded list",
)
def test_a_new_block_has_the_size_that_slack_takes(kind: str, beyond: int) -> None:
    bound, message_of = SIZES[kind]

    assert len(message_of(bound + beyond).faults) == (1 if beyond > 0 else 0)


def changed(**chart: Any) -> Block:
    block = dict(a_chart())
    inside: Any = block["chart"]
    return {**block, "chart": {**inside, **chart}}


@pytest.mark.parametrize(
    "block",
    [
        a_chart(" "),
        a_chart(label="0"),
        changed(series=[{"name": "s", "data": [{"label": "0", "value": 1}]}]),
        changed(series=[{"name": "s", "data": [{"label": one, "value": float("nan")} for one in ("0", "l")]}]),
        {"type": "data_visualization", "title": "t"},
        folded(" ", [section("x")]),
        folded("t", []),
        folded("t", [a_chart()]),
        folded("t", [section(" ")]),
    ],
)
def test_each_fault_of_a_new_block_is_found(block: Block) -> None:
    assert message(block).faults


def test_new_blocks_stand_in_no_attachment() -> None:
    for block in (a_chart(), folded("t", [section("x")])):
        attachment = Attachment("#E01E5A", "fallback", (block,))
        assert SlackMessage("x", attachments=(attachment,)).faults == (f"a {block['type']} in the attachment",)
