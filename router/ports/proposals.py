"""Changes of a configuration that take effect when a second person approves them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.ports.provenance import Provenance


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    """Rejected by whoever made it."""
    EXPIRED = "expired"
    """Nobody decided in time. It is not stored: time alone says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProposal:
    """A change as it was planned: the text that version `base` (0: none) would become, and who proposes it.

    `authors` are all that they are known as: issuer and subject, with a space in between.
    """

    tenant: TenantId
    base: int
    text: str
    summary: str
    diff: str
    provenance: Provenance
    authors: frozenset[str]
    expires_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(NewProposal):
    """A proposal that is stored, under a number of its tenant's own."""

    number: int
    state: ProposalState
    created_at: Instant
    decided_by: str
    decided_at: Instant

    def state_at(self, now: Instant) -> ProposalState:
        """What became of it by then."""
        is_over = self.state is ProposalState.OPEN and now >= self.expires_at
        return ProposalState.EXPIRED if is_over else self.state


class Proposals(Protocol):
    """Proposals of all tenants. Every method may raise UnavailableError."""

    async def add(self, new: NewProposal, at_most: int) -> int:
        """Store a proposal; its number.

        Raises:
            OperationError: the tenant has as many as `at_most` open already.
        """

    async def all(self, tenant: TenantId) -> list[Proposal]:
        """A tenant's proposals, newest first."""

    async def find(self, tenant: TenantId, number: int) -> Proposal | None:
        """A proposal; None where there is none of this number."""

    async def approve(self, one: Proposal, by: str) -> int:
        """Make its text the active version, by whose decision; the version's number.

        Raises:
            ChangedMeanwhileError: another version is active than it was made of.
            OperationError: it is not open any more.
        """

    async def refuse(self, one: Proposal, state: ProposalState, by: str) -> None:
        """Let it never take effect.

        Raises:
            OperationError: it is not open any more.
        """
