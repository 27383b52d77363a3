"""A file of recorded series is Prometheus' answers by the name of an alert; anything else is named."""

from pathlib import Path
from typing import Final

import pytest

from router.config.series import MAX_SERIES_BYTES, read_series
from router.core.model.instant import SECOND, Instant
from router.errors import ConfigurationError
from tests.bounds import tries

SAMPLE: Final = Path(__file__).parents[2] / "docs" / "samples" / "series.json"


def test_the_sample_holds_what_its_incident_needs() -> None:
    read = read_series(SAMPLE)

    assert {name: [len(lines) for lines in answers] for name, answers in read.items()} == {
        "DiskFillingUp": [2],
        "OrdersFailing": [1],
    }
    first = read["DiskFillingUp"][0][0]
    assert first.labels["instance"] == "orders-db-1"
    at, value = first.samples[0]
    assert at == Instant(1_794_902_400 * SECOND)
    assert value == pytest.approx(62, abs=1)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"A": {}}',
        '{"A": [{"status": "error"}]}',
        '{"A": [{"data": {"resultType": "vector", "result": []}}]}',
        '{"A": [{"data": {"resultType": "matrix", "result": [{"metric": {}, "values": [["x", "1"]]}]}}]}',
        '{"A": [{"data": {"resultType": "matrix", "result": [{"metric": {}, "values": [[1e999, "1"]]}]}}]}',
        "\xff",
    ],
)
def test_another_form_is_named_and_nothing_else_happens(tmp_path: Path, content: str) -> None:
    path = tmp_path / "series.json"
    path.write_text(content, encoding="latin-1")

    with pytest.raises(ConfigurationError) as refused:
        read_series(path)

    [diagnostic] = refused.value.diagnostics
    assert diagnostic.source == str(path)
    assert "answers of query_range" in diagnostic.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        read_series(tmp_path / "series.json")


@tries("file of recorded series")
def test_a_file_of_series_is_read_up_to_a_size(tmp_path: Path, beyond: int) -> None:
    path = tmp_path / "series.json"
    path.write_text("{}".ljust(MAX_SERIES_BYTES + beyond), encoding="ascii")

    if beyond > 0:
        with pytest.raises(ConfigurationError, match="bytes"):
            read_series(path)
    else:
        assert read_series(path) == {}
