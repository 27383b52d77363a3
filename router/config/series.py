"""Read recorded series: by the name of an alert the answers of Prometheus' `query_range` to what its chart asks."""

from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, FiniteFloat, TypeAdapter, ValidationError

from router.core.context.recorded import Recorded, RecordedLine
from router.core.model.instant import SECOND, Instant
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

MAX_SERIES_BYTES: Final = 16 * 1024 * 1024
"""Bytes of a file of recorded series."""


class _Series(BaseModel):
    metric: dict[str, str]
    values: list[tuple[FiniteFloat, float]]


class _Matrix(BaseModel):
    resultType: Literal["matrix"]  # noqa: N815 - as Prometheus has it
    result: list[_Series]


class _Answer(BaseModel):
    data: _Matrix


_FILE: Final = TypeAdapter(dict[str, list[_Answer]])


def read_series(path: Path) -> Recorded:
    """The series of a file.

    Raises:
        ConfigurationError: it cannot be read, is too large, or is not of this form.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(Diagnostic(error.strerror or str(error), source=str(path))) from None
    if len(content) > MAX_SERIES_BYTES:
        message = f"has {len(content)} bytes; at most {MAX_SERIES_BYTES} are read"
        raise ConfigurationError(Diagnostic(message, source=str(path)))
    try:
        read = _FILE.validate_json(content)
    except ValidationError as error:
        raise ConfigurationError(Diagnostic(_problem(error), source=str(path))) from None
    return {name: [_lines(answer) for answer in answers] for name, answers in read.items()}


def _lines(answer: _Answer) -> list[RecordedLine]:
    return [_line(one) for one in answer.data.result]


def _line(series: _Series) -> RecordedLine:
    ordered = sorted((Instant(round(seconds * SECOND)), value) for seconds, value in series.values)
    return RecordedLine(series.metric, tuple(ordered))


def _problem(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(map(str, first["loc"])) or "the file"
    return f'should be {{"ALERTNAME": [answers of query_range]}}; {place}: {first["msg"]}'
