"""The Alertmanager in front of a tenant, which knows why it leaves an alert out of its bodies."""

from collections.abc import Sequence
from typing import Protocol

from router.core.match.labels import Labels
from router.core.model.muted import KnownAlert, ListedAlert
from router.core.model.rules.context import AlertmanagerAccess


class Alertmanager(Protocol):
    """The API of any tenant's Alertmanager."""

    async def alerts(self, access: AlertmanagerAccess, token: str, labels: Labels) -> Sequence[KnownAlert]:
        """What fires there with these labels, muted or not, and what mutes it; `token` is "" where there is none.

        Raises:
            UnavailableError: it does not answer in time, or not in this form.
        """

    async def listed(self, access: AlertmanagerAccess, token: str, receiver: str) -> Sequence[ListedAlert]:
        """All that fires there and goes to a receiver, once for each of its groups that holds it.

        Raises:
            UnavailableError: as above.
        """
