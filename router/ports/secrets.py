"""Tenants' secrets as they are stored: sealed, with a sealed list of which version of each is in force.

As for all ports, every method of what is stored may raise UnavailableError.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.core.model.rules.names import SecretName

UNVERSIONED: Final = 0
"""The version of what was sealed before there were versions, and of what nobody has listed."""
REMOVED: Final = -1
"""The version of a secret that was removed: no sealed text has it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which version of each of a tenant's secrets is in force, and the number of the last change.

    Numbers are microseconds of the store's time, so that they go on also where all was lost.
    """

    number: int = NEVER
    versions: Mapping[SecretName, int] = field(default_factory=dict)

    def version(self, name: SecretName) -> int:
        """The version in force."""
        return self.versions.get(name, UNVERSIONED)

    def after(self, now: Instant) -> int:
        """The number of the next change, which is also the version of what it sets."""
        return max(self.number + 1, now)


@dataclass(frozen=True, slots=True)
class SealedSecrets:
    """A tenant's sealed texts by name, and its sealed manifest; "" where there is none."""

    texts: Mapping[SecretName, str] = field(default_factory=dict)
    manifest: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A secret's value, and its version."""

    value: str = field(repr=False)
    version: int


class SealedTexts(Protocol):
    """Tenants' secrets as they are stored."""

    async def of(self, tenant: TenantId) -> SealedSecrets:
        """All of a tenant's, as they are at one moment; texts in the order of their names."""

    async def replace(self, tenant: TenantId, before: SealedSecrets, after: SealedSecrets) -> bool:
        """Store these in place of those; False, and nothing done, if they were changed meanwhile."""

    async def tenants(self) -> list[TenantId]:
        """The tenants that have any."""

    async def now(self) -> Instant:
        """The store's time."""


class Sealing(Protocol):
    """Seals and opens secrets. `newest` is the id of the key that seals; no method may raise UnavailableError."""

    newest: str

    def seal(self, tenant: TenantId, name: SecretName, version: int, value: str) -> str:
        """The value, sealed with the newest key as this version."""

    def unseal(self, tenant: TenantId, name: SecretName, text: str) -> Opened:
        """The value, and which version it is: UNVERSIONED for what an earlier release has sealed.

        Raises:
            SecretNotFoundError: the text cannot be opened for this tenant and name with the keys that there are.
        """

    def seal_manifest(self, tenant: TenantId, manifest: Manifest) -> str:
        """The manifest, sealed with the newest key."""

    def unseal_manifest(self, tenant: TenantId, text: str) -> Manifest:
        """The manifest; of "" an empty one.

        Raises:
            SecretNotFoundError: it cannot be opened for this tenant with the keys that there are.
        """

    def is_newest(self, text: str) -> bool:
        """Whether the newest key sealed it, in the newest form."""
