"""The erasure of a tenant: how far it has come, and what stores that and deletes the tenant's parts.

As for all ports, every method may raise UnavailableError, and what is asked may be asked again.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant


class Step(StrEnum):
    """What an erasure does, in this order; done again, each changes nothing."""

    BEGIN = "begin"
    """The record takes no change of the tenant any more."""
    SUSPEND = "suspend"
    REVOKE = "revoke_tokens"
    LAST_EDIT = "last_edit"
    """Live messages get their last line."""
    ROWS = "delete_rows"
    """Before the keys: a projector would bring them back."""
    KEYS = "delete_keys"
    ENTRIES = "delete_entries"
    CERTIFY = "certify"


@dataclass(frozen=True, slots=True)
class Erasure:
    """How far the erasure of a tenant has come; once it is over it is the tombstone of the id.

    `edited` live messages got their last line; `unedited` did not, since Slack refused it or nobody asked for it.
    """

    tenant: TenantId
    begun_at: Instant
    done: tuple[Step, ...] = ()
    edited: int = 0
    unedited: int = 0
    ended_at: Instant = NEVER

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self.ended_at != NEVER


@dataclass(frozen=True, slots=True)
class Remainder:
    """What outlives an erasure: the kind, why, and until when at most; NEVER for what has no such time."""

    kind: str
    why: str
    until: Instant


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was erased, and what is left: kinds as `docs/retention.md` names them."""

    erasure: Erasure
    deleted: tuple[str, ...]
    left: tuple[Remainder, ...]


class Erasures(Protocol):
    """Erasures of tenants, also those that are over: an id is never given twice."""

    async def find(self, tenant: TenantId) -> Erasure | None:
        """The erasure of a tenant; None where there is none."""

    async def keep(self, erasure: Erasure) -> None:
        """Store how far it has come."""


class ErasedKeys(Protocol):
    """What Redis holds of a tenant."""

    async def suspend(self, tenant: TenantId) -> None:
        """Send nothing for the tenant from now on."""

    async def revoke(self, tenant: TenantId) -> None:
        """Revoke all tokens of its senders."""

    async def delete_keys(self, tenant: TenantId) -> None:
        """Delete all keys of its own; when this returns none is left."""

    async def delete_entries(self, tenant: TenantId) -> None:
        """Delete its entries in what all tenants share, but for those that keep its id from being given again."""


class ErasedRows(Protocol):
    """What the record holds of a tenant."""

    async def begin(self, tenant: TenantId) -> None:
        """Take no change of the tenant any more."""

    async def revoke(self, tenant: TenantId) -> None:
        """Revoke all tokens of its senders."""

    async def delete(self, tenant: TenantId) -> None:
        """Delete its rows, but for those that keep its id from being given again, and what is audited."""

    async def certify(self, certificate: Certificate) -> None:
        """Append the certificate to the audit log, once."""


class NoRows:
    """Where there is no record."""

    async def begin(self, tenant: TenantId) -> None:
        """Nothing is there to be changed."""

    async def revoke(self, tenant: TenantId) -> None:
        """Nothing is there to be revoked."""

    async def delete(self, tenant: TenantId) -> None:
        """Nothing is there to be deleted."""

    async def certify(self, certificate: Certificate) -> None:
        """There is no audit log: whoever erases prints it."""
