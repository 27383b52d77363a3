"""How the tenant's Alertmanager is asked."""

from dataclasses import dataclass

from router.core.model.rules.names import SecretName


@dataclass(frozen=True, slots=True)
class AlertmanagerAccess:
    """Its address, without a slash at the end, and the secret that is sent as a bearer token; None: none is."""

    url: str
    token: SecretName | None = None
