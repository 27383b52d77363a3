"""Wraps tenants' keys with Transit: each tenant has a key there, which never leaves it.

A wrapped key is `t1:<what Transit made of it>`. Tenant, purpose, epoch and form are authenticated with it, as
associated data, so that none opens elsewhere.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Final

from router.adapters.transit.access import TransitAccess
from router.adapters.transit.asking import Answer, TransitServer
from router.adapters.transit.login import Login
from router.core.model.alert import TenantId
from router.core.seal.envelope import KeyId
from router.errors import KeyUnavailableError, UndecipherableError

FORM: Final = "t1"

_PREFIX: Final = "alert-router-"
_LENGTH_BYTES: Final = 4
_CHANGED: Final = ("message authentication failed", "invalid ciphertext")
_TOO_NEW: Final = "version is too new"
_GONE: Final = "not found"
_POLICY: Final = "docs/encryption.md has the policy that gateways, workers and operators need"
_OTHER: Final = "the tenant's key there was deleted, or ALERT_ROUTER_TRANSIT__MOUNT is another than Transit's"


class TransitKeys:
    """Wraps and unwraps with the newest, and any, version of a tenant's key in Transit."""

    def __init__(
        self, access: TransitAccess, server: TransitServer | None = None, login: Login | None = None
    ) -> None:
        self._access = access
        self._server = server or TransitServer(access)
        self._login = login or Login(access, self._server)

    async def wrap(self, tenant: TenantId, key: KeyId, secret: bytes) -> str:
        """The key as text that this tenant's key of this purpose and epoch alone can be read from.

        Raises:
            KeyUnavailableError: Transit does not answer, or refuses.
        """
        await self._allowed("POST", f"keys/{name_of(tenant)}", {"type": "aes256-gcm96"})
        body = {"plaintext": _text(secret), "associated_data": _text(_bound_to(tenant, key))}
        answer = await self._allowed("POST", f"encrypt/{name_of(tenant)}", body)
        return f"{FORM}:{_needed(answer, 'ciphertext')}"

    async def unwrap(self, tenant: TenantId, key: KeyId, wrapped: str) -> bytes:
        """The key.

        Raises:
            KeyUnavailableError: Transit does not answer, refuses, or does not have the key.
            UndecipherableError: it was changed, or is another's.
        """
        form, _, ciphertext = wrapped.partition(":")
        if form != FORM:
            raise KeyUnavailableError(f"a key of tenant {tenant!r} is wrapped in a form that Transit does not read")
        body = {"ciphertext": ciphertext, "associated_data": _text(_bound_to(tenant, key))}
        answer = await self._asked("POST", f"decrypt/{name_of(tenant)}", body)
        if answer.status == 400 and _TOO_NEW not in answer.errors and any(one in answer.errors for one in _CHANGED):
            raise UndecipherableError(f"a wrapped key of tenant {tenant!r} was changed, or is another's")
        return _bytes(_needed(self._unless_refused(answer, f"decrypt/{name_of(tenant)}"), "plaintext"))

    async def is_newest(self, tenant: TenantId, wrapped: str) -> bool:
        """Whether the newest version of the tenant's key in Transit has wrapped it.

        Raises:
            KeyUnavailableError: Transit does not answer, refuses, or does not have the key.
        """
        if not wrapped.startswith(f"{FORM}:"):
            return False
        answer = await self._allowed("GET", f"keys/{name_of(tenant)}")
        return wrapped.startswith(f"{FORM}:vault:v{answer.data.get('latest_version')}:")

    async def destroy(self, tenant: TenantId) -> None:
        """Delete the tenant's key in Transit with all its versions; one that is not there is deleted already.

        Raises:
            KeyUnavailableError: Transit does not answer, or refuses.
        """
        path = f"keys/{name_of(tenant)}"
        if (found := await self._asked("GET", path)).status == 404 and not found.errors:
            return
        self._unless_refused(found, path)
        await self._allowed("POST", f"{path}/config", {"deletion_allowed": True})
        answer = await self._asked("DELETE", path)
        if _GONE not in answer.errors:
            self._unless_refused(answer, path)

    async def _allowed(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Answer:
        return self._unless_refused(await self._asked(method, path, body), path)

    async def _asked(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Answer:
        """By a token that is refused, once more with a fresh one."""
        where = f"{self._access.mount}/{path}"
        token = await self._login.token()
        answer = await self._server.ask(method, where, token, body)
        if answer.status != 403:
            return answer
        self._login.forget(token)
        return await self._server.ask(method, where, await self._login.token(), body)

    def _unless_refused(self, answer: Answer, path: str) -> Answer:
        if answer.status < 300:
            return answer
        why = f"Transit refuses {self._access.mount}/{path}: HTTP {answer.status} {answer.errors}".strip()
        raise KeyUnavailableError(why, _POLICY if answer.status == 403 else _OTHER)


def name_of(tenant: TenantId) -> str:
    """By what the tenant's key is named in Transit."""
    return f"{_PREFIX}{tenant}"


def _needed(answer: Answer, name: str) -> str:
    found = answer.data.get(name)
    if not isinstance(found, str):
        raise KeyUnavailableError(f"Transit's answer has no {name}", "is ALERT_ROUTER_TRANSIT__URL its address?")
    return found


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise KeyUnavailableError("Transit's answer is not base64") from None


def _bound_to(tenant: TenantId, key: KeyId) -> bytes:
    pieces: Sequence[bytes] = (FORM.encode(), tenant.encode(), key.purpose.encode(), str(key.epoch).encode())
    return b"".join(part for one in pieces for part in (len(one).to_bytes(_LENGTH_BYTES), one))
