"""Charts as Slack takes them: `data_visualization`, in messages only.

From docs.slack.dev, reference/block-kit/blocks/data-visualization-block. Newer clients allow twelve series; the
documented six are the stricter reading.
"""

import math

from slack_emulator.schema import Check, Failure, anything, array, enum, every, leaf, record, string, variant

MAX_CHARTS = 2
"""Of one message."""

_MAX_SERIES = 6
_MAX_POINTS = 20
_TITLE = string(1, 50)
_LABEL = string(1, 20)


def _finite(value: object, at: str) -> list[Failure]:
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return [] if good else [leaf("must provide a number", at, type="number")]


def _positive(value: object, at: str) -> list[Failure]:
    broken = _finite(value, at)
    good = not broken and isinstance(value, int | float) and value > 0
    return broken or ([] if good else [leaf("must be more than 0", at, type="minimum", expected=0)])


_POINT = record({"label": _LABEL, "value": _finite})
_SERIES = record({"name": _LABEL, "data": array(_POINT, 1, _MAX_POINTS)})
_AXES = record({"categories": array(_LABEL, 1, _MAX_POINTS)}, {"x_label": _TITLE, "y_label": _TITLE})


def _fits_together(value: object, at: str) -> list[Failure]:
    if not isinstance(value, dict):
        return []
    categories, series = value["axis_config"]["categories"], value["series"]
    broken = _repeats(categories, f"{at}/axis_config/categories")
    broken += _repeats([one["name"] for one in series], f"{at}/series")
    for place, one in enumerate(series):
        if sorted(point["label"] for point in one["data"]) != sorted(categories):
            pointer = f"{at}/series/{place}/data"
            broken.append(leaf("labels must match axis_config.categories exactly", pointer, type="coverage"))
    return broken


def _repeats(names: list[str], at: str) -> list[Failure]:
    return [] if len(set(names)) == len(names) else [leaf("must be unique", at, type="unique")]


_OF_SERIES = every(
    record({"type": anything, "series": array(_SERIES, 1, _MAX_SERIES), "axis_config": _AXES}), _fits_together
)
_PIE = record({"type": anything, "segments": array(record({"label": _LABEL, "value": _positive}), 1, _MAX_SERIES)})

CHART: Check = record(
    {
        "type": enum("data_visualization"),
        "title": _TITLE,
        "chart": variant({"line": _OF_SERIES, "area": _OF_SERIES, "bar": _OF_SERIES, "pie": _PIE}),
    },
    {"block_id": string(1, 255)},
)
