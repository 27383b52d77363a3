"""Delete a tenant: what would go, and then all of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from router.control.secrets import SecretStore
from router.control.tokens import TokenControl
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from router.errors import OperationError
from router.ports.control import ConfigurationVersions, StoredGroups


@dataclass(frozen=True, slots=True)
class Belongings:
    """All that is stored of a tenant; not its messages in Slack, its records in Kafka, its variables."""

    versions: int
    groups: int
    live_messages: int
    tokens: Sequence[str]
    secrets: Sequence[SecretName]


@dataclass(frozen=True, slots=True)
class Offboarding:
    """What deleting a tenant needs."""

    versions: ConfigurationVersions
    groups: StoredGroups
    tokens: TokenControl
    secrets: SecretStore

    async def belongings(self, tenant: TenantId) -> Belongings:
        """What would go.

        Raises:
            OperationError: nothing is stored of this tenant.
        """
        kept = await self.versions.versions(tenant)
        tokens = [one.id for one in await self.tokens.live(tenant)]
        names = await self.secrets.names(tenant)
        if not kept and not tokens and not names:
            raise OperationError(
                f"nothing is stored of tenant {tenant!r}", remedy="`alert-router tenant list` shows all tenants"
            )
        groups = [group async for group in self.groups.everything(tenant)]
        live = sum(group.posted is not None and not group.closed for group in groups)
        return Belongings(len(kept), len(groups), live, tokens, names)

    async def delete(self, tenant: TenantId, onto: int | None = None) -> None:
        """Delete it, then the tokens that it left; with `onto` the active version must be that one (0: none).

        Raises:
            ChangedMeanwhileError: another version than `onto` is active; nothing was deleted.
        """
        await self.versions.remove(tenant, onto)
        for token in await self.tokens.live(tenant):
            await self.tokens.revoke(tenant, token.id)
