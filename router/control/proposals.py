"""Four eyes: a change that somebody may only propose, and that a second person approves or rejects."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from router.control.access.principal import Principal
from router.control.change import Change
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Instant, Span
from router.diagnostic import one_line
from router.errors import OperationError
from router.ports.proposals import NewProposal, Proposal, Proposals, ProposalState
from router.ports.provenance import Provenance

MAX_PROPOSALS: Final = 50
"""Open proposals of a tenant."""
LASTS: Final = Span(7 * 24 * HOUR)
"""How long a proposal waits for a second person."""


@dataclass(frozen=True, slots=True)
class ProposalControl:
    """What people may do with proposals; whether they may is decided before."""

    proposals: Proposals
    now: Callable[[], Instant]

    async def propose(self, change: Change, by: Principal, provenance: Provenance) -> int:
        """Keep a planned change until somebody decides; its number.

        Raises:
            OperationError: the tenant has too many open proposals.
        """
        new = NewProposal(
            tenant=change.tenant,
            base=change.before,
            text=change.text,
            summary=change.summary,
            diff=change.diff,
            provenance=replace(provenance, source=provenance.source or one_line(change.source), part=change.part),
            authors=known_as(by),
            expires_at=Instant(self.now() + LASTS),
        )
        return await self.proposals.add(new, MAX_PROPOSALS)

    async def approve(self, one: Proposal, by: Principal) -> int:
        """Let a change take effect; the number of its version.

        Raises:
            ChangedMeanwhileError: another version is active than it was made of.
            OperationError: it is not open any more.
        """
        self._check_open(one)
        return await self.proposals.approve(one, by.identity.subject)

    async def reject(self, one: Proposal, by: Principal) -> ProposalState:
        """Let a change never take effect: withdrawn by whoever made it, rejected by anybody else.

        Raises:
            OperationError: it is not open any more.
        """
        self._check_open(one)
        is_own = not one.authors.isdisjoint(known_as(by))
        state = ProposalState.WITHDRAWN if is_own else ProposalState.REJECTED
        await self.proposals.refuse(one, state, by.identity.subject)
        return state

    async def find(self, tenant: TenantId, number: int) -> Proposal | None:
        """A proposal; None where there is none of this number."""
        return await self.proposals.find(tenant, number)

    def _check_open(self, one: Proposal) -> None:
        state = one.state_at(self.now())
        if state is not ProposalState.OPEN:
            raise OperationError(f"proposal {one.number} is {state}", remedy="propose the change again")


def known_as(principal: Principal) -> frozenset[str]:
    """All that somebody is known as, as proposals keep it."""
    return frozenset(f"{one.issuer} {one.subject}" for one in principal.identities)
