"""A Prometheus that knows what a test puts into it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from router.core.context.chart import Line
from router.core.model.instant import Instant
from router.core.model.rules.context import PrometheusAccess
from router.errors import UnavailableError


@dataclass
class FakePrometheus:
    """As `PrometheusClient`: `rules` are listed there by alert name, `series` are what each query comes to.

    It does not answer while `is_away`, nor before its `gate`, if it has one, is open. A series has a value for each
    time from the first of `asked` on, or fewer.
    """

    rules: dict[str, frozenset[str]] = field(default_factory=dict)
    series: dict[str, Sequence[Line]] = field(default_factory=dict)
    is_away: bool = False
    gate: asyncio.Event | None = None
    listed_for: list[str] = field(default_factory=list)
    asked: list[tuple[str, tuple[Instant, ...]]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    async def expressions(self, access: PrometheusAccess, token: str, alert_name: str) -> frozenset[str]:
        self.listed_for.append(alert_name)
        if self.gate is not None:
            await self.gate.wait()
        self._answers(token)
        return self.rules.get(alert_name, frozenset())

    async def values(
        self, access: PrometheusAccess, token: str, query: str, times: Sequence[Instant]
    ) -> Sequence[Line]:
        self.asked.append((query, tuple(times)))
        self._answers(token)
        return [Line(one.labels, _as_many(one.values, len(times))) for one in self.series.get(query, ()) if times]

    def _answers(self, token: str) -> None:
        self.tokens.append(token)
        if self.is_away:
            raise UnavailableError("Prometheus does not answer: away")


def _as_many(values: Sequence[float | None], count: int) -> tuple[float | None, ...]:
    return (*values, *[None] * count)[:count]
