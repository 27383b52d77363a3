"""Tenants whose configuration has changed, each kept until whoever follows the changes has been called for it."""

from collections.abc import Awaitable, Callable

from router.core.model.alert import TenantId
from router.errors import UnavailableError

OnChange = Callable[[TenantId], Awaitable[None]]


class Changes:
    """Changes for one follower: a second one would take them from the first."""

    def __init__(self) -> None:
        self._changed: dict[TenantId, None] = {}
        self._is_followed = False

    def note(self, tenant: TenantId) -> None:
        """The tenant's configuration changed."""
        self._changed[tenant] = None

    def begin(self) -> None:
        """Follow from now on; what changed before is not news.

        Raises:
            RuntimeError: somebody follows already.
        """
        if self._is_followed:
            raise RuntimeError("changes of configuration are followed already")
        self._is_followed = True
        self._changed.clear()

    async def announce(self, on_change: OnChange, is_known: Callable[[TenantId], bool]) -> UnavailableError | None:
        """Call for each tenant that is known; what failed for one, who keeps its change for the next time."""
        failure = None
        for tenant in [one for one in self._changed if is_known(one)]:
            del self._changed[tenant]
            try:
                await on_change(tenant)
            except UnavailableError as error:
                self.note(tenant)
                failure = error
        return failure
