"""Tenants' secrets from the environment: `ALERT_ROUTER_SECRET__<TENANT>__<NAME>`.

A secret is looked up only under the tenant's own name. Tenant ids and names of secrets hold letters, digits and
single hyphens, so no two tenants can come to share a variable.
"""

from collections.abc import Mapping

from router.core.alert import TenantId
from router.core.tenant import SecretName
from router.errors import SecretNotFoundError

_PREFIX = "ALERT_ROUTER_SECRET"


def variable(tenant: TenantId, name: SecretName) -> str:
    """The environment variable of a tenant's secret."""
    return "__".join((_PREFIX, *(part.upper().replace("-", "_") for part in (tenant, name))))


class EnvironmentSecrets:
    """Secrets of all tenants, from one mapping."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def find(self, tenant: TenantId, name: SecretName) -> str:
        """The secret.

        Raises:
            SecretNotFoundError: this tenant has no secret of that name.
        """
        value = self._environment.get(variable(tenant, name), "")
        if not value:
            raise SecretNotFoundError(f"secret {name!r} of tenant {tenant!r} not found; set {variable(tenant, name)}")
        return value
