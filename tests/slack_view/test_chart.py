"""A chart is drawn with its axes, legend and threshold, whatever it holds; a container folds."""

from typing import Any

from slack_view import Appearance
from slack_view.blocks import draw_block
from slack_view.chart import spark

Json = dict[str, Any]


def chart(*lines: tuple[str, list[Any]], unit: str = "%") -> Json:
    series = [
        {"name": name, "data": [{"label": str(place), "value": value} for place, value in enumerate(values)]}
        for name, values in lines
    ]
    axes = {"categories": ["14:00", "14:10", "14:20"], "x_label": "CET", "y_label": unit}
    return {
        "type": "data_visualization",
        "title": "Rose <b>",
        "chart": {"type": "line", "series": series, "axis_config": axes},
    }


def test_a_chart_is_an_image_with_a_title_a_description_and_a_legend() -> None:
    html = draw_block(chart(("n1", [71, 80, 96]), ("limit", [90, 90, 90])), Appearance())

    assert html.count("<polyline") == 2
    assert "<title>Rose &lt;b&gt;</title><desc>n1: 71 → 96. limit: 90 → 90</desc>" in html
    assert 'class="series threshold"' in html
    assert "14:20" in html
    assert "<b>" not in html


def test_what_stands_beside_the_axes_is_seen() -> None:
    line = ("n1", [71, 80, 96])

    assert "100 %</text>" in draw_block(chart(line), Appearance())
    assert '<span class="axis">CET</span>' in draw_block(chart(line), Appearance())
    assert '<span class="axis">in thousands</span>' in draw_block(chart(line, unit="in thousands"), Appearance())


def test_only_numbers_are_drawn() -> None:
    for values in ([], ["x", None], [float("nan")], [10**400]):
        assert "<polyline" not in draw_block(chart(("n1", values)), Appearance())
    assert "<polyline" in draw_block(chart(("n1", [0, 0, 0])), Appearance())
    assert "<polyline" in draw_block(chart(("n1", [1e-300, 1e300])), Appearance())


def test_in_a_terminal_a_line_is_a_row_of_bars() -> None:
    title, line, limit, times = spark(chart(("n1", [70, 83, 96]), ("limit", [90, 90, 90]))).splitlines()

    assert title == "*Rose <b>*"
    assert line == "▁▅█ 96 % n1"
    assert limit == "╌ limit"
    assert times == "14:00 … 14:20 CET"


def test_a_container_opens() -> None:
    inside = {"type": "section", "text": {"type": "plain_text", "text": "inside"}}
    block = {"type": "container", "title": {"type": "plain_text", "text": "4 resolved"}, "child_blocks": [inside]}
    folded = draw_block({**block, "is_collapsible": True, "default_collapsed": True}, Appearance())

    assert "<summary>4 resolved</summary>" in folded
    assert " open" not in folded
    assert "inside" in folded
    assert " open" in draw_block({**block, "is_collapsible": True}, Appearance())
    assert "<details" not in draw_block(block, Appearance())
