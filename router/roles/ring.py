"""One tenant's keys, ready for use: what seals, opens and names with them waits for nobody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

from router.core.model.alert import TenantId
from router.core.seal.envelope import (
    HEADER_BYTES,
    KeyId,
    KeyPurpose,
    bound_before_place,
    bound_place,
    bound_topic,
    header_of,
    read_envelope,
)
from router.core.seal.sent import info, read_sent
from router.errors import DestroyedKeyError, KeyUnavailableError, UndecipherableError
from router.observe.metrics import SealingMetrics
from router.ports.sealing import Cipher, Naming, Recipient, Wrapped


@dataclass(frozen=True, slots=True)
class Ready:
    """A key ready for use: what its envelopes begin with, and what all that it seals is bound to, besides a place."""

    purpose: KeyPurpose
    header: bytes
    bound: bytes
    place: Callable[[str], bytes]
    cipher: Cipher = field(repr=False)

    @classmethod
    def of(cls, tenant: TenantId, key: KeyId, cipher: Cipher) -> Self:
        """Put together once, since bodies come by the thousand."""
        place = bound_topic if key.purpose is KeyPurpose.PAYLOAD else bound_place
        return cls(key.purpose, header_of(key), bound_before_place(tenant, key), place, cipher)


@dataclass(frozen=True, slots=True)
class Ring:
    """One tenant's keys as they were read: ready, wrapped, and why some cannot be had now."""

    tenant: TenantId
    wrapped: Wrapped
    ciphers: Mapping[KeyId, Cipher] = field(repr=False)
    recipients: Mapping[KeyId, Recipient] = field(repr=False)
    missing: Mapping[KeyId, str]
    metrics: SealingMetrics = field(repr=False, compare=False)
    sealing: Mapping[KeyPurpose, KeyId]
    is_lost: bool = False
    """Whether the store has lost what is here."""
    naming: Mapping[KeyId, Naming] = field(default_factory=dict, repr=False)
    """Those that make names: as a rule one."""
    _opening: Mapping[bytes, Ready] = field(init=False, repr=False, compare=False)
    _seals: Mapping[KeyPurpose, Ready] = field(init=False, repr=False, compare=False)
    _first: KeyId | None = field(init=False, repr=False, compare=False)
    """Of the keys that make names the one that was made first."""

    def __post_init__(self) -> None:
        ready = {key: Ready.of(self.tenant, key, cipher) for key, cipher in self.ciphers.items()}
        object.__setattr__(self, "_opening", {one.header: one for one in ready.values()})
        seals = {purpose: ready[key] for purpose, key in self.sealing.items() if key in ready}
        object.__setattr__(self, "_seals", seals)
        naming = [key for key in (*self.naming, *self.missing) if key.purpose is KeyPurpose.NAME]
        object.__setattr__(self, "_first", min(naming, key=lambda one: one.epoch, default=None))

    @property
    def names(self) -> Naming | None:
        """What makes names: the first that was made, since what has a name is looked for by it; None where none was.

        Raises:
            KeyUnavailableError: there is one, and it cannot be had now.
        """
        if self._first is None:
            return None
        if self._first not in self.naming:
            raise self._unavailable(KeyPurpose.NAME)
        return self.naming[self._first]

    def seal(self, purpose: KeyPurpose, place: str, data: bytes) -> bytes:
        """The envelope of data that opens for this tenant, purpose and place alone.

        Raises:
            KeyUnavailableError: there is no current key now.
        """
        ready = self._seals.get(purpose)
        if ready is None:
            raise self._unavailable(purpose)
        return ready.header + ready.cipher.seal(data, ready.bound + ready.place(place))

    def open(self, purpose: KeyPurpose, place: str, envelope: bytes) -> bytes:
        """What was sealed.

        Raises:
            KeyUnavailableError: its key cannot be had now.
            DestroyedKeyError: its key was destroyed.
            UndecipherableError: it was changed, moved, or sealed with a key that this tenant does not have.
        """
        ready = self._opening.get(envelope[:HEADER_BYTES])
        if ready is None or ready.purpose is not purpose:
            raise self._cannot_open(purpose, place, envelope)
        try:
            return ready.cipher.open(envelope[HEADER_BYTES:], ready.bound + ready.place(place))
        except ValueError:
            raise self._refused(f"it does not open for tenant {self.tenant!r} at {place!r}") from None

    def _unavailable(self, purpose: KeyPurpose) -> KeyUnavailableError:
        self.metrics.failures.labels(action="seal", reason="unavailable").inc()
        key = self.sealing.get(purpose)
        why = "it has none" if key is None else self.missing.get(key, "it is not known")
        return KeyUnavailableError(f"no {purpose} key of tenant {self.tenant!r} seals now: {why}")

    def _cannot_open(self, purpose: KeyPurpose, place: str, envelope: bytes) -> Exception:
        """Why there is no key for an envelope."""
        try:
            key = read_envelope(envelope).key
        except ValueError:
            return self._refused(f"it does not open for tenant {self.tenant!r} at {place!r}")
        return self._lacking(key, purpose)

    def open_sent(self, data: bytes) -> bytes:
        """What a sender has sealed to this tenant.

        Raises:
            KeyUnavailableError: its key cannot be had now.
            DestroyedKeyError: its key was destroyed.
            UndecipherableError: it was changed, sealed for another tenant, or in a way that is not known here.
        """
        try:
            sent = read_sent(data)
            recipient = self.recipients.get(sent.key)
            if recipient is not None:
                return recipient.open(sent, info(self.tenant, sent.key.epoch, sent.suite))
        except ValueError as error:
            raise self._refused(
                f"its sender has sealed it so that tenant {self.tenant!r} cannot open it: {error}"
            ) from None
        raise self._lacking(sent.key, KeyPurpose.SENDER)

    def _lacking(self, key: KeyId, purpose: KeyPurpose) -> KeyUnavailableError | UndecipherableError:
        """What is to be raised where a key is not here: it cannot be had, was destroyed, or never was."""
        if key in self.missing:
            self.metrics.failures.labels(action="open", reason="unavailable").inc()
            return KeyUnavailableError(f"a key of tenant {self.tenant!r} cannot be had: {self.missing[key]}")
        if self.wrapped.get(key) == "":
            self.metrics.failures.labels(action="open", reason="destroyed").inc()
            return DestroyedKeyError(f"its key, {key.purpose} of tenant {self.tenant!r}, was destroyed")
        return self._refused(f"tenant {self.tenant!r} has no such {purpose} key")

    def _refused(self, detail: str) -> UndecipherableError:
        self.metrics.failures.labels(action="open", reason="undecipherable").inc()
        return UndecipherableError(detail)
