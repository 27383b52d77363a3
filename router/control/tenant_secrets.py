"""Look up a tenant's secret: in the environment first, then in the sealed store."""

import time
from collections.abc import Callable
from typing import Final

from router.control.secrets import SecretStore
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from router.errors import SecretNotFoundError, UnavailableError
from router.ports.control import SecretEnvironment

_KEPT_S: Final = 3.0


class TenantSecrets:
    """Secrets as workers and commands use them.

    Stored secrets are kept in memory for a few seconds, and for as long as Redis does not answer.
    """

    def __init__(
        self, environment: SecretEnvironment, store: SecretStore, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._environment = environment
        self._store = store
        self._monotonic_s = monotonic_s
        self._kept: dict[tuple[TenantId, SecretName], tuple[str, float]] = {}

    async def find(self, tenant: TenantId, name: SecretName) -> str:
        """The secret.

        Raises:
            SecretNotFoundError: the tenant has no secret of that name, or it cannot be read.
            UnavailableError: the store does not answer, and the secret is not in memory.
        """
        value = self._environment.find(tenant, name)
        if value is None:
            value = await self._stored(tenant, name)
        if value is None:
            raise SecretNotFoundError(f"secret {name!r} of tenant {tenant!r} not found", self._remedy(tenant, name))
        return value

    def _remedy(self, tenant: TenantId, name: SecretName) -> str:
        variable = self._environment.variable(tenant, name)
        return f"set {variable}, or store it: alert-router secret set {tenant} {name}"

    async def _stored(self, tenant: TenantId, name: SecretName) -> str | None:
        value, until = self._kept.get((tenant, name), (None, 0.0))
        if value is not None and self._monotonic_s() < until:
            return value
        try:
            found = await self._store.find(tenant, name)
        except UnavailableError:
            if value is None:
                raise
            return value
        except SecretNotFoundError:
            self._kept.pop((tenant, name), None)
            raise
        self._keep(tenant, name, found)
        return found

    def _keep(self, tenant: TenantId, name: SecretName, value: str | None) -> None:
        if value is None:
            self._kept.pop((tenant, name), None)
        else:
            self._kept[tenant, name] = (value, self._monotonic_s() + _KEPT_S)
