"""One chart: is the expression listed there, what does it come to, which of it is the group's own."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from router.core.context.asked import Asked
from router.core.context.chart import Chart
from router.core.context.expression import Drawn, NotDrawn, drawn
from router.core.context.window import times
from router.core.context.worst import chart_of
from router.core.model.instant import Instant
from router.core.model.rules.context import OnlyLabel, PrometheusAccess
from router.ports.prometheus import Prometheus


class Outcome(StrEnum):
    """What became of a question for a chart."""

    DRAWN = "drawn"
    NOTHING = "nothing"
    """Prometheus answered, and nothing of it is the group's own."""
    UNDRAWN = "undrawn"
    """Nothing of the expression can be drawn honestly."""
    UNLISTED = "unlisted"
    """That Prometheus has no rule of this name with this expression."""
    UNANSWERED = "unanswered"
    """It did not answer in time, or not as it should, or its token is not there."""
    RESTING = "resting"
    """It failed lately, and is not asked for a while."""
    CROWDED = "crowded"
    """Too many groups were being asked about, of the tenant or of all."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a question came to."""

    outcome: Outcome
    chart: Chart | None = None


async def draw(prometheus: Prometheus, access: PrometheusAccess, token: str, asked: Asked, now: Instant) -> Drawing:
    """The chart of an alert, whose expression its sender gave: it is asked for only as a rule that is known there.

    Raises:
        UnavailableError: Prometheus does not answer in time, or not in its form.
    """
    only = access.only if isinstance(access.only, OnlyLabel) else None
    wanted = await asyncio.to_thread(drawn, asked.expression, asked.alerts, only)
    if isinstance(wanted, NotDrawn):
        return Drawing(Outcome.UNDRAWN)
    if asked.expression not in await prometheus.expressions(access, token, asked.alert_name):
        return Drawing(Outcome.UNLISTED)
    return await _drawn(prometheus, access, token, asked, wanted, now)


async def _drawn(
    prometheus: Prometheus, access: PrometheusAccess, token: str, asked: Asked, wanted: Drawn, now: Instant
) -> Drawing:
    moments = times(asked.start, asked.end, now)
    answers = [await prometheus.values(access, token, query, moments) for query in wanted.queries]
    chart = chart_of(wanted, moments, answers, asked.alerts, asked.unit)
    return Drawing(Outcome.NOTHING) if chart is None else Drawing(Outcome.DRAWN, chart)
