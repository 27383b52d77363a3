"""What deletes a tenant, by a control API."""

from router.adapters.control_http.asking import ControlServer, Question
from router.adapters.control_http.configurations import RemoteConfigurations, seen
from router.adapters.control_http.credentials import RemoteSecrets, RemoteTokens
from router.adapters.control_http.looking import RemoteGroups
from router.adapters.control_http.reading import TenantFacts, read, tenant_path
from router.control.offboard import Belongings
from router.core.model.alert import TenantId


class RemoteOffboarding:
    """See `Offboarding`."""

    def __init__(self, server: ControlServer) -> None:
        self._server = server

    async def belongings(self, tenant: TenantId) -> Belongings:
        """What would go; of its alert groups those that are open, since an API lists no others."""
        versions = await RemoteConfigurations(self._server).history(tenant)
        groups = await RemoteGroups(self._server).all_open(tenant)
        tokens = await RemoteTokens(self._server).live(tenant)
        names = await RemoteSecrets(self._server).names(tenant)
        live = sum(one.message is not None for one in groups)
        return Belongings(len(versions), len(groups), live, [one.id for one in tokens], names)

    async def delete(self, tenant: TenantId) -> None:
        """Delete it, as it stands now."""
        found = read(await self._server.ask(Question("GET", tenant_path(tenant))), TenantFacts)
        await self._server.ask(Question("DELETE", tenant_path(tenant), headers=seen(found.version)))
