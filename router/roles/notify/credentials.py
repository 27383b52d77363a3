"""A tenant's way into its workspace: the token from its secrets, and whose it is.

Whom a token belongs to is asked of Slack once (`auth.test`), in the background, and kept in Redis; until it is known
the tenant's lanes wait. Nothing is shared between tenants but the workspace's name, for its budgets.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from router.core.model.alert import TenantId
from router.core.model.tenant import Tenant
from router.core.model.token import token_digest
from router.core.slack.answer import Answer, TokenDead, name
from router.errors import SecretNotFoundError, UnavailableError
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.ports.slack import Identity, Slack, Workspaces
from router.ports.tenants import Secrets


@dataclass(frozen=True, slots=True)
class SlackCredential:
    """A token and the workspace whose budgets its calls draw on."""

    token: str = field(repr=False)
    workspace: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Slack has been asked and has not answered yet."""


class Credentials:
    """The credentials of all tenants."""

    def __init__(
        self,
        secrets: Secrets,
        workspaces: Workspaces,
        slack: Slack,
        metrics: Metrics,
        retry_s: float,
        wake: Callable[[], None],
    ) -> None:
        self._secrets = secrets
        self._metrics = metrics
        self._retry_s = retry_s
        self._workspaces = workspaces
        self._slack = slack
        self._wake = wake
        self._known: dict[str, str] = {}
        self._failed: dict[str, tuple[Answer, float]] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._log = structlog.get_logger("router.credentials")

    async def find(self, tenant: Tenant) -> SlackCredential | Answer | Unknown:
        """The tenant's credentials; Slack's refusal, which holds for a while; or nothing yet.

        Raises:
            SecretNotFoundError: the tenant names a secret that it does not have, or that cannot be read.
            UnavailableError: the secret is stored, and the store cannot be asked.
        """
        token = await self._token(tenant)
        digest = token_digest(token)
        if digest in self._known:
            return SlackCredential(token, self._known[digest])
        if (failure := self._fresh_failure(digest)) is not None:
            if isinstance(failure, TokenDead):
                self._metrics.problems.begin(tenant.tenant_id, TenantProblem.TOKEN_DEAD)
            return failure
        if digest not in self._asking:
            self._asking[digest] = asyncio.create_task(self._ask(tenant.tenant_id, token, digest))
        return Unknown()

    async def _token(self, tenant: Tenant) -> str:
        try:
            token = await self._secrets.find(tenant.tenant_id, tenant.token)
        except SecretNotFoundError:
            self._metrics.problems.begin(tenant.tenant_id, TenantProblem.SECRET_NOT_FOUND)
            raise
        self._metrics.problems.end(tenant.tenant_id, TenantProblem.SECRET_NOT_FOUND)
        return token

    def forget_failures(self) -> None:
        """Something has changed: ask again."""
        self._failed.clear()

    def _fresh_failure(self, digest: str) -> Answer | None:
        answer, at = self._failed.get(digest, (None, 0.0))
        return answer if asyncio.get_running_loop().time() - at < self._retry_s else None

    async def close(self) -> None:
        """Stop asking."""
        for task in self._asking.values():
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def _ask(self, tenant: TenantId, token: str, digest: str) -> None:
        try:
            known = await self._workspaces.find(digest)
            answer = Identity(known) if known else await self._slack.identify(token)
            if isinstance(answer, Identity):
                await self._workspaces.remember(digest, answer.workspace)
                self._known[digest] = answer.workspace
            else:
                self._failed[digest] = (answer, asyncio.get_running_loop().time())
                self._metrics.slack_calls.labels(method="auth_test", answer=name(answer)).inc()
                error = getattr(answer, "error", "")
                self._log.warning("workspace_refused", tenant=tenant, answer=name(answer), error=error)
        except UnavailableError as error:
            self._log.warning("workspace_unknown", tenant=tenant, error=str(error))
        finally:
            self._asking.pop(digest, None)
            self._wake()
