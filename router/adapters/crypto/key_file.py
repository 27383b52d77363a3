"""The key service `file`: tenants' keys are wrapped by keys that this process is configured with.

A wrapped key is `f1:<key id>:<base64 of nonce and ciphertext>`; tenant, purpose, epoch and form are authenticated
with it. Of several keys the first wraps and all unwrap; that is how they are rotated. No error and no repr shows one.
"""

import base64
from collections.abc import Sequence
from typing import Final

from router.adapters.crypto.envelope import GcmCipher
from router.adapters.crypto.ring import ID_LENGTH, key_id
from router.core.model.alert import TenantId
from router.core.seal.envelope import KeyId
from router.errors import KeyUnavailableError, UndecipherableError

KEY: Final = "ALERT_ROUTER_SEALING__KEY"
SENDER_KEY: Final = "ALERT_ROUTER_SEALING__SENDER_KEY"

FORM: Final = "f1"
_LENGTH_BYTES: Final = 4


class FileKeys:
    """Wraps with the first of its keys, and unwraps with any; `setting` is where a key that it lacks belongs."""

    def __init__(self, keys: Sequence[bytes], setting: str = KEY) -> None:
        self._setting = setting
        self._ciphers = {key_id(key): GcmCipher(key) for key in keys}
        self._newest = key_id(keys[0])

    async def wrap(self, tenant: TenantId, key: KeyId, secret: bytes) -> str:
        """The key as text that this tenant's key of this purpose and epoch alone can be read from."""
        sealed = self._ciphers[self._newest].seal(secret, _bound_to(tenant, key))
        return f"{FORM}:{self._newest}:{base64.b64encode(sealed).decode()}"

    async def unwrap(self, tenant: TenantId, key: KeyId, wrapped: str) -> bytes:
        """The key.

        Raises:
            KeyUnavailableError: the key that wrapped it is not configured here.
            UndecipherableError: it was changed, or is another's.
        """
        form, name, body = [*wrapped.split(":", 2), "", ""][:3]
        if form != FORM:
            raise KeyUnavailableError(f"a key of tenant {tenant!r} is wrapped in a form that is not read here")
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise KeyUnavailableError(
                f"a key of tenant {tenant!r} is wrapped by {name[:ID_LENGTH]!r}, which is not in {self._setting}"
            )
        try:
            return cipher.open(base64.b64decode(body, validate=True), _bound_to(tenant, key))
        except ValueError:
            raise UndecipherableError(f"a wrapped key of tenant {tenant!r} was changed, or is another's") from None

    async def is_newest(self, tenant: TenantId, wrapped: str) -> bool:  # noqa: ARG002 - one key for all tenants
        """Whether it is wrapped with the key that wraps now."""
        return wrapped.startswith(f"{FORM}:{self._newest}:")

    async def destroy(self, tenant: TenantId) -> None:
        """Nothing: its keys wrap those of all tenants."""


def _bound_to(tenant: TenantId, key: KeyId) -> bytes:
    pieces = (FORM.encode(), tenant.encode(), key.purpose.encode(), str(key.epoch).encode())
    return b"".join(part for one in pieces for part in (len(one).to_bytes(_LENGTH_BYTES), one))
