"""The Prometheus that evaluates a tenant's rules."""

from collections.abc import Sequence
from typing import Protocol

from router.core.context.chart import Line
from router.core.model.instant import Instant
from router.core.model.rules.context import PrometheusAccess


class Prometheus(Protocol):
    """The API of any tenant's Prometheus."""

    async def expressions(self, access: PrometheusAccess, token: str, alert_name: str) -> frozenset[str]:
        """The expressions of the alerting rules of this name there, as it prints them; `token` is "" for none.

        Raises:
            UnavailableError: it does not answer in time, or not in this form.
        """

    async def values(
        self, access: PrometheusAccess, token: str, query: str, times: Sequence[Instant]
    ) -> Sequence[Line]:
        """What a query comes to at these times, which are equally far apart, oldest first; of very many series some.

        Raises:
            UnavailableError: as above.
        """
