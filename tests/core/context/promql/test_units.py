"""The unit of a chart is what the form of the expression shows for certain; else it is a plain number."""

import promql_parser
import pytest

from router.core.context.chart import Unit
from router.core.context.promql.units import unit_of


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("a_bytes", Unit.BYTES),
        ("a_bytes_total", Unit.BYTES),
        ("-(a_seconds)", Unit.SECONDS),
        ("a_percent", Unit.PERCENT),
        ("process_start_time_seconds", Unit.NUMBER),
        ("5", Unit.NUMBER),
        ("vector(1)", Unit.NUMBER),
        ("time() - process_start_time_seconds", Unit.SECONDS),
        ("count(a_bytes)", Unit.NUMBER),
        ("max(a_bytes)", Unit.BYTES),
        ("rate(a_bytes_total[5m])", Unit.NUMBER),
        ("clamp_max(a_seconds, 3)", Unit.SECONDS),
        ("max_over_time(a_bytes[1h:5m])", Unit.BYTES),
        ("histogram_quantile(0.9, sum by (le) (rate(a_seconds_bucket[5m])))", Unit.SECONDS),
        ("a_bytes or b_seconds", Unit.BYTES),
        ("a_bytes > 3", Unit.BYTES),
        ("3 < a_bytes", Unit.BYTES),
        ("a_bytes > bool 3", Unit.NUMBER),
        ("a_bytes atan2 b", Unit.NUMBER),
        ("a_bytes + b_bytes - 3", Unit.BYTES),
        ("a_bytes + b_seconds", Unit.NUMBER),
        ("a_ratio * 100", Unit.PERCENT),
        ("100 * a_bytes", Unit.NUMBER),
        ("a_bytes / b_bytes", Unit.RATIO),
        ("100 * (a_bytes - 5) / (b_bytes - c_bytes)", Unit.PERCENT),
        ("a_bytes / 1024", Unit.NUMBER),
        ("a_bytes / b_seconds", Unit.NUMBER),
        ("(a_seconds - b_bytes) / c_bytes", Unit.NUMBER),
        ("rate(a_errors_total[5m]) / rate(a_total[5m])", Unit.RATIO),
        ("rate(a_seconds_sum[5m]) / rate(a_seconds_count[5m])", Unit.SECONDS),
    ],
)
def test_the_unit_follows_from_the_form(text: str, unit: Unit) -> None:
    assert unit_of(promql_parser.parse(text)) is unit
