"""HPKE (RFC 9180) with one key pair of a tenant's: what its senders seal, and what its workers open.

A secret of 32 bytes stands for the private keys of all suites. For the hybrid it is the seed that X-Wing expands
(draft-connolly-cfrg-xwing-kem), so that any HPKE reads it; the key of plain X25519 is another, derived from it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from router.core.model.alert import TenantId
from router.core.seal.sent import PublicKeys, Sent, Suite, info, write_sent

_SEED: Final = 64
_CLASSIC: Final = b"alert-router x25519\0"
_KDF: Final = hpke.KDF.HKDF_SHA256
_AEAD: Final = hpke.AEAD.AES_256_GCM
_SUITES: Final[Mapping[Suite, hpke.Suite]] = {
    Suite.HYBRID: hpke.Suite(hpke.KEM.MLKEM768_X25519, _KDF, _AEAD),
    Suite.CLASSIC: hpke.Suite(hpke.KEM.X25519, _KDF, _AEAD),
}

_Private = hpke.MLKEM768X25519PrivateKey | X25519PrivateKey
_Public = hpke.MLKEM768X25519PublicKey | X25519PublicKey


@dataclass(frozen=True, slots=True)
class HpkeRecipient:
    """Opens what was sealed to the keys of one secret."""

    _keys: Mapping[Suite, _Private] = field(repr=False)

    def open(self, sent: Sent, info: bytes) -> bytes:
        """What was sealed.

        Raises:
            ValueError: not to these keys, or not with this `info`.
        """
        try:
            return _SUITES[sent.suite].decrypt(sent.body, self._keys[sent.suite], info)
        except InvalidTag:
            raise ValueError("does not open") from None


def recipient(secret: bytes) -> HpkeRecipient:
    """What opens with the private keys of a secret."""
    ml_kem, x25519 = _hybrid(secret)
    return HpkeRecipient(
        {Suite.HYBRID: hpke.MLKEM768X25519PrivateKey(ml_kem, x25519), Suite.CLASSIC: _classic(secret)}
    )


def public_keys(tenant: TenantId, epoch: int, secret: bytes) -> PublicKeys:
    """What a tenant's senders seal with, as bytes: of the hybrid first ML-KEM's, then X25519's."""
    ml_kem, x25519 = _hybrid(secret)
    hybrid = ml_kem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
    classic = _classic(secret).public_key().public_bytes_raw()
    return PublicKeys(tenant, epoch, ((Suite.HYBRID, hybrid), (Suite.CLASSIC, classic)))


def seal_to(keys: PublicKeys, suite: Suite, data: bytes) -> bytes:
    """A body sealed for a tenant.

    Raises:
        ValueError: there is no key of that suite, or what is given as one is none.
    """
    key = keys.of(suite)
    if key is None:
        raise ValueError(f"tenant {keys.tenant!r} offers no key of {suite.label}")
    body = _SUITES[suite].encrypt(data, _public(suite, key), info(keys.tenant, keys.epoch, suite))
    return write_sent(suite, keys.epoch, body)


def _hybrid(secret: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    expanded = hashlib.shake_256(secret).digest(_SEED + Suite.CLASSIC.public)
    return (
        MLKEM768PrivateKey.from_seed_bytes(expanded[:_SEED]),
        X25519PrivateKey.from_private_bytes(expanded[_SEED:]),
    )


def _classic(secret: bytes) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(hashlib.shake_256(_CLASSIC + secret).digest(Suite.CLASSIC.public))


def _public(suite: Suite, key: bytes) -> _Public:
    if len(key) != suite.public:
        raise ValueError(f"a public key of {suite.label} has {suite.public} bytes, not {len(key)}")
    x25519 = X25519PublicKey.from_public_bytes(key[-Suite.CLASSIC.public :])
    if suite is Suite.CLASSIC:
        return x25519
    ml_kem = MLKEM768PublicKey.from_public_bytes(key[: -Suite.CLASSIC.public])
    return hpke.MLKEM768X25519PublicKey(ml_kem, x25519)
