"""Sending on hold, for one tenant or for everybody: folding goes on, and a release sends what is true by then."""

from router.control.tenants import TenantControl
from router.core.model.alert import TenantId
from router.ports.control import ConfigurationVersions, Everybody, Holds


class HoldControl:
    """The kill switch. A suspension is the hold of one tenant, which a release of everybody leaves in force."""

    def __init__(self, tenants: TenantControl, versions: ConfigurationVersions, holds: Holds) -> None:
        self._tenants = tenants
        self._versions = versions
        self._holds = holds

    async def hold(self, tenant: TenantId) -> bool:
        """Begin no call to Slack for a tenant; False if it was on hold already.

        Raises:
            OperationError: the tenant has no configuration.
        """
        await self._tenants.active(tenant)
        return await self._versions.suspend(tenant)

    async def release(self, tenant: TenantId) -> bool:
        """Send for a tenant again, unless everybody is on hold; False if it was not on hold by itself.

        Raises:
            OperationError: the tenant has no configuration.
        """
        await self._tenants.active(tenant)
        return await self._versions.resume(tenant)

    async def hold_everybody(self) -> Everybody:
        """Begin no call to Slack for anybody, also for tenants that are yet to come."""
        return await self._holds.hold()

    async def release_everybody(self) -> Everybody:
        """Send again for all but those who are on hold by themselves."""
        return await self._holds.release()
