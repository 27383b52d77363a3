"""Which of the series that Prometheus answers with are drawn: the alerts' own, the worst first."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from router.core.context.chart import MAX_LINES, MAX_POINTS, Chart, Line, Side, Threshold, Unit
from router.core.context.expression import Drawn
from router.core.match.labels import Labels
from router.core.model.instant import Instant

_NAMES: Final = frozenset({"__name__", "alertname"})
"""Of the series and of the rule: they mean different things."""
_HINTS: Final = {
    "bytes": Unit.BYTES,
    "byte": Unit.BYTES,
    "seconds": Unit.SECONDS,
    "s": Unit.SECONDS,
    "percent": Unit.PERCENT,
    "%": Unit.PERCENT,
    "ratio": Unit.RATIO,
    "percentunit": Unit.RATIO,
    "number": Unit.NUMBER,
}


def chart_of(
    drawn: Drawn,
    times: Sequence[Instant],
    answers: Sequence[Sequence[Line]],
    alerts: Sequence[Labels],
    hint: str = "",
) -> Chart | None:
    """The chart of what Prometheus answered to each of the queries; None where nothing of it is the alerts' own.

    Two metrics that are compared with each other are drawn where each comes to one series. `hint` is the alert's
    `unit` annotation, "" for none.
    """
    own = [_own(lines, alerts) for lines in answers]
    if len(own) != len(drawn.queries) or (len(own) > 1 and any(len(lines) != 1 for lines in own)):
        return None
    lines = _worst([line for lines in own for line in lines], drawn.threshold) if len(own) == 1 else _pair(own)
    if not lines:
        return None
    short = tuple(replace(line, values=line.values[-MAX_POINTS:]) for line in lines)
    return Chart(tuple(times[-MAX_POINTS:]), short, drawn.threshold, _unit(drawn, short, hint))


def _own(lines: Iterable[Line], alerts: Sequence[Labels]) -> list[Line]:
    finite = (replace(line, values=tuple(map(_finite, line.values))) for line in lines)
    return [
        line
        for line in finite
        if any(value is not None for value in line.values) and any(_belongs(line.labels, alert) for alert in alerts)
    ]


def _pair(own: Sequence[Sequence[Line]]) -> tuple[Line, ...]:
    return tuple(lines[0] for lines in own)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _belongs(series: Labels, alert: Labels) -> bool:
    """Whether no label that both have differs."""
    return all(alert.get(label, value) == value for label, value in series.items() if label not in _NAMES)


def _worst(lines: Iterable[Line], threshold: Threshold | None) -> tuple[Line, ...]:
    ranked = sorted(lines, key=lambda line: (-_badness(line, threshold), sorted(line.labels.items())))
    return tuple(ranked[:MAX_LINES])


def _badness(line: Line, threshold: Threshold | None) -> float:
    """How far its last value is beyond the threshold; the value itself without one."""
    last = next((value for value in reversed(line.values) if value is not None), 0.0)
    if threshold is None:
        return last
    return threshold.value - last if threshold.fires is Side.BELOW else last - threshold.value


def _unit(drawn: Drawn, lines: Iterable[Line], hint: str) -> Unit:
    unit = _HINTS.get(hint.strip().lower(), drawn.unit)
    values = [value for line in lines for value in line.values if value is not None]
    if drawn.threshold:
        values.append(drawn.threshold.value)
    if unit is Unit.RATIO and not all(0 <= value <= 1 for value in values):
        return Unit.NUMBER
    return unit
