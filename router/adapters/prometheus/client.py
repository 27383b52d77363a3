"""Ask a Prometheus what its rules are and how values moved: `GET /api/v1/rules` and `GET /api/v1/query_range`.

Its address is the operator's; its answer is not trusted with our memory or time: see `asking`. What is not of the
form of the API counts as no answer.
"""

import time
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlencode

from router.adapters.prometheus.asking import Asking, Question
from router.adapters.prometheus.listed import Asker, Listed
from router.adapters.prometheus.reading import Axis, expressions_in, lines_in
from router.core.context.chart import Line
from router.core.model.instant import MILLISECOND, SECOND, Instant
from router.core.model.rules.context import PrometheusAccess

MAX_RULES_BYTES: Final = 4 * 1024 * 1024
"""Bytes of a list of rules that are read: some thousand rules."""

MAX_VALUES_BYTES: Final = 1024 * 1024
"""Bytes of values that are read: about a thousand series of twenty points."""


class PrometheusClient:
    """The API of any Prometheus; the rules of each are remembered for a minute."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._asking = Asking()
        self._listed = Listed()
        self._monotonic = monotonic

    async def close(self) -> None:
        """Nobody may be asked any more."""
        await self._asking.close()

    async def expressions(self, access: PrometheusAccess, token: str, alert_name: str) -> frozenset[str]:
        """The expressions of the alerting rules of this name there, as it prints them.

        Raises:
            UnavailableError: it does not answer in time, or not in this form.
        """
        asker = Asker(access, token)
        known = self._listed.find(asker, alert_name, self._monotonic())
        if known is not None:
            return known
        fields = {"type": "alert", "exclude_alerts": "true", "rule_name[]": alert_name}
        question = Question("/api/v1/rules", urlencode(fields), MAX_RULES_BYTES)
        found = expressions_in(await self._asking.ask(access, token, question))
        self._listed.add(asker, alert_name, found, self._monotonic())
        return found.get(alert_name, frozenset())

    async def values(
        self, access: PrometheusAccess, token: str, query: str, times: Sequence[Instant]
    ) -> Sequence[Line]:
        """What a query comes to at these times, which are equally far apart, oldest first; of very many series some.

        Raises:
            UnavailableError: as above.
        """
        if not times:
            return []
        axis = Axis.of(times)
        fields = {
            "query": query,
            "start": _seconds(axis.start),
            "end": _seconds(axis.end),
            "step": _seconds(axis.step),
            "timeout": f"{max(1, access.timeout // MILLISECOND)}ms",
        }
        question = Question("/api/v1/query_range", urlencode(fields), MAX_VALUES_BYTES)
        return lines_in(await self._asking.ask(access, token, question), axis)


def _seconds(amount: int) -> str:
    return f"{amount / SECOND:.3f}"
