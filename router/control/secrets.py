"""Tenants' secrets in the sealed store: set, list, delete and rotate them."""

from dataclasses import dataclass
from typing import Final

from router.config import stored
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from router.errors import ConfigurationError, OperationError, SecretNotFoundError
from router.ports.control import SealedTexts, Sealing, SecretEnvironment
from router.ports.tenants import Tenants

_NO_KEY: Final = "no key is configured"
_SET_KEY: Final = "set ALERT_ROUTER_SECRETS__KEY or ALERT_ROUTER_SECRETS__KEY_FILE"


@dataclass(frozen=True, slots=True)
class Rotation:
    """What sealing every stored secret with the newest key has done: counts, and why some were left as they are."""

    key: str
    rotated: int
    unchanged: int
    failed: tuple[str, ...]


class SecretStore:
    """Stored secrets. Without a key they can be listed, and nothing else."""

    def __init__(self, texts: SealedTexts, sealing: Sealing | None) -> None:
        self._texts = texts
        self._sealing = sealing

    async def find(self, tenant: TenantId, name: SecretName) -> str | None:
        """The secret; None if none is stored.

        Raises:
            SecretNotFoundError: it is stored, but the keys that are configured do not open it.
        """
        text = await self._texts.find(tenant, name)
        if text is None:
            return None
        if self._sealing is None:
            raise SecretNotFoundError(f"secret {name!r} of tenant {tenant!r} is stored, but {_NO_KEY}", _SET_KEY)
        return self._sealing.unseal(tenant, name, text)

    async def names(self, tenant: TenantId) -> list[SecretName]:
        """The names of a tenant's secrets, in order."""
        return list(await self._texts.all_of(tenant))

    def require_key(self) -> None:
        """Check that there is a key to seal with.

        Raises:
            ConfigurationError: there is none.
        """
        self._with_key()

    async def put(self, tenant: TenantId, name: SecretName, value: str) -> None:
        """Store a secret, replacing the one before.

        Raises:
            ConfigurationError: there is no key to seal it with.
        """
        await self._texts.store(tenant, name, self._with_key().seal(tenant, name, value))

    async def remove(self, tenant: TenantId, name: SecretName) -> bool:
        """Remove a secret; False if there is none."""
        return await self._texts.remove(tenant, name)

    async def rotate(self) -> Rotation:
        """Seal every secret with the newest key; one that cannot be opened is left as it is and reported.

        Raises:
            ConfigurationError: there is no key to seal with.
        """
        sealing = self._with_key()
        unchanged, failures = 0, list[str | None]()
        for tenant in await self._texts.tenants():
            for name, text in (await self._texts.all_of(tenant)).items():
                if sealing.is_newest(text):
                    unchanged += 1
                else:
                    failures.append(await self._seal_again(sealing, tenant, name, text))
        failed = tuple(one for one in failures if one is not None)
        return Rotation(sealing.newest, len(failures) - len(failed), unchanged, failed)

    async def _seal_again(self, sealing: Sealing, tenant: TenantId, name: SecretName, text: str) -> str | None:
        """Seal one secret with the newest key; why it was left as it is, or None if it was not."""
        try:
            sealed = sealing.seal(tenant, name, sealing.unseal(tenant, name, text))
        except SecretNotFoundError as error:
            return str(error)
        if await self._texts.replace(tenant, name, text, sealed):
            return None
        return f"secret {name!r} of tenant {tenant!r} was changed meanwhile; rotate again"

    def _with_key(self) -> Sealing:
        if self._sealing is None:
            make_one = "here and for every worker; `alert-router secret key` makes one"
            raise ConfigurationError(f"{_NO_KEY}: {_SET_KEY}, {make_one}")
        return self._sealing


@dataclass(frozen=True, slots=True)
class SecretUse:
    """What decides whether a stored secret is used: `overridden_by` is the variable that takes precedence over it."""

    tenant_is_configured: bool
    overridden_by: str | None


@dataclass(frozen=True, slots=True)
class SecretControl:
    """What an operator may do with tenants' secrets: all that the store does, with a look at what is around it."""

    store: SecretStore
    environment: SecretEnvironment
    tenants: Tenants

    async def prepare(self, tenant: TenantId, name: SecretName) -> SecretUse:
        """Check that a secret can be stored, before anybody is asked for it, and say whether it would be used.

        Raises:
            ConfigurationError: there is no key to seal with.
        """
        self.store.require_key()
        is_set = self.environment.find(tenant, name) is not None
        return SecretUse(
            tenant_is_configured=await self.tenants.active(tenant) is not None,
            overridden_by=self.environment.variable(tenant, name) if is_set else None,
        )

    async def delete(self, tenant: TenantId, name: SecretName, *, force: bool) -> None:
        """Delete a stored secret; workers stop using it within seconds.

        Raises:
            OperationError: there is none, or the tenant's active configuration names it and `force` is not set.
        """
        if not force and name == await self._in_use(tenant):
            raise OperationError(
                f"secret {name!r} of tenant {tenant!r} is named by its configuration: without it nothing is sent",
                remedy="name another one first, or add --force",
            )
        if not await self.store.remove(tenant, name):
            raise OperationError(
                f"tenant {tenant!r} has no stored secret {name!r}", remedy=f"see: alert-router secret list {tenant}"
            )

    async def _in_use(self, tenant: TenantId) -> str | None:
        active = await self.tenants.active(tenant)
        try:
            return stored.load(active.text).document.platform.slack.token.secret if active else None
        except ConfigurationError:
            return None
