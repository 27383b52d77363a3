"""Prometheus' answers as values: what has another form counts as no answer, and of what has it, so much is taken."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, FailFast, ValidationError

from router.core.context.chart import Line
from router.core.match.labels import Labels
from router.core.model.instant import SECOND, Instant
from router.errors import UnavailableError

MAX_SERIES: Final = 1_000
"""Series of one answer that are taken; more are left out."""

MAX_LABELS: Final = 64
"""Labels of one series that are taken, by their names; more are left out."""

MAX_LABEL: Final = 1_000
"""Characters of a label's name or value; a longer label is left out."""

MAX_NUMBER: Final = 40
"""Characters of a value; a longer one counts as none."""

_MILLISECOND: Final = SECOND // 1_000
_STEP_OF_ONE: Final = 60 * SECOND

T = TypeVar("T")
Model = TypeVar("Model", bound=BaseModel)
Every = Annotated[tuple[T, ...], FailFast()]
"""Of a long answer that is wrong in each item only the first is looked at."""


class _Rule(BaseModel):
    name: str
    query: str
    type: str = "alerting"


class _RuleGroup(BaseModel):
    rules: Every[_Rule]


class _RuleGroups(BaseModel):
    groups: Every[_RuleGroup]


class _Rules(BaseModel):
    status: Literal["success"]
    data: _RuleGroups


class _Series(BaseModel):
    metric: dict[str, str]
    values: Every[tuple[float, str]] = ()


class _Matrix(BaseModel):
    resultType: Literal["matrix"]  # noqa: N815 - as Prometheus has it
    result: Every[_Series]


class _Values(BaseModel):
    status: Literal["success"]
    data: _Matrix


@dataclass(frozen=True, slots=True)
class Axis:
    """So many times from `start` on, `step` apart: in whole milliseconds, as Prometheus counts."""

    start: int
    step: int
    count: int

    @classmethod
    def of(cls, times: Sequence[Instant]) -> "Axis":
        """The axis of at least one time; its last point is at most `count` milliseconds before the last time."""
        apart = (times[-1] - times[0]) // (len(times) - 1) if len(times) > 1 else _STEP_OF_ONE
        return cls(_whole(times[0]), max(_whole(apart), _MILLISECOND), len(times))

    @property
    def end(self) -> int:
        """Its last point."""
        return self.start + self.step * (self.count - 1)

    def place(self, seconds: float) -> int | None:
        """Which of its points a time is, from 0 on; None: none of them."""
        if not math.isfinite(seconds):
            return None
        place = round((seconds * SECOND - self.start) / self.step)
        return place if 0 <= place < self.count else None


def expressions_in(body: bytes) -> Mapping[str, frozenset[str]]:
    """The expressions of all alerting rules by the name of the alert.

    Raises:
        UnavailableError: it is not of the form of the API.
    """
    found: dict[str, set[str]] = {}
    for group in _read(_Rules, body).data.groups:
        for rule in group.rules:
            if rule.type == "alerting":
                found.setdefault(rule.name, set()).add(rule.query)
    return {name: frozenset(expressions) for name, expressions in found.items()}


def lines_in(body: bytes, axis: Axis) -> list[Line]:
    """The series of an answer, each with a value for every point of the axis.

    Raises:
        UnavailableError: it is not of the form of the API.
    """
    series = _read(_Values, body).data.result[:MAX_SERIES]
    return [Line(_labels(one.metric), _values(one.values, axis)) for one in series]


def _read(model: type[Model], body: bytes) -> Model:
    try:
        return model.model_validate_json(body)
    except ValidationError:
        raise UnavailableError("Prometheus' answer is not of its API") from None


def _labels(metric: Labels) -> Labels:
    short = (one for one in sorted(metric.items()) if max(map(len, one)) <= MAX_LABEL)
    return dict(islice(short, MAX_LABELS))


def _values(samples: Sequence[tuple[float, str]], axis: Axis) -> tuple[float | None, ...]:
    values: list[float | None] = [None] * axis.count
    for seconds, text in samples:
        place = axis.place(seconds)
        if place is not None:
            values[place] = _number(text)
    return tuple(values)


def _number(text: str) -> float | None:
    """A value; None for what is none, or not finite."""
    try:
        value = float(text) if len(text) <= MAX_NUMBER else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _whole(amount: int) -> int:
    return amount // _MILLISECOND * _MILLISECOND
