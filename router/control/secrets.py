"""Tenants' secrets in the sealed store: set, list, delete and rotate them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from router.config import stored
from router.control.versioned_secrets import Resealed, VersionedSecrets
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.model.rules.names import SecretName
from router.errors import ConfigurationError, OperationError, SecretNotFoundError, UnavailableError
from router.ports.control import SecretEnvironment
from router.ports.secrets import SealedSecrets, SealedTexts, Sealing
from router.ports.tenants import Tenants

_ATTEMPTS: Final = 10
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
    """Stored secrets. Without a key they can be listed and removed, and nothing else."""

    def __init__(self, texts: SealedTexts, sealing: Sealing | None) -> None:
        self._texts = texts
        self._key = sealing.newest if sealing else ""
        self._secrets = VersionedSecrets(sealing) if sealing else None

    async def find(self, tenant: TenantId, name: SecretName) -> str | None:
        """The secret; None if none is stored.

        Raises:
            SecretNotFoundError: it is stored, but the keys that are configured do not open it, or it was put back.
        """
        stored_ones = await self._texts.of(tenant)
        if name not in stored_ones.texts:
            return None
        if self._secrets is None:
            raise SecretNotFoundError(f"secret {name!r} of tenant {tenant!r} is stored, but {_NO_KEY}", _SET_KEY)
        return self._secrets.opened(tenant, name, stored_ones)

    async def names(self, tenant: TenantId) -> list[SecretName]:
        """The names of a tenant's secrets, in order."""
        return list((await self._texts.of(tenant)).texts)

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
            SecretNotFoundError: the tenant has others, and the list of their versions does not open.
        """
        secrets = self._with_key()
        await self._change(tenant, lambda before, now: secrets.with_one(tenant, name, value, before, now))

    async def remove(self, tenant: TenantId, name: SecretName) -> bool:
        """Remove a secret; False if there is none."""

        def without(before: SealedSecrets, now: Instant) -> SealedSecrets | None:
            if name not in before.texts:
                return None
            if self._secrets is None:
                return replace(before, texts={one: text for one, text in before.texts.items() if one != name})
            return self._secrets.without(tenant, name, before, now)

        return await self._change(tenant, without)

    async def _change(
        self, tenant: TenantId, change: Callable[[SealedSecrets, Instant], SealedSecrets | None]
    ) -> bool:
        """Store what comes of it, unless that is None."""
        for _ in range(_ATTEMPTS):
            before = await self._texts.of(tenant)
            after = change(before, await self._texts.now())
            if after is None or await self._texts.replace(tenant, before, after):
                return after is not None
        raise UnavailableError(f"Redis: the secrets of tenant {tenant!r} are being changed by others; try again")

    async def rotate(self) -> Rotation:
        """Seal every secret with the newest key; one that cannot be opened is left as it is and reported.

        Raises:
            ConfigurationError: there is no key to seal with.
        """
        secrets = self._with_key()
        done = [await self._seal_again(secrets, tenant) for tenant in await self._texts.tenants()]
        return Rotation(
            self._key,
            sum(len(one.names) for one in done),
            sum(one.unchanged for one in done),
            tuple(why for one in done for why in one.failed),
        )

    async def _seal_again(self, secrets: VersionedSecrets, tenant: TenantId) -> Resealed:
        before = await self._texts.of(tenant)
        done = secrets.resealed(tenant, before, await self._texts.now())
        if done.secrets == before or await self._texts.replace(tenant, before, done.secrets):
            return done
        changed = [f"secret {one!r} of tenant {tenant!r} was changed meanwhile; rotate again" for one in done.names]
        return replace(done, names=(), failed=(*done.failed, *changed))

    def _with_key(self) -> VersionedSecrets:
        if self._secrets is None:
            make_one = "here and for every worker; `alert-router secret key` makes one"
            raise ConfigurationError(f"{_NO_KEY}: {_SET_KEY}, {make_one}")
        return self._secrets


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

    async def put(self, tenant: TenantId, name: SecretName, value: str) -> None:
        """Store a secret: see `SecretStore.put`."""
        await self.store.put(tenant, name, value)

    async def names(self, tenant: TenantId) -> list[SecretName]:
        """The names of a tenant's secrets, in order."""
        return await self.store.names(tenant)

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
