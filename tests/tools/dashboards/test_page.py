"""The page of a dashboard: each panel in its place, with its lines, its numbers, or that there is nothing."""

import re
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path

import pytest

from router.monitoring.panel import Unit
from tests.tools.dashboards.panels import SPAN, answer, board, drawn, lines, number, series
from tools.pictures.dashboards.__main__ import BOARDS
from tools.pictures.dashboards.board import Board, Look, Panel, Place, Step, read_board
from tools.pictures.dashboards.page import page_of, size_of
from tools.pictures.dashboards.recording import Recording, load, save


class Boxes(HTMLParser):
    """Where panels are: left, top, right, bottom."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[float, float, float, float]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            left, top, width, height = (float(one) for one in re.findall(r":([\d.]+)px", dict(attrs)["style"] or ""))
            self.found.append((left, top, left + width, top + height))


@pytest.mark.parametrize("file", sorted(BOARDS.glob("*.json")), ids=lambda file: file.stem)
def test_panels_do_not_overlap_and_stay_within_the_picture(file: Path) -> None:
    found = read_board(file.read_text(encoding="utf-8"))

    boxes = Boxes(page_of(found, Recording(SPAN, "acme", {}))).found

    width, height = size_of(found)
    assert len(boxes) == len(found.panels)
    assert all(right <= width and bottom <= height for _, _, right, bottom in boxes)
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_a_line_runs_from_the_start_to_the_end_and_up_to_the_top() -> None:
    page = drawn(lines("alerts"), a=[answer({1_000: "0", 1_050: "4", 1_100: "2"})])

    assert page.count('class="line"') == 3, "values 50 s apart are pieces of their own"
    page = drawn(lines("alerts"), a=[answer({at: str(min(at - 1_000, 40)) for at in range(1_000, 1_101, 10)})])
    [path] = re.findall(r'd="(M[^"]*)" class="line"', page)
    assert path.startswith("M0.0 1000.0 L")
    assert path.endswith("1000.0 200.0"), "40 on an axis that goes to 50"


def test_a_gap_is_not_bridged() -> None:
    assert drawn(lines("alerts"), a=[series(["1", "2", "NaN", "3"])]).count('class="line"') == 2


def test_each_series_has_its_colour_in_the_legend() -> None:
    found = [answer({1_000: "1"}, r="critical"), answer({1_000: "2"}, r="warning")]

    page = drawn(lines("{{r}}", colours={"critical": "red"}), a=found)

    legend = re.findall(r'<i style="background:(#\w+)">.*?class="name">(\w+)<', page)
    assert legend == [("#f2495c", "critical"), ("#f2cc0c", "warning")]


def test_a_legend_leaves_out_what_is_zero_all_along_where_grafana_does() -> None:
    found = [answer({1_000: "0", 1_010: "0"}, r="quiet"), answer({1_000: "0", 1_010: "2"}, r="busy")]

    page, whole = (drawn(lines("{{r}}", zeros=zeros), a=found) for zeros in (False, True))

    assert re.findall(r'class="name">(\w+)<', page) == ["busy"]
    assert re.findall(r'class="name">(\w+)<', whole) == ["busy", "quiet"]
    assert page.count('class="line"') == whole.count('class="line"') == 2


def test_what_is_below_a_line_is_filled_where_grafana_fills_it() -> None:
    assert 'fill-opacity="0.1"' in drawn(lines("alerts", opacity=10), a=[series(["1", "2"])])
    assert "fill-opacity" not in drawn(lines("alerts"), a=[series(["1", "2"])])


@pytest.mark.parametrize(("value", "colour"), [("59.9", "#73bf69"), ("60", "#f2495c"), ("0", "#73bf69")])
def test_a_number_is_the_last_value_in_the_colour_of_its_threshold(value: str, colour: str) -> None:
    steps = (Step(float("-inf"), "green"), Step(60, "red"))

    page = drawn(number(*steps, unit=Unit.SECONDS), a=[series(["1000", value])])

    assert f'style="color:{colour}"' in page
    assert "16.7 min" not in page


@pytest.mark.parametrize("panel", [lines("alerts"), number()])
@pytest.mark.parametrize("found", [[], [answer({1_000: "NaN"})]])
def test_a_panel_without_a_value_has_no_data(panel: Panel, found: list[dict[str, object]]) -> None:
    assert "No data" in drawn(panel, a=found)


def test_labels_and_titles_are_text_whatever_they_hold() -> None:
    evil = "<script>alert(1)</script>\"'&"
    panel = Panel(Look.LINES, evil, Place(0, 0, 12, 8), lines("{{r}}").targets)

    page = page_of(Board("u", evil, "", [panel]), Recording(SPAN, evil, {"a": [answer({1_000: "1"}, r=evil)]}))

    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 4, "the page's title, its heading, the panel's, and the legend"


def test_the_tenant_is_named_where_a_dashboard_has_one() -> None:
    panel = Panel(Look.LINES, "Of one", Place(0, 0, 12, 8), [])
    recording = Recording(SPAN, "acme", {})

    assert "Tenant: acme" in page_of(read_board((BOARDS / "alert-router-tenant.json").read_text()), recording)
    assert "Tenant: acme" not in page_of(board(panel), recording)


def test_a_page_names_who_has_drawn_it() -> None:
    assert "not by Grafana" in drawn(number(), a=[series(["1"])])


def test_a_recording_is_read_as_it_was_written(tmp_path: Path) -> None:
    recording = Recording(SPAN, "acme", {"a": [answer({1_000: "1"}, r="x")]})
    save(recording, tmp_path / "kept.json")

    assert load(tmp_path / "kept.json") == recording
