"""The record of tenants as values: what it holds, and what of it Redis is to hold.

As for all ports, every method may raise UnavailableError.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from router.core.cell import NO_CELL, CellName
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.ports.audit import Action, Entry
from router.ports.provenance import Provenance
from router.ports.secrets import SealedSecrets


class TenantState(StrEnum):
    """How far the life of a tenant has come."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REMOVED = "removed"
    """It may be applied again."""
    ERASING = "erasing"
    ERASED = "erased"
    """For good: its id is never given again."""


def is_gone(state: TenantState, version: object) -> bool:
    """Whether nothing of a tenant is to be there: while it is being erased, from when its versions are deleted."""
    return state in {TenantState.REMOVED, TenantState.ERASED} or (state is TenantState.ERASING and version is None)


Attempts = Callable[[Action, TenantId, str], Entry]
"""What is audited of a change: by what is done, to whom, and to which resource of theirs."""

Permit = Callable[[TenantId], Awaitable[None]]
"""Asked before anything of a tenant is written to Redis; raises OperationError where the record alone may write."""


async def anybody(_: TenantId) -> None:
    """A permit without a record."""


@dataclass(frozen=True, slots=True)
class RecordedVersion:
    """A version of a tenant's configuration: the text as it was applied, and where it comes from."""

    number: int
    text: str
    applied_at: Instant
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class RecordedToken:
    """A sender's token by its digest."""

    digest: str
    created_at: Instant


@dataclass(frozen=True, slots=True)
class Wanted:
    """What Redis is to hold of a tenant as of a generation; no version where there is none, or none any more."""

    tenant: TenantId
    generation: int
    state: TenantState
    version: RecordedVersion | None
    tokens: tuple[RecordedToken, ...]
    revoked: tuple[str, ...]
    """Digests of the tokens that were revoked."""
    secrets: Mapping[str, str]
    """Sealed texts by name, the sealed manifest among them."""
    cell: CellName = NO_CELL
    """That of the version, or where there is none any more of the last one."""

    @property
    def is_gone(self) -> bool:
        """Whether nothing of the tenant is to be there."""
        return is_gone(self.state, self.version)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a tenant stands in the record, and which generation Redis is known to hold."""

    tenant: TenantId
    state: TenantState
    version: int | None
    generation: int
    projected: int
    projected_at: Instant
    cell: CellName = NO_CELL
    """That of the active version, or where there is none any more of the last one: its projectors alone note what is
    projected."""

    @property
    def is_gone(self) -> bool:
        """Whether nothing of the tenant is to be there."""
        return is_gone(self.state, self.version)

    @property
    def in_force(self) -> bool:
        """Whether Redis is known to hold the newest."""
        return self.projected >= self.generation


class DriftKind(StrEnum):
    """What somebody has done past the record."""

    CHANGED = "changed"
    """Another configuration or other secrets are in force than were projected, or the tenant was removed."""
    AHEAD = "ahead"
    """Redis holds a newer generation than the record, which may have been restored from an older backup."""
    TOKEN_ADDED = "token_added"  # noqa: S105 - a kind
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - a kind


class Verdict(StrEnum):
    """What came of bringing a generation to Redis."""

    STORED = "stored"
    SAME = "same"
    """It was there."""
    NEWER = "newer"
    """A newer one was there; it stays."""
    ELSEWHERE = "elsewhere"
    """The tenant is of another cell; that is known there now, and nothing else of it is there."""
    OPEN = "open"
    """The same, but for alert groups that are open there still, and what they need."""
    DRIFT = "drift"
    """Somebody else has written there since; it stays."""


@dataclass(frozen=True, slots=True)
class Fences:
    """Which generation a tenant's own part of Redis is of, and its part of the index; 0 for none."""

    own: int
    index: int
    removed: bool = False
    """Whether it was projected that the tenant was removed or is of another cell, which leaves no part of its own."""

    def hold(self, one: Standing, cell: CellName = NO_CELL) -> bool:
        """Whether the tenant's newest generation was projected whole to the Redis of a cell, and nothing was lost."""
        is_absent = one.is_gone or one.cell != cell
        return self.index >= one.generation and (self.removed if is_absent else self.own >= one.generation)

    def exceed(self, one: Standing) -> bool:
        """Whether a generation was projected that the record has not come to."""
        return max(self.index, self.own) > one.generation


class Wanting(Protocol):
    """The record, as projectors read it."""

    async def installation(self) -> str:
        """The id of the record."""

    async def standing(self) -> list[Standing]:
        """All tenants, in the order of their names."""

    async def live_tokens(self) -> Mapping[str, TenantId]:
        """Whose each token is that is good, by its digest."""

    async def bring(self, tenant: TenantId, write: Callable[[Wanted], Awaitable[Verdict]]) -> Verdict | None:
        """Let `write` bring what is wanted of a tenant, and note what it brought; None while another does that."""

    async def woken(self, within_s: float) -> bool:
        """Wait for a change, at most so long; whether there was one."""


class Projection(Protocol):
    """Redis, as projectors write it."""

    async def claim(self, installation: str, cell: CellName = NO_CELL) -> bool:
        """Make it a projection of this record, of a cell's tenants; False, and nothing done, if it is another."""

    async def fences(self, tenants: Sequence[TenantId]) -> Mapping[TenantId, Fences]:
        """Which generation each tenant's two parts are of."""

    async def project(self, wanted: Wanted) -> Verdict:
        """Write what is wanted; what somebody else has written, or a newer projector, stays."""

    async def leave(self, wanted: Wanted) -> Verdict:
        """Write of a tenant of another cell that it is there, and in which; what else is there of it goes.

        As long as alert groups of it are open, what they need stays; nothing new of it is taken all the same.
        """

    async def changed_by_others(self, tenants: Sequence[TenantId]) -> list[TenantId]:
        """Of whom Redis holds something else than was projected last."""

    async def tokens(self) -> Mapping[str, TenantId]:
        """Whose each token is that is good, by its digest."""

    async def accept(self, tenant: TenantId) -> None:
        """What Redis holds of the tenant counts as projected, so that the next generation may replace it."""

    async def disown(self, tenant: TenantId) -> None:
        """What Redis holds of the tenant counts as written by somebody else, until it is accepted."""

    async def managed_by(self) -> str:
        """The id of the record that this Redis is a projection of; "" for none."""

    async def note_past(self, tenant: TenantId, by: str) -> None:
        """Note who writes past the record, and why."""

    async def noted_past(self, tenant: TenantId) -> str:
        """Who wrote past the record last, and why; "" for nobody."""

    async def revive(self, tenant: TenantId, digests: Sequence[str]) -> None:
        """Forget that these tokens were revoked, and that the tenant was removed: the record has them."""


class Changing(Protocol):
    """What may be written of one tenant, in one transaction with what is audited of it."""

    async def publish(self, new: RecordedVersion, onto: int | None = None) -> int:
        """Store the text as the next version and make it the active one; its number, at least that of `new`."""

    async def begin(self) -> None:
        """The tenant is there from now on."""

    async def store(self, version: RecordedVersion) -> None:
        """Store a version as it is, under its own number."""

    async def activate(self, number: int) -> None:
        """Make a version that is stored the active one; raises the generation also where it is."""

    async def add_token(self, token: RecordedToken, at_most: int) -> bool:
        """Store a token's digest; False, and nothing stored, if the tenant has as many as `at_most` already."""

    async def revoke_tokens(self, id_: str = "") -> int:
        """Revoke the tokens of this id, or all; how many."""

    async def seal(self, before: SealedSecrets, after: SealedSecrets) -> bool:
        """Store these secrets in place of those; False, and nothing done, if they were changed meanwhile."""

    async def touch(self) -> None:
        """Raise the generation, so that all of it is projected again."""

    async def remove(self, onto: int | None = None) -> None:
        """Delete the tenant's configurations and secrets, and revoke its tokens; it may come back.

        With `onto` the active version must be that one (0: none).
        """


class Recording(Protocol):
    """The record, as whoever changes one tenant at a time sees it."""

    def changing(self, tenant: TenantId, entry: Entry) -> AbstractAsyncContextManager[Changing]:
        """A change of one tenant: stored whole, with its entry, or not at all."""

    async def standing(self) -> list[Standing]:
        """All tenants, in the order of their names."""

    async def tokens(self, tenant: TenantId) -> list[RecordedToken]:
        """The tenant's tokens that are good."""
