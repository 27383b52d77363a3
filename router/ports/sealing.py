"""Tenants' own keys, and what seals and opens with them.

A tenant has keys by purpose and epoch, wrapped by a key service whose own key never leaves it. The newest epoch of a
purpose seals, all open. A destroyed key leaves an entry: destroyed is never an absence.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from router.core.model.alert import AlertId, TenantId
from router.core.model.instant import Instant
from router.core.seal.envelope import KeyId, KeyPurpose
from router.core.seal.names import NameOf
from router.core.seal.sent import PublicKeys, Sent

MAX_EPOCHS: Final = 192
"""Keys of one tenant that open, of all purposes; before there are more, the oldest are destroyed by hand."""
KEY_BYTES: Final = 32


class KeyState(StrEnum):
    """What a key is good for."""

    CURRENT = "current"
    """Seals and opens."""
    RETIRED = "retired"
    """Opens what it sealed."""
    DESTROYED = "destroyed"
    """Nothing: what it sealed is lost for good."""


Wrapped = Mapping[KeyId, str]
"""Wrapped keys of a tenant; "" stands for one that was destroyed."""


class Wrapping(Protocol):
    """Wraps tenants' keys with keys that never leave it."""

    async def wrap(self, tenant: TenantId, key: KeyId, secret: bytes) -> str:
        """The key as text that this tenant's key of this purpose and epoch alone can be read from.

        Raises:
            KeyUnavailableError: the service does not answer.
        """

    async def unwrap(self, tenant: TenantId, key: KeyId, wrapped: str) -> bytes:
        """The key.

        Raises:
            KeyUnavailableError: the service does not answer, or does not have the key that wrapped it now.
            UndecipherableError: it was changed, or is another's.
        """

    async def is_newest(self, tenant: TenantId, wrapped: str) -> bool:
        """Whether the service would wrap it with the same key, in the same form, today.

        Raises:
            KeyUnavailableError: the service does not answer.
        """

    async def destroy(self, tenant: TenantId) -> None:
        """Destroy what the service has of this tenant alone; where it has nothing of it, nothing is done.

        Raises:
            KeyUnavailableError: the service does not answer, or refuses.
        """


class SenderSecrets(StrEnum):
    """By what a process wraps the keys that open what senders have sealed."""

    APART = "apart"
    """By a key that gateways lack."""
    WITH_OTHERS = "with-others"
    """As all keys: gateways have what unwraps them."""


class KeyService(Wrapping, Protocol):
    """Wraps the keys of all purposes; what it wraps of a sender's key holds the public keys as well, apart."""

    @property
    def sender_secrets(self) -> SenderSecrets:
        """How it wraps keys of the purpose `sender`."""

    async def keep_apart(self, tenant: TenantId, key: KeyId, wrapped: str) -> None:
        """Refuse where it would wrap with others what is wrapped apart, say as the next key after this one.

        Raises:
            KeyUnavailableError: it is one of the purpose `sender`, wrapped by a key that is not here.
        """

    async def public(self, tenant: TenantId, key: KeyId, wrapped: str) -> PublicKeys:
        """The public keys that belong to a wrapped key of the purpose `sender`; nothing private is unwrapped.

        Raises:
            KeyUnavailableError: the service does not answer, or does not have the key that wrapped them now.
            UndecipherableError: they were changed, or are another's.
        """


class StoredKeys(Protocol):
    """Tenants' wrapped keys as they are stored. Every method may raise UnavailableError."""

    async def of(self, tenant: TenantId) -> Wrapped:
        """All of a tenant's."""

    async def replace(self, tenant: TenantId, before: Wrapped, after: Wrapped) -> bool:
        """Store these in place of those; False, and nothing done, if they were changed meanwhile."""

    async def tenants(self) -> list[TenantId]:
        """The tenants that have any, by name."""

    async def now(self) -> Instant:
        """The store's time."""


class LiveKeys(Protocol):
    """Tenants' wrapped keys as they are in force. Every method may raise UnavailableError."""

    async def of(self, tenant: TenantId) -> Wrapped:
        """All of a tenant's."""

    async def put(self, tenant: TenantId, wrapped: Wrapped) -> None:
        """Store these besides the others, or in their place, whatever is there."""


class RecordedKeys(Protocol):
    """Tenants' wrapped keys as they are recorded. Every method may raise UnavailableError."""

    async def compare(self, tenant: TenantId, compared: Callable[[Wrapped], Awaitable[Wrapped]]) -> None:
        """Hand over all of a tenant's, and store what comes back; nothing of it is projected meanwhile.

        Nothing is done for a tenant that is no more, or that another projector is at.
        """


class Cipher(Protocol):
    """Seals and opens with one key; AES-256-GCM, each time with a fresh random nonce in front."""

    def seal(self, data: bytes, bound: bytes) -> bytes:
        """Nonce and ciphertext."""

    def open(self, body: bytes, bound: bytes) -> bytes:
        """What was sealed.

        Raises:
            ValueError: not with this key, or not bound to this.
        """


class Recipient(Protocol):
    """The private keys, one a suite, to which a tenant's senders seal."""

    def open(self, sent: Sent, info: bytes) -> bytes:
        """What was sealed.

        Raises:
            ValueError: not to these keys, or not with this `info`.
        """


class Naming(Protocol):
    """Makes names of what stands in clear with one tenant's key; the same each time."""

    def of_record(self, key: bytes | None) -> bytes | None:
        """The key of a record in place of one that is a digest; any other as it is."""

    def of_key(self, kind: NameOf, digest: str) -> str:
        """What stands in place of a digest of labels."""

    def of_alert(self, alert: AlertId) -> str:
        """The name of an alert."""

    def alert_of(self, name: str) -> AlertId:
        """The alert with that name.

        Raises:
            ValueError: it is not a name of this tenant.
        """


class TenantKeys(Protocol):
    """One tenant's keys, ready for use: no method waits for anybody."""

    @property
    def names(self) -> Naming | None:
        """What makes names of what stands in clear; None where the tenant has no such key.

        Raises:
            KeyUnavailableError: it cannot be had now.
        """

    def seal(self, purpose: KeyPurpose, place: str, data: bytes) -> bytes:
        """The envelope of data that opens for this tenant, purpose and place alone.

        Raises:
            KeyUnavailableError: there is no current key now.
        """

    def open(self, purpose: KeyPurpose, place: str, envelope: bytes) -> bytes:
        """What was sealed.

        Raises:
            KeyUnavailableError: its key cannot be had now.
            DestroyedKeyError: its key was destroyed.
            UndecipherableError: it was changed, moved, or sealed with a key that this tenant does not have.
        """

    def open_sent(self, data: bytes) -> bytes:
        """What a sender has sealed to this tenant.

        Raises:
            KeyUnavailableError: its key cannot be had now.
            DestroyedKeyError: its key was destroyed.
            UndecipherableError: it was changed, sealed for another tenant, or in a way that is not known here.
        """


class Vault(Protocol):
    """Whose data is sealed, and with what."""

    def seals(self, tenant: TenantId) -> bool:
        """Whether what is written of the tenant is sealed; what is read says so itself."""

    def at_hand(self, tenant: TenantId) -> TenantKeys | None:
        """The tenant's keys where `keys` would wait for nobody."""

    async def keys(self, tenant: TenantId) -> TenantKeys:
        """The tenant's keys, a second old at most while Redis answers.

        Raises:
            KeyUnavailableError: nothing is known of them now.
        """


class SealedValues(Protocol):
    """What of a tenant's alert groups and digests is sealed. Every method may raise UnavailableError."""

    async def counted(self, tenant: TenantId) -> Mapping[KeyId, int]:
        """How many values each key has sealed."""

    async def reseal(self, tenant: TenantId, newest: KeyId, tenant_keys: TenantKeys) -> int:
        """Seal with the newest key what another one has sealed; how many values that were.

        Raises:
            KeyUnavailableError: a key cannot be had now.
            UndecipherableError: something does not open; what came before it is sealed again.
        """


class Losses(StrEnum):
    """What is to become of what a key has sealed and that somebody may still want to read."""

    REFUSE = "refuse"
    """The key stays."""
    ACCEPT = "accept"
    """It is lost."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """Keys that are to be destroyed, and how many values of alert groups they have sealed."""

    keys: Sequence[KeyId]
    values: int


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One key of a tenant, as a person is shown it."""

    key: KeyId
    state: KeyState
    is_newest_wrap: bool | None = field(default=True)
    """Whether the key service wraps keys like this today; None where it cannot be asked."""
