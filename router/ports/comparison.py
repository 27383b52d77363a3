"""What alerts fire here, compared with what an Alertmanager lists: by one process at a time."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from router.core.model.alert import AlertId, TenantId
from router.core.model.instant import Span
from router.core.model.key import GroupId
from router.core.model.rules.names import ReceiverName


class Occasion(StrEnum):
    """Why it is compared."""

    EACH_MINUTE = "each_minute"
    NEWS = "news"
    """An event names an alert that was not listed before."""


class Comparisons(Protocol):
    """The comparisons of all tenants."""

    async def lead(self, tenant: TenantId, occasion: Occasion, span: Span) -> bool:
        """Whether this process compares for the tenant now; for so long nobody else does on that occasion."""

    async def firing(
        self, tenant: TenantId, receivers: Sequence[ReceiverName]
    ) -> Mapping[GroupId, Sequence[AlertId]]:
        """The groups of these receivers in which alerts fire, and which; of very many alerts not all are known."""
