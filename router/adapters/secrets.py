"""Tenants' secrets: the environment first, `ALERT_ROUTER_SECRET__<TENANT>__<NAME>`, then the sealed store.

A secret is looked up only under the tenant's own name. Tenant ids and names of secrets hold letters, digits and
single hyphens, so no two tenants can come to share a variable, nor a sealed text.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from router.core.model.alert import TenantId
from router.core.model.tenant import SecretName
from router.errors import ConfigurationError, SecretNotFoundError, UnavailableError

_PREFIX: Final = "ALERT_ROUTER_SECRET"
_KEPT_S: Final = 3.0
_NO_KEY: Final = "no key is configured: set ALERT_ROUTER_SECRETS__KEY or ALERT_ROUTER_SECRETS__KEY_FILE"


class SealedTexts(Protocol):
    """Where sealed secrets are kept; every method may raise UnavailableError."""

    async def find(self, tenant: TenantId, name: SecretName) -> str | None:
        """One sealed text."""

    async def all_of(self, tenant: TenantId) -> dict[SecretName, str]:
        """A tenant's sealed texts by name."""

    async def store(self, tenant: TenantId, name: SecretName, text: str) -> None:
        """Keep one."""

    async def replace(self, tenant: TenantId, name: SecretName, before: str, text: str) -> bool:
        """Keep one in place of another, unless that was changed."""

    async def tenants(self) -> list[TenantId]:
        """Who has any."""


class Sealing(Protocol):
    """What seals and opens; opening may raise SecretNotFoundError."""

    newest: str

    def seal(self, tenant: TenantId, name: SecretName, value: str) -> str:
        """The value sealed with the newest key."""

    def unseal(self, tenant: TenantId, name: SecretName, text: str) -> str:
        """The value."""

    def is_newest(self, text: str) -> bool:
        """Whether the newest key sealed it."""


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


@dataclass(slots=True)
class Rotation:
    """What became of every stored secret when all were to be sealed with the newest key."""

    key: str
    rotated: int = 0
    unchanged: int = 0
    failed: list[str] = field(default_factory=list)


class SecretStore:
    """Secrets that were stored; without a key they can be listed and nothing else."""

    def __init__(self, texts: SealedTexts, sealing: Sealing | None) -> None:
        self._texts = texts
        self._sealing = sealing

    async def find(self, tenant: TenantId, name: SecretName) -> str | None:
        """The secret; None if none is stored.

        Raises:
            SecretNotFoundError: it is stored, and cannot be read with the keys that are configured.
        """
        text = await self._texts.find(tenant, name)
        if text is None:
            return None
        if self._sealing is None:
            raise SecretNotFoundError(f"secret {name!r} of tenant {tenant!r} is stored, and {_NO_KEY}")
        return self._sealing.unseal(tenant, name, text)

    async def names(self, tenant: TenantId) -> list[SecretName]:
        """The names of a tenant's secrets."""
        return list(await self._texts.all_of(tenant))

    def require_key(self) -> None:
        """Refuse before a person is asked for anything.

        Raises:
            ConfigurationError: there is no key to seal with.
        """
        self._with_key()

    async def put(self, tenant: TenantId, name: SecretName, value: str) -> None:
        """Store a secret, in place of the one before.

        Raises:
            ConfigurationError: there is no key to seal it with.
        """
        await self._texts.store(tenant, name, self._with_key().seal(tenant, name, value))

    async def rotate(self) -> Rotation:
        """Seal every secret with the newest key; one that cannot be opened is told and left as it is.

        Raises:
            ConfigurationError: there is no key to seal with.
        """
        outcome = Rotation(self._with_key().newest)
        for tenant in await self._texts.tenants():
            for name, text in (await self._texts.all_of(tenant)).items():
                await self._rotate(tenant, name, text, outcome)
        return outcome

    async def _rotate(self, tenant: TenantId, name: SecretName, text: str, outcome: Rotation) -> None:
        sealing = self._with_key()
        if sealing.is_newest(text):
            outcome.unchanged += 1
            return
        try:
            anew = sealing.seal(tenant, name, sealing.unseal(tenant, name, text))
        except SecretNotFoundError as error:
            outcome.failed.append(str(error))
            return
        if await self._texts.replace(tenant, name, text, anew):
            outcome.rotated += 1
        else:
            outcome.failed.append(f"secret {name!r} of tenant {tenant!r} was changed meanwhile; rotate again")

    def _with_key(self) -> Sealing:
        if self._sealing is None:
            raise ConfigurationError(f"{_NO_KEY}, here and for every worker; `alert-router secret key` makes one")
        return self._sealing


class TenantSecrets:
    """Secrets as the service uses them: what the environment does not have is stored.

    Stored secrets are kept in memory for a few seconds, and beyond that while Redis is away.
    """

    def __init__(
        self, environment: EnvironmentSecrets, store: SecretStore, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._environment = environment
        self._store = store
        self._monotonic_s = monotonic_s
        self._kept: dict[tuple[TenantId, SecretName], tuple[str, float]] = {}

    async def find(self, tenant: TenantId, name: SecretName) -> str:
        """The secret.

        Raises:
            SecretNotFoundError: this tenant has no secret of that name, or it cannot be read.
            UnavailableError: the store cannot be asked, and has not been before.
        """
        try:
            return self._environment.find(tenant, name)
        except SecretNotFoundError as error:
            value = await self._stored(tenant, name)
            if value is None:
                raise SecretNotFoundError(f"{error}, or store it: alert-router secret set {tenant} {name}") from None
            return value

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
