"""Blocks that Slack has had since June 2026, which a workspace may refuse: charts, and lists that are folded.

What they may hold is from docs.slack.dev, reference/block-kit/blocks: data-visualization-block, container-block. All
texts of a chart are plain strings, in which Slack looks for no markup; they are sent unescaped.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic_core import to_json

MAX_CHARTS: Final = 2
"""Of one message; undocumented, seen live (vercel/chat, pull request 696)."""

MAX_CHART_TITLE: Final = 50
"""Its axes' titles likewise."""

MAX_CHART_LABEL: Final = 20
"""Of a point on an axis, and of a series."""

MAX_SERIES: Final = 6
MAX_CATEGORIES: Final = 20
MAX_CHART_CHARS: Final = 4_000
"""Of a chart's JSON, so that it leaves room for the alerts; Slack names no limit."""

MAX_FOLDED_TITLE: Final = 150
MAX_FOLDED_BLOCKS: Final = 10

_CHILDREN: Final = frozenset({"actions", "context", "divider", "header", "image", "section"})
"""What we put into a folded list; Slack takes more."""

_Block = Mapping[str, object]


class NewBlock(StrEnum):
    """What a workspace may refuse, by Slack's name for it."""

    CHART = "data_visualization"
    CONTAINER = "container"


NEW_BLOCKS: Final = frozenset(NewBlock)


@dataclass(frozen=True, slots=True)
class Series:
    """A line of a chart: its name in the legend, and a value for each of the chart's categories."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Axes:
    """The labels of the points from left to right, and what stands beside both axes; "" for nothing."""

    categories: Sequence[str]
    x_label: str = ""
    y_label: str = ""


def line_chart(title: str, axes: Axes, lines: Sequence[Series]) -> _Block:
    """A chart of lines."""
    labels = {name: text for name, text in (("x_label", axes.x_label), ("y_label", axes.y_label)) if text}
    series = [{"name": line.name, "data": _points(axes, line)} for line in lines]
    chart = {"type": "line", "series": series, "axis_config": {"categories": list(axes.categories), **labels}}
    return {"type": NewBlock.CHART.value, "title": title, "chart": chart}


def _points(axes: Axes, line: Series) -> list[_Block]:
    pairs = zip(axes.categories, line.values, strict=True)
    return [{"label": label, "value": value} for label, value in pairs]


def folded(title: str, blocks: Sequence[_Block]) -> _Block:
    """Blocks of which only the title is seen until a reader opens them; the title is plain text."""
    return {
        "type": NewBlock.CONTAINER.value,
        "title": {"type": "plain_text", "text": title, "emoji": False},
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": list(blocks),
    }


def children(block: _Block) -> list[_Block]:
    """The blocks inside a block; of most none."""
    inside = block.get("child_blocks")
    return [one for one in inside if isinstance(one, dict)] if isinstance(inside, list | tuple) else []


def chart_chars(block: _Block) -> int:
    """The length of a chart as compact JSON."""
    return len(to_json(block))


def place_faults(beside: Sequence[_Block], inside: Sequence[_Block]) -> Iterator[str]:
    """What is wrong with where new blocks stand: `beside` attachments, and `inside` them, where they may not."""
    charts = sum(block["type"] == NewBlock.CHART for block in beside)
    if charts > MAX_CHARTS:
        yield f"{charts} charts"
    yield from (f"a {block['type']} in the attachment" for block in inside if block["type"] in NEW_BLOCKS)


def folded_faults(block: _Block) -> Iterator[str]:
    """What Slack would refuse of a folded list, but for the blocks in it."""
    title, inside = block.get("title"), children(block)
    text = str(title.get("text", "")) if isinstance(title, dict) else ""
    if not 0 < len(text.strip()) <= len(text) <= MAX_FOLDED_TITLE:
        yield f"a folded list's title has {len(text)} characters"
    if not 0 < len(inside) <= MAX_FOLDED_BLOCKS:
        yield f"{len(inside)} blocks in a folded list"
    yield from (f"a {one['type']} in a folded list" for one in inside if one["type"] not in _CHILDREN)


def chart_faults(block: _Block) -> Iterator[str]:
    """What Slack would refuse of a chart."""
    chart, title = block.get("chart"), str(block.get("title", ""))
    if not 0 < len(title.strip()) <= len(title) <= MAX_CHART_TITLE:
        yield f"a chart's title has {len(title)} characters"
    if not isinstance(chart, dict):
        yield "a chart without what it shows"
        return
    axes = chart["axis_config"]
    categories = [str(one) for one in axes["categories"]]
    yield from _axis_faults(axes, categories)
    yield from _series_faults(chart["series"], categories)
    if (chars := chart_chars(block)) > MAX_CHART_CHARS:
        yield f"a chart has {chars} characters"


def _axis_faults(axes: Mapping[str, object], categories: Sequence[str]) -> Iterator[str]:
    if not 0 < len(categories) <= MAX_CATEGORIES or len(set(categories)) < len(categories):
        yield f"{len(categories)} categories in a chart, or some twice"
    yield from _label_faults(categories)
    for name in ("x_label", "y_label"):
        text = str(axes.get(name, ""))
        if len(text) > MAX_CHART_TITLE or (name in axes and not text.strip()):
            yield f"a chart's {name} has {len(text)} characters"


def _series_faults(series: Sequence[Mapping[str, object]], categories: Sequence[str]) -> Iterator[str]:
    names = [str(one["name"]) for one in series]
    if not 0 < len(names) <= MAX_SERIES or len(set(names)) < len(names):
        yield f"{len(names)} series in a chart, or some twice"
    yield from _label_faults(names)
    for one in series:
        points = one["data"]
        given = [(point["label"], point["value"]) for point in points] if isinstance(points, list) else []
        if [label for label, _ in given] != list(categories):
            yield "a series that does not cover the categories of its chart"
        if not all(isinstance(value, int | float) and math.isfinite(value) for _, value in given):
            yield "a value of a chart that is not finite"


def _label_faults(labels: Sequence[str]) -> Iterator[str]:
    for label in labels:
        if not 0 < len(label.strip()) <= len(label) <= MAX_CHART_LABEL:
            yield f"a chart's label has {len(label)} characters"
