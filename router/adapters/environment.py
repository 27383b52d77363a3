"""Tenants' secrets in the environment: `ALERT_ROUTER_SECRET__<TENANT>__<NAME>`, or a file that a variable names.

A secret is looked up only under the tenant's own name. Tenant ids and names of secrets are letters, digits and single
hyphens, so two tenants can never share a variable.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName

_PREFIX: Final = "ALERT_ROUTER_SECRET"
_IN_A_FILE: Final = "ALERT_ROUTER_SECRET_FILE"


def variable(tenant: TenantId, name: SecretName) -> str:
    """The environment variable of a tenant's secret."""
    return _variable(_PREFIX, tenant, name)


def files_named(environment: Mapping[str, str]) -> dict[str, Path]:
    """The files of tenants' secrets, by the variables that name them."""
    return {name: Path(path) for name, path in environment.items() if name.startswith(f"{_IN_A_FILE}__") and path}


def _variable(prefix: str, tenant: TenantId, name: SecretName) -> str:
    return "__".join((prefix, *(part.upper().replace("-", "_") for part in (tenant, name))))


class EnvironmentSecrets:
    """Secrets of all tenants, from one mapping; no repr shows them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def find(self, tenant: TenantId, name: SecretName) -> str | None:
        """The secret; None if it is not set, or empty, or its file cannot be read. A file is read each time."""
        return self._environment.get(variable(tenant, name)) or self._in_a_file(tenant, name) or None

    def _in_a_file(self, tenant: TenantId, name: SecretName) -> str:
        path = self._environment.get(_variable(_IN_A_FILE, tenant, name))
        try:
            return Path(path).read_text(encoding="utf-8").strip() if path else ""
        except (OSError, UnicodeDecodeError):
            return ""

    def variable(self, tenant: TenantId, name: SecretName) -> str:
        """The name of the variable that is looked up."""
        return variable(tenant, name)
