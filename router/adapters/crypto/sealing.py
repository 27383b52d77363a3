"""Seal tenants' secrets for the store: AES-256-GCM, each for one tenant and one name.

A sealed text is `v1:<key id>:<base64 of nonce and ciphertext>`. Tenant, name and version are authenticated with it:
a text that was changed, or copied to another tenant or name, does not open. Of several keys the first seals and all
open; that is how keys are rotated. No error and no repr here shows a key or a secret.
"""

import base64
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from router.adapters.crypto.ring import ID_LENGTH, key_id, load_ring
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from router.errors import SecretNotFoundError

KEY: Final = "ALERT_ROUTER_SECRETS__KEY"

_VERSION: Final = "v1"
_NONCE_BYTES: Final = 12
_SPOILT: Final = "was changed, or sealed for another tenant or name"
_SET_AGAIN: Final = "set it again"


def load_sealer(key: str | None, key_file: Path | None) -> "Sealer | None":
    """What seals with the keys of the setting or of its file; None where neither is set.

    Raises:
        ConfigurationError: both are set, the file cannot be read, or what they hold is not a key.
    """
    keys = load_ring(KEY, key, key_file)
    return Sealer(keys) if keys else None


class Sealer:
    """Seals with the first of its keys, and opens with any."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {key_id(key): AESGCM(key) for key in keys}
        self.newest = key_id(keys[0])
        """The id of the key that seals; it tells nothing about the key."""

    def seal(self, tenant: TenantId, name: SecretName, value: str) -> str:
        """The value as text that only this tenant's secret of this name can be read from."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._ciphers[self.newest].encrypt(nonce, value.encode(), _bound_to(tenant, name))
        return ":".join((_VERSION, self.newest, base64.b64encode(sealed).decode()))

    def unseal(self, tenant: TenantId, name: SecretName, text: str) -> str:
        """The value that was sealed.

        Raises:
            SecretNotFoundError: for this tenant and this name, and with these keys, nothing can be read from it.
        """
        named, sealed = self._parts(tenant, name, text)
        try:
            value = self._ciphers[named].decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_to(tenant, name)
            )
        except (InvalidTag, ValueError):
            raise _unreadable(tenant, name, _SPOILT) from None
        return value.decode()

    def is_newest(self, text: str) -> bool:
        """Whether it was sealed with the key that seals now."""
        return text.startswith(f"{_VERSION}:{self.newest}:")

    def _parts(self, tenant: TenantId, name: SecretName, text: str) -> tuple[str, bytes]:
        version, _, rest = text.partition(":")
        named, _, body = rest.partition(":")
        if version != _VERSION:
            raise _unreadable(tenant, name, "is stored in a form that this version does not read")
        if named not in self._ciphers:
            known = ", ".join(self._ciphers)
            why = f"is sealed with key {named[:ID_LENGTH]}, and the keys configured are {known}"
            raise _unreadable(tenant, name, why, f"add that key or {_SET_AGAIN}")
        try:
            return named, base64.b64decode(body, validate=True)
        except ValueError:
            raise _unreadable(tenant, name, _SPOILT) from None


def _bound_to(tenant: TenantId, name: SecretName) -> bytes:
    """What is authenticated besides; neither part can hold a `|`, so no two pairs are alike."""
    return f"{tenant}|{name}|{_VERSION}".encode()


def _unreadable(tenant: TenantId, name: SecretName, why: str, what_to_do: str = _SET_AGAIN) -> SecretNotFoundError:
    return SecretNotFoundError(
        f"secret {name!r} of tenant {tenant!r} {why}",
        remedy=f"{what_to_do}: alert-router secret set {tenant} {name}",
    )
