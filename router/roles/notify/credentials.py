"""A tenant's way into its workspace: the token from its secrets, and whose it is.

Until it is known whose the token is, the tenant's lanes wait. Nothing is shared between tenants but the workspace's
name, for its budgets.
"""

from dataclasses import dataclass, field

from router.core.model.rules.tenant import Tenant
from router.core.model.token import token_digest
from router.core.slack.answer import Answer, TokenDead
from router.errors import SecretNotFoundError
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.ports.slack import Identity
from router.ports.tenants import Secrets
from router.roles.notify.identities import Identities


@dataclass(frozen=True, slots=True)
class SlackCredential:
    """A token and the workspace whose budgets its calls draw on."""

    token: str = field(repr=False)
    workspace: str
    url: str = ""
    """Where the addresses of the workspace begin; "" where that is not known."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Slack has been asked about the token of this digest and has not answered yet."""

    digest: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials of all tenants."""

    secrets: Secrets
    identities: Identities
    metrics: Metrics

    async def find(self, tenant: Tenant) -> SlackCredential | Answer | Unknown:
        """The tenant's credentials; Slack's refusal, which holds for a while; or nothing yet.

        Raises:
            SecretNotFoundError: the tenant names a secret that it does not have, or that cannot be read.
            UnavailableError: the secret is stored, and the store cannot be asked.
        """
        token = await self._token(tenant)
        digest = token_digest(token)
        found = self.identities.find(tenant.tenant_id, token, digest)
        if isinstance(found, Identity):
            return SlackCredential(token, found.workspace, found.url)
        if isinstance(found, TokenDead):
            self.metrics.problems.begin(tenant.tenant_id, TenantProblem.TOKEN_DEAD)
        return Unknown(digest) if found is None else found

    def forget_failures(self) -> None:
        """Something has changed: ask Slack again."""
        self.identities.forget_failures()

    async def close(self) -> None:
        """Stop asking."""
        await self.identities.close()

    async def _token(self, tenant: Tenant) -> str:
        try:
            token = await self.secrets.find(tenant.tenant_id, tenant.token)
        except SecretNotFoundError:
            self.metrics.problems.begin(tenant.tenant_id, TenantProblem.SECRET_NOT_FOUND)
            raise
        self.metrics.problems.end(tenant.tenant_id, TenantProblem.SECRET_NOT_FOUND)
        return token
