"""Seal tenants' secrets for the store: AES-256-GCM, each for one tenant, one name and one version.

A sealed text is `v2:<key id>:<version>:<base64 of nonce and ciphertext>`. Tenant, name, version and form are
authenticated with it: a text that was changed, or copied to another tenant or name, does not open. `v1`, of earlier
releases, has no version. A manifest is `m1:<key id>:<base64>`, of JSON. Of several keys the first seals and all open;
that is how keys are rotated. No error and no repr here shows a key or a secret.
"""

import base64
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from router.adapters.crypto.ring import ID_LENGTH, key_id, load_ring
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from router.errors import SecretNotFoundError
from router.ports.secrets import UNVERSIONED, Manifest, Opened

KEY: Final = "ALERT_ROUTER_SECRETS__KEY"

_UNVERSIONED: Final = "v1"
_VERSIONED: Final = "v2"
_MANIFEST: Final = "m1"
_PARTS: Final = 4
_LONGEST: Final = 20
"""Digits of a version, and one more."""
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

    def seal(self, tenant: TenantId, name: SecretName, version: int, value: str) -> str:
        """The value as text that only this version of this tenant's secret of this name can be read from."""
        sealed = self._encrypted(value, _bound_to(tenant, name, version))
        return f"{_VERSIONED}:{self.newest}:{version}:{sealed}"

    def unseal(self, tenant: TenantId, name: SecretName, text: str) -> Opened:
        """The value that was sealed, and its version.

        Raises:
            SecretNotFoundError: for this tenant and this name, and with these keys, nothing can be read from it.
        """
        place = _Place(f"secret {name!r} of tenant {tenant!r}", tenant, name)
        parts = text.split(":")
        if len(parts) == _PARTS and parts[0] == _VERSIONED and _is_version(parts[2]):
            version = int(parts[2])
            return Opened(self._decrypted(place, parts[1], parts[3], _bound_to(tenant, name, version)), version)
        if len(parts) == _PARTS - 1 and parts[0] == _UNVERSIONED:
            bound_to = f"{tenant}|{name}|{_UNVERSIONED}".encode()
            return Opened(self._decrypted(place, parts[1], parts[2], bound_to), UNVERSIONED)
        raise place.unreadable("is stored in a form that this version does not read")

    def seal_manifest(self, tenant: TenantId, manifest: Manifest) -> str:
        """The manifest as text that only this tenant's can be read from."""
        body = json.dumps({"number": manifest.number, "versions": manifest.versions})
        return f"{_MANIFEST}:{self.newest}:{self._encrypted(body, _bound_manifest(tenant))}"

    def unseal_manifest(self, tenant: TenantId, text: str) -> Manifest:
        """The manifest that was sealed; of "" an empty one.

        Raises:
            SecretNotFoundError: for this tenant, and with these keys, nothing can be read from it.
        """
        if not text:
            return Manifest()
        place = _Place(f"the list of the secrets of tenant {tenant!r}", tenant, SecretName("NAME"))
        form, key, body = [*text.split(":", 2), "", ""][:3]
        if form != _MANIFEST:
            raise place.unreadable("is stored in a form that this version does not read")
        read = json.loads(self._decrypted(place, key, body, _bound_manifest(tenant)))
        return Manifest(read["number"], {SecretName(name): version for name, version in read["versions"].items()})

    def is_newest(self, text: str) -> bool:
        """Whether it was sealed with the key that seals now, in the form of now."""
        return text.startswith((f"{_VERSIONED}:{self.newest}:", f"{_MANIFEST}:{self.newest}:"))

    def _encrypted(self, value: str, bound_to: bytes) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._ciphers[self.newest].encrypt(nonce, value.encode(), bound_to)
        return base64.b64encode(sealed).decode()

    def _decrypted(self, place: "_Place", key: str, body: str, bound_to: bytes) -> str:
        if key not in self._ciphers:
            known = ", ".join(self._ciphers)
            why = f"is sealed with key {key[:ID_LENGTH]}, and the keys configured are {known}"
            raise place.unreadable(why, f"add that key or {_SET_AGAIN}")
        try:
            sealed = base64.b64decode(body, validate=True)
            value = self._ciphers[key].decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to)
        except (InvalidTag, ValueError):
            raise place.unreadable(_SPOILT) from None
        return value.decode()


@dataclass(frozen=True, slots=True)
class _Place:
    """What is opened, and of which secret a person hears what to do."""

    what: str
    tenant: TenantId
    name: SecretName

    def unreadable(self, why: str, what_to_do: str = _SET_AGAIN) -> SecretNotFoundError:
        """Why it does not open."""
        return SecretNotFoundError(
            f"{self.what} {why}", remedy=f"{what_to_do}: alert-router secret set {self.tenant} {self.name}"
        )


def _is_version(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < _LONGEST


def _bound_to(tenant: TenantId, name: SecretName, version: int) -> bytes:
    """What is authenticated besides; no part can hold a `|`, so no two of these are alike."""
    return f"{tenant}|{name}|{version}|{_VERSIONED}".encode()


def _bound_manifest(tenant: TenantId) -> bytes:
    return f"{tenant}|{_MANIFEST}".encode()
