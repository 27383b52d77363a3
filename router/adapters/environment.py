"""Tenants' secrets in the environment: `ALERT_ROUTER_SECRET__<TENANT>__<NAME>`.

A secret is looked up only under the tenant's own name. Tenant ids and names of secrets are letters, digits and single
hyphens, so two tenants can never share a variable.
"""

from collections.abc import Mapping
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.tenant import SecretName

_PREFIX: Final = "ALERT_ROUTER_SECRET"


def variable(tenant: TenantId, name: SecretName) -> str:
    """The environment variable of a tenant's secret."""
    return "__".join((_PREFIX, *(part.upper().replace("-", "_") for part in (tenant, name))))


class EnvironmentSecrets:
    """Secrets of all tenants, from one mapping; no repr shows them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def find(self, tenant: TenantId, name: SecretName) -> str | None:
        """The secret; None if it is not set, or empty."""
        return self._environment.get(variable(tenant, name)) or None

    def variable(self, tenant: TenantId, name: SecretName) -> str:
        """The name of the variable that is looked up."""
        return variable(tenant, name)
