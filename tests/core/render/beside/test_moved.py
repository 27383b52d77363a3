"""A chart shows what was measured and nothing else, in units, times and words of its readers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

import pytest
from slack_emulator.blocks import failures

from router.core.context.chart import Chart, Line, Side, Threshold, Unit
from router.core.context.context import Context
from router.core.model.alert_state import AlertState, ShownState
from router.core.model.instant import MINUTE, Instant, parse_rfc3339
from router.core.model.rules.appearance import Redaction
from router.core.model.rules.receiver import Layout, Style
from router.core.render.card import MIN_FOLDED
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.slack.message import SlackMessage
from router.core.slack.new_block import MAX_CHART_CHARS, NEW_BLOCKS, NewBlock, chart_chars
from tests.catalogue import CATALOGUE
from tests.core.builders import a_receiver
from tests.core.render.test_render import NOW, TENANT, F, R, a_loaded, a_notification, a_state, disk

START: Final = parse_rfc3339("2026-11-27T13:00:00Z")
LIMIT: Final = Threshold(90, Side.ABOVE)
RISING: Final = [71.0, 75.0, 82.0, 89.0, 96.0]


def a_chart(*lines: Sequence[float | None], labels: Sequence[Mapping[str, str]] = (), **changes: Any) -> Chart:
    """Lines of one value each ten minutes."""
    times = tuple(Instant(START + place * 10 * MINUTE) for place in range(len(lines[0])))
    named = labels or [{"instance": f"n{number}"} for number in range(1, len(lines) + 1)]
    drawn = tuple(Line(own, tuple(values)) for own, values in zip(named, lines, strict=True))
    return replace(Chart(times, drawn, LIMIT, Unit.PERCENT), **changes)


def show(
    chart: Chart | None,
    *alerts: AlertState,
    locale: str = "en",
    zone: str = "Europe/Paris",
    style: Style = Style.DEFAULT,
    parts: Mapping[str, str] = MappingProxyType({}),
    takes: frozenset[NewBlock] = NEW_BLOCKS,
    redaction: Redaction = Redaction(),  # noqa: B008 - frozen
    chart_wanted: bool = True,
) -> SlackMessage:
    loaded = a_loaded(*(alerts or (a_state(disk("n1"), F),)))
    layout = Layout(style, tuple(parts.items()))
    receiver = replace(a_receiver(), layout=layout, chart=chart_wanted)
    localizer = CATALOGUE.localizer(locale, zone, layout)
    request = RenderRequest(
        loaded, a_notification(loaded), receiver, replace(TENANT, redaction=redaction), localizer, NOW
    )
    message = render(replace(request, context=Context(chart=chart), takes=takes))
    assert not message.faults
    arguments: Any = message.arguments()
    assert failures(arguments["blocks"]) == []
    return message


def of_type(message: SlackMessage, kind: str) -> list[Any]:
    return [block for block in message.blocks if block["type"] == kind]


def chart_of(message: SlackMessage) -> Any:
    [chart] = of_type(message, "data_visualization")
    return chart


def test_the_chart_stands_between_the_title_and_the_attachment() -> None:
    message = show(a_chart(RISING))

    assert [block["type"] for block in message.blocks] == ["section", "data_visualization"]
    assert len(message.attachments) == 1


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "Rose from 71% to 96% in 40 min; limit 90%"),
        ("fr", "En hausse de 71\u202f% à 96\u202f% en 40\u00a0min\u00a0; seuil 90\u202f%"),
        ("de", "In 40\u00a0Min. von 71\u00a0% auf 96\u00a0% gestiegen; Grenze 90\u00a0%"),
        ("es", "Subió de 71\u00a0% a 96\u00a0% en 40\u00a0min; límite 90\u00a0%"),
        ("it", "Salito da 71% a 96% in 40\u00a0min; soglia 90%"),
    ],
)
def test_the_words_are_those_of_the_chart_in_each_language(locale: str, words: str) -> None:
    message = show(a_chart(RISING), locale=locale)

    flat = message.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert words.replace("\u202f", " ").replace("\u00a0", " ") in flat
    title = chart_of(message)["title"]
    assert title == "DiskFull" or title.replace("\u202f", " ").replace("\u00a0", " ") in flat


def test_a_line_and_its_limit_are_named_and_cover_every_time_in_the_tenants_zone() -> None:
    chart = chart_of(show(a_chart(RISING), locale="fr"))["chart"]

    line, limit = chart["series"]
    assert (line["name"], limit["name"].replace("\u202f", " ").replace("\u00a0", " ")) == ("valeur", "seuil 90 %")
    assert chart["axis_config"] == {
        "categories": ["14:00", "14:10", "14:20", "14:30", "14:40"],
        "x_label": "CET",
        "y_label": "%",
    }
    assert [point["value"] for point in line["data"]] == RISING
    assert {point["value"] for point in limit["data"]} == {90}


@pytest.mark.parametrize(
    ("unit", "values", "label", "drawn"),
    [
        (Unit.BYTES, [2**30, 2**31, 3 * 2**30], "GiB", [1, 2, 3]),
        (Unit.SECONDS, [0.1, 0.2, 0.25], "ms", [100, 200, 250]),
        (Unit.SECONDS, [3_600.0, 7_200.0, 10_800.0], "h", [1, 2, 3]),
        (Unit.RATIO, [0.01, 0.02, 0.03], "%", [1, 2, 3]),
        (Unit.NUMBER, [1e6, 2e6, 3e6], "\u00d7 1,000", [1000, 2000, 3000]),
    ],
)
def test_values_are_in_a_readable_unit(unit: Unit, values: list[float], label: str, drawn: list[float]) -> None:
    chart = chart_of(show(a_chart(values, unit=unit, threshold=None)))["chart"]

    assert chart["axis_config"]["y_label"] == label
    assert [point["value"] for point in chart["series"][0]["data"]] == drawn


@pytest.mark.parametrize(
    ("locale", "limit"),
    [("en", "150K"), ("fr", "150\u00a0k"), ("de", "150.000"), ("es", "150\u00a0mil"), ("it", "150.000")],
)
def test_large_numbers_are_as_short_as_the_language_has_them(locale: str, limit: str) -> None:
    large = a_chart([12e3, 90e3, 170e3], unit=Unit.NUMBER, threshold=Threshold(150e3, Side.ABOVE))

    assert chart_of(show(large, locale=locale))["chart"]["series"][-1]["name"].endswith(f" {limit}")


def test_a_title_leaves_out_the_limit_before_it_leaves_out_the_words() -> None:
    long = show(a_chart([71.25, 71.5, 96.75], threshold=Threshold(90.5, Side.ABOVE)), locale="de")
    [block] = of_type(long, "data_visualization")

    assert block["title"].replace("\u00a0", " ") == "In 10 Min. von 72 % auf 97 % gestiegen"
    assert "Grenze 90,5\u00a0%" in long.text
    assert [one["type"] for one in long.blocks] == ["section", "data_visualization"]


def test_a_title_is_no_markup() -> None:
    labels = [{"queue": "a&b"}, {"queue": "<c>"}]
    block = chart_of(show(a_chart([1.0, 40, 99], [1.0, 2, 3], labels=labels)))

    assert block["title"].startswith("a&b: rose from 1% to 99%")


def test_a_template_of_the_tenants_own_has_the_words_with_and_without_a_chart() -> None:
    parts = {"title": "{{ name }}\n{{ trend | bold }}", "text": "{{ name }}: {{ trend }}"}
    moved = "Rose from 71% to 96% in 40 min; limit 90%"

    for style in (Style.DEFAULT, Style.COMPACT):
        message = show(a_chart(RISING), parts=parts, style=style)
        title: Any = message.blocks[0]
        assert title["text"]["text"] == f"DiskFull\n*{moved}*"
        assert message.text == f"DiskFull: {moved}"
    assert show(None, parts=parts).text == "DiskFull:"


def test_a_chart_that_is_too_long_has_as_many_points_as_fit() -> None:
    pods = [{"pod": f"checkout-7c9d8f5b6-{name}"} for name in "abcde"]
    block = chart_of(show(a_chart(*[[70.25 + place / 8] * 20 for place in range(5)], labels=pods)))

    assert len(block["chart"]["series"]) == 6
    assert MAX_CHART_CHARS * 0.9 < chart_chars(block) <= MAX_CHART_CHARS


def test_no_value_is_made_up_where_there_is_none() -> None:
    chart = chart_of(show(a_chart([71, None, float("nan"), 89, 96, 97])))["chart"]

    assert chart["axis_config"]["categories"] == ["2:00\u202fPM", "2:30\u202fPM", "2:40\u202fPM", "2:50\u202fPM"]
    assert "without a value" in chart["axis_config"]["x_label"]


def test_a_line_with_many_gaps_is_left_out_unless_it_is_the_worst() -> None:
    chart = chart_of(show(a_chart(RISING, [1, 2, None, None, None], [1, 2, 3, 4, 5])))["chart"]

    assert [one["name"] for one in chart["series"]][:2] == ["n1", "n3"]


@pytest.mark.parametrize("values", [[], [71.0], [None, 71.0, 72.0], [float("inf")] * 5, [1e300, 1e301, 1e302]])
def test_what_cannot_be_drawn_costs_nothing_but_the_chart(values: list[float | None]) -> None:
    message = show(a_chart(values, threshold=None))

    assert [block["type"] for block in message.blocks] == ["section"]


def test_times_of_several_days_and_of_an_hour_that_comes_twice_have_labels_of_their_own() -> None:
    days = tuple(Instant(START + place * 9 * 60 * MINUTE) for place in range(5))
    back = tuple(Instant(parse_rfc3339("2026-10-25T00:00:00Z") + place * 30 * MINUTE) for place in range(5))
    for times, one in ((days, "27 nov. 14:00"), (back, "02:00 CEST")):
        labels = chart_of(show(replace(a_chart(RISING), times=times), locale="fr"))["chart"]["axis_config"][
            "categories"
        ]
        assert labels[0] == one
        assert len(set(labels)) == len(labels)


def test_the_legend_names_what_sets_the_lines_apart_and_hides_what_is_redacted() -> None:
    labels = [
        {"job": "db", "customer": f"acme-{number}", "pod": f"checkout-7f9c8b5d4-xkq-{number}"} for number in "12"
    ]
    chart = a_chart(RISING, RISING, labels=labels)
    short = [one["name"] for one in chart_of(show(chart))["chart"]["series"]]
    hidden = show(
        chart, a_state(disk("n1", customer="acme-1"), F), redaction=Redaction(labels=frozenset({"customer"}))
    )

    assert short[:2] == ["acme-1", "acme-2"]
    assert [one["name"][-6:] for one in chart_of(hidden)["chart"]["series"]][:2] == ["-xkq-1", "-xkq-2"]
    assert "acme-" not in str(hidden.arguments())


def test_a_redacted_value_is_hidden_by_its_label_however_short() -> None:
    labels = [{"customer": "x"}, {"customer": "y"}]
    chart = chart_of(
        show(a_chart(RISING, RISING, labels=labels), redaction=Redaction(labels=frozenset({"customer"})))
    )

    names = [line["name"] for line in chart["chart"]["series"]]
    assert names == ["•••", "••• (2)", "limit 90%"]
    assert "x" not in chart["title"]


def test_a_redacted_value_that_only_the_series_have_is_hidden_in_their_other_labels_too() -> None:
    labels = [{"customer": "globex-1", "pod": "web-globex-1"}, {"customer": "initech", "pod": "web-initech"}]
    hidden = show(a_chart(RISING, RISING, labels=labels), redaction=Redaction(labels=frozenset({"customer"})))

    assert not any(name in str(hidden.arguments()) for name in ("globex", "initech"))


def test_names_that_are_all_hidden_or_hostile_are_still_names() -> None:
    labels = [{"x": "<!channel> `" + "y" * 300}, {"x": "<!channel> `" + "y" * 301}, {"x": "\u202e\u200b"}]
    names = [one["name"] for one in chart_of(show(a_chart(RISING, RISING, RISING, labels=labels)))["chart"]["series"]]

    assert len(set(names)) == len(names)
    assert not any(mark in name for name in names for mark in "<>`")


def test_the_largest_chart_has_fewer_points_rather_than_being_too_long() -> None:
    times = tuple(Instant(START + place * 9 * 60 * MINUTE) for place in range(20))
    values = [place + 0.123456 for place in range(20)]
    labels = [{"instance": f"{number}" + "\u00e9" * 30} for number in range(5)]
    block = chart_of(show(replace(a_chart(*[values] * 5, labels=labels), times=times)))

    assert len(str(block)) > MAX_CHART_CHARS / 2
    assert 8 <= len(block["chart"]["axis_config"]["categories"]) < 20
    assert block["chart"]["series"][0]["data"][-1]["value"] == pytest.approx(19.1, abs=0.1)


def test_there_is_no_chart_where_it_is_not_taken_not_wanted_or_the_style_is_compact_but_its_words() -> None:
    refused = show(a_chart(RISING), takes=frozenset())
    compact = show(a_chart(RISING), style=Style.COMPACT)
    unwanted = show(a_chart(RISING), chart_wanted=False)

    for message in (refused, compact):
        assert [block["type"] for block in message.blocks] == ["section", "context"]
        assert "Rose from 71% to 96%" in str(message.blocks[1])
    assert unwanted == show(None)


def test_alerts_come_before_the_chart_where_there_is_not_room_for_both() -> None:
    alerts = [
        a_state(disk(f"n{number}", note="x" * 700), F, annotations={"description": "y" * 500}) for number in range(8)
    ]
    message = show(a_chart(RISING, *[RISING] * 4), *alerts)

    assert message.attachments == show(None, *alerts).attachments


def resolved(count: int) -> list[AlertState]:
    return [a_state(disk(f"r{number}"), ShownState.RESOLVED) for number in range(count)]


def test_many_resolved_alerts_are_folded_where_the_workspace_takes_that() -> None:
    alerts = [a_state(disk("n1"), F), *resolved(MIN_FOLDED)]
    message = show(None, *alerts)

    [fold] = of_type(message, "container")
    assert fold["title"]["text"] == f"{MIN_FOLDED} resolved alerts"
    assert fold["default_collapsed"] is True
    assert "r1" in str(fold["child_blocks"])
    assert "r1" not in str(message.attachments[0].blocks)
    plain = show(None, *alerts, takes=frozenset({NewBlock.CHART}))
    assert "r1" in str(plain.attachments)
    assert not of_type(plain, "container")


def test_few_resolved_alerts_or_nothing_else_is_listed_as_it_is() -> None:
    few = show(None, a_state(disk("n1"), F), *resolved(MIN_FOLDED - 1))
    over = show(None, *resolved(MIN_FOLDED + 2))

    assert not of_type(few, "container")
    assert not of_type(over, "container")
    assert R is ShownState.RESOLVED
