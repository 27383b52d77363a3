"""A key service that keeps the keys of senders apart: what opens them may be wrapped by a key that gateways lack.

A wrapped key of the purpose `sender` is two texts: the secret, and the public keys that belong to it. Both are
wrapped, so that whoever writes to Redis cannot put other public keys there; a gateway unwraps the second alone.
"""

from dataclasses import dataclass
from typing import Final

from router.adapters.crypto.hpke import public_keys
from router.core.model.alert import TenantId
from router.core.seal.envelope import KeyId, KeyPurpose
from router.core.seal.sent import PublicKeys, Suite
from router.errors import KeyUnavailableError, UndecipherableError
from router.ports.sealing import KEY_BYTES, SenderSecrets, Wrapping

_PUBLIC: Final = b"public\0"
"""Begins what is wrapped as public keys: a secret is shorter, so that neither passes for the other."""
_SUITES: Final = (Suite.HYBRID, Suite.CLASSIC)
"""In this order they are wrapped."""
_AS_WORKERS: Final = "set ALERT_ROUTER_SEALING__SENDER_KEY as workers have it"


@dataclass(frozen=True, slots=True)
class KeysOfSendersApart:
    """Wraps with `others`, and what opens senders' bodies with `secrets`."""

    others: Wrapping
    secrets: Wrapping
    sender_secrets: SenderSecrets = SenderSecrets.APART

    async def wrap(self, tenant: TenantId, key: KeyId, secret: bytes) -> str:
        """The key as text that this tenant's key of this purpose and epoch alone can be read from.

        Raises:
            KeyUnavailableError: the service does not answer.
        """
        if key.purpose is not KeyPurpose.SENDER:
            return await self.others.wrap(tenant, key, secret)
        offered = public_keys(tenant, key.epoch, secret)
        public = _PUBLIC + b"".join(offered.of(one) or b"" for one in _SUITES)
        return f"{await self.secrets.wrap(tenant, key, secret)} {await self.others.wrap(tenant, key, public)}"

    async def unwrap(self, tenant: TenantId, key: KeyId, wrapped: str) -> bytes:
        """The key.

        Raises:
            KeyUnavailableError: the service does not answer, or does not have the key that wrapped it now.
            UndecipherableError: it was changed, or is another's.
        """
        if key.purpose is not KeyPurpose.SENDER:
            return await self.others.unwrap(tenant, key, wrapped)
        secret = await self.secrets.unwrap(tenant, key, wrapped.partition(" ")[0])
        if len(secret) != KEY_BYTES:
            raise _changed(tenant)
        return secret

    async def is_newest(self, tenant: TenantId, wrapped: str) -> bool:
        """Whether the service would wrap it with the same key, in the same form, today.

        Raises:
            KeyUnavailableError: the service does not answer.
        """
        first, _, public = wrapped.partition(" ")
        if not public:
            return await self.others.is_newest(tenant, wrapped)
        return await self.secrets.is_newest(tenant, first) and await self.others.is_newest(tenant, public)

    async def destroy(self, tenant: TenantId) -> None:
        """Destroy what the service has of this tenant alone; where it has nothing of it, nothing is done.

        Raises:
            KeyUnavailableError: the service does not answer, or refuses.
        """
        await self.others.destroy(tenant)

    async def keep_apart(self, tenant: TenantId, key: KeyId, wrapped: str) -> None:
        """Refuse where it would wrap with others what is wrapped apart, say as the next key after this one.

        Raises:
            KeyUnavailableError: it is one of the purpose `sender`, wrapped by a key that is not here.
        """
        if key.purpose is not KeyPurpose.SENDER or self.sender_secrets is SenderSecrets.APART:
            return
        try:
            await self.secrets.unwrap(tenant, key, wrapped.partition(" ")[0])
        except KeyUnavailableError as error:
            why = (
                f"what opens bodies that senders of tenant {tenant!r} seal would be wrapped as gateways can unwrap it"
            )
            raise KeyUnavailableError(f"{why}, and is not now: {error}", _AS_WORKERS) from None

    async def public(self, tenant: TenantId, key: KeyId, wrapped: str) -> PublicKeys:
        """The public keys that belong to a wrapped key of the purpose `sender`; nothing private is unwrapped.

        Raises:
            KeyUnavailableError: the service does not answer, or does not have the key that wrapped them now.
            UndecipherableError: they were changed, or are another's.
        """
        data = await self.others.unwrap(tenant, key, wrapped.partition(" ")[2])
        keys, rest = [], data.removeprefix(_PUBLIC)
        for suite in _SUITES:
            keys.append((suite, rest[: suite.public]))
            rest = rest[suite.public :]
        if not data.startswith(_PUBLIC) or rest or any(len(one) != suite.public for suite, one in keys):
            raise _changed(tenant)
        return PublicKeys(tenant, key.epoch, tuple(keys))


def _changed(tenant: TenantId) -> UndecipherableError:
    return UndecipherableError(f"a wrapped key of tenant {tenant!r} was changed, or is another's")
