"""What a tenant wants to be shown beside its alerts, and how its Prometheus and its Alertmanager are asked."""

from dataclasses import dataclass
from typing import Final

from router.core.model.instant import SECOND, Span
from router.core.model.rules.names import SecretName

_TIMEOUT: Final = Span(SECOND)


@dataclass(frozen=True, slots=True)
class OnlyLabel:
    """A label that every series of the tenant has, and others' have not: each query is narrowed to it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class OnlyHeader:
    """A header that makes a shared Prometheus answer for the tenant alone, as Mimir's X-Scope-OrgID does."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class PrometheusAccess:
    """How the tenant's Prometheus is asked; `only` None: it is the tenant's alone.

    `url` has no slash at its end; `token` is the secret that is sent as a bearer token; `ca` is a file of
    certificates to trust in place of the system's, "" for those.
    """

    url: str
    token: SecretName | None = None
    ca: str = ""
    timeout: Span = _TIMEOUT
    only: OnlyLabel | OnlyHeader | None = None


@dataclass(frozen=True, slots=True)
class AlertmanagerAccess:
    """How the tenant's Alertmanager is asked: its address, without a slash at the end.

    `token` is the secret that is sent as a bearer token; None: none is.
    """

    url: str
    token: SecretName | None = None


@dataclass(frozen=True, slots=True)
class ContextRules:
    """By which labels others are related; whether earlier episodes are shown, and charts get an own edit."""

    related: tuple[str, ...] = ()
    history: bool = True
    chart_edit: bool = True


DEFAULT_CONTEXT: Final = ContextRules()
