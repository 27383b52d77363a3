"""Wraps tenants' keys with a key of AWS KMS, which never leaves it.

A wrapped key is `k1:<which key has wrapped it>:<what KMS made of it, base64>`. Tenant, purpose and epoch are its
encryption context, which KMS authenticates, writes into its log, and judges by policies. Each request names a key of
ours: KMS would find the key by itself in what it unwraps, and whoever writes to Redis could put one of his own there.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final

from router.adapters.aws_kms.access import KmsAccess
from router.adapters.aws_kms.asking import Answer, KmsServer
from router.adapters.aws_kms.client import Operation
from router.core.model.alert import TenantId
from router.core.seal.envelope import KeyId
from router.errors import KeyUnavailableError, UndecipherableError

FORM: Final = "k1"

_MARK_CHARS: Final = 8
_LONGEST: Final = 6144
"""Bytes that KMS unwraps at most."""
_CHANGED: Final = "InvalidCiphertextException"
_OTHER_KEY: Final = "IncorrectKeyException"
_DENIED: Final = "AccessDeniedException"
_NOT_HERE: Final = frozenset({_OTHER_KEY, _DENIED, "NotFoundException"})
"""With these, another key of ours may have wrapped it."""
_POLICY: Final = "docs/encryption.md has the rights that gateways, workers and operators need"
_ENDPOINT: Final = "is ALERT_ROUTER_AWS_KMS__ENDPOINT its address?"
_STATE: Final = "is ALERT_ROUTER_AWS_KMS__ID a symmetric key of this region, enabled, and not about to be deleted?"
_KEEP: Final = "name it in ALERT_ROUTER_AWS_KMS__ID behind the newest, until `alert-router sealing rewrap` is done"


class KmsKeys:
    """Wraps with the first of our keys in KMS, and unwraps with any of them."""

    def __init__(self, access: KmsAccess, server: KmsServer | None = None) -> None:
        self._keys = access.keys
        self._server = server or KmsServer(access)

    async def wrap(self, tenant: TenantId, key: KeyId, secret: bytes) -> str:
        """The key as text that this tenant's key of this purpose and epoch alone can be read from.

        Raises:
            KeyUnavailableError: KMS does not answer, or refuses.
        """
        asked = {"KeyId": self._keys[0], "Plaintext": secret, **_bound_to(tenant, key)}
        found = _unless_refused(await self._server.ask(Operation.ENCRYPT, asked), Operation.ENCRYPT)
        blob = base64.b64encode(_bytes(found, "CiphertextBlob")).decode()
        return f"{FORM}:{_mark(found.get('KeyId'))}:{blob}"

    async def unwrap(self, tenant: TenantId, key: KeyId, wrapped: str) -> bytes:
        """The key.

        Raises:
            KeyUnavailableError: KMS does not answer, refuses, or none of our keys there has wrapped it.
            UndecipherableError: it was changed, or is another's.
        """
        blob = _blob(tenant, wrapped)
        refused = list[Answer]()
        for one in self._keys:
            asked = {"KeyId": one, "CiphertextBlob": blob, **_bound_to(tenant, key)}
            answer = await self._server.ask(Operation.DECRYPT, asked)
            if answer.code == _CHANGED:
                raise _changed(tenant)
            if answer.code not in _NOT_HERE:
                return _bytes(_unless_refused(answer, Operation.DECRYPT), "Plaintext")
            refused.append(answer)
        raise _none_of_ours(tenant, refused)

    async def is_newest(self, tenant: TenantId, wrapped: str) -> bool:  # noqa: ARG002 - keys are of all tenants
        """Whether the first of our keys has wrapped it; KMS keeps all versions of what a key is made of.

        Raises:
            KeyUnavailableError: KMS does not answer, or refuses.
        """
        if not wrapped.startswith(f"{FORM}:"):
            return False
        answer = await self._server.ask(Operation.DESCRIBE, {"KeyId": self._keys[0]})
        metadata = _unless_refused(answer, Operation.DESCRIBE).get("KeyMetadata")
        arn = metadata.get("Arn") if isinstance(metadata, dict) else None
        return wrapped.startswith(f"{FORM}:{_mark(arn)}:")

    async def destroy(self, tenant: TenantId) -> None:
        """Nothing: the keys in KMS wrap those of all tenants, so there is nothing of this one alone."""


def _bound_to(tenant: TenantId, key: KeyId) -> Mapping[str, object]:
    """What KMS authenticates with it, by names that policies may ask for; no other kind of key takes a context."""
    context = {
        "alert-router-tenant": tenant, "alert-router-purpose": str(key.purpose), "alert-router-epoch": str(key.epoch),
    }  # fmt: skip
    return {"EncryptionContext": context, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}


def _blob(tenant: TenantId, wrapped: str) -> bytes:
    form, _, rest = wrapped.partition(":")
    if form != FORM:
        raise KeyUnavailableError(f"a key of tenant {tenant!r} is wrapped in a form that AWS KMS does not read")
    try:
        blob = base64.b64decode(rest.partition(":")[2], validate=True)
    except ValueError:
        raise _changed(tenant) from None
    if not 1 <= len(blob) <= _LONGEST:
        raise _changed(tenant)
    return blob


def _mark(arn: object) -> str:
    if not isinstance(arn, str):
        raise KeyUnavailableError("AWS KMS' answer names no key", _ENDPOINT)
    return hashlib.sha256(arn.encode()).hexdigest()[:_MARK_CHARS]


def _bytes(found: Mapping[str, Any], name: str) -> bytes:
    one = found.get(name)
    if not isinstance(one, bytes) or not one:
        raise KeyUnavailableError(f"AWS KMS' answer has no {name}", _ENDPOINT)
    return one


def _unless_refused(answer: Answer, operation: Operation) -> Mapping[str, Any]:
    if not answer.code:
        return answer.found
    why = f"AWS KMS refuses {operation}: {answer.why}"
    raise KeyUnavailableError(why, _POLICY if answer.code == _DENIED else _STATE)


def _none_of_ours(tenant: TenantId, refused: list[Answer]) -> KeyUnavailableError:
    """Why no key unwraps: a right or a key that is missing, before that another one has wrapped it."""
    others = [one for one in refused if one.code != _OTHER_KEY]
    if not others:
        return KeyUnavailableError(f"a key of tenant {tenant!r} is wrapped by another key of AWS KMS", _KEEP)
    denied = any(one.code == _DENIED for one in others)
    return KeyUnavailableError(f"AWS KMS refuses decrypt: {others[0].why}", _POLICY if denied else _STATE)


def _changed(tenant: TenantId) -> UndecipherableError:
    return UndecipherableError(f"a wrapped key of tenant {tenant!r} was changed, or is another's")
