"""Proposals in the record: stored, and decided, in one transaction with what is audited of it."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select

from router.adapters.postgres.changing import Record
from router.adapters.postgres.rows import instant, when
from router.adapters.postgres.scope import scope
from router.adapters.postgres.tables import PROPOSAL
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.ports.access import INSTALLATION
from router.ports.audit import Action
from router.ports.proposals import NewProposal, Proposal, ProposalState
from router.ports.provenance import Part, Provenance
from router.ports.record import Attempts, RecordedVersion


class RecordedProposals:
    """All proposals of all tenants, and those of the access document, which are of the installation."""

    def __init__(self, record: Record, attempts: Attempts) -> None:
        self._record = record
        self._attempts = attempts

    async def add(self, new: NewProposal, at_most: int) -> int:
        """Store a proposal; its number.

        Raises:
            OperationError: the tenant has as many as `at_most` open already.
        """
        attempt = self._attempts(Action.PROPOSAL_MAKE, new.tenant, "proposal")
        entry = replace(attempt, reason=new.provenance.message or attempt.reason)
        async with self._record.changing(new.tenant, entry) as change:
            return await change.propose(_row(new), at_most)

    async def all(self, tenant: TenantId) -> list[Proposal]:
        """A tenant's proposals, newest first."""
        async with scope(self._record.engine, tenant) as connection:
            own = select(PROPOSAL).where(PROPOSAL.c.tenant == tenant).order_by(PROPOSAL.c.number.desc())
            return [_proposal(row) for row in await connection.execute(own)]

    async def find(self, tenant: TenantId, number: int) -> Proposal | None:
        """A proposal; None where there is none of this number."""
        async with scope(self._record.engine, tenant) as connection:
            one = select(PROPOSAL).where(PROPOSAL.c.tenant == tenant, PROPOSAL.c.number == number)
            row = (await connection.execute(one)).one_or_none()
        return None if row is None else _proposal(row)

    async def approve(self, one: Proposal, by: str) -> int:
        """Make its text the active version, by whose decision; the version's number.

        Raises:
            ChangedMeanwhileError: another version is active than it was made of.
            OperationError: it is not open any more.
        """
        entry = self._attempts(Action.PROPOSAL_APPROVE, one.tenant, f"proposal/{one.number}")
        async with self._record.changing(
            one.tenant, replace(entry, reason=f"proposed by {one.provenance.author}")
        ) as change:
            await change.decide(one.number, ProposalState.APPROVED, by)
            if one.tenant == INSTALLATION:
                return await change.publish_access(one.text, one.base, one.provenance)
            return await change.publish(RecordedVersion(0, one.text, NEVER, one.provenance), one.base)

    async def refuse(self, one: Proposal, state: ProposalState, by: str) -> None:
        """Let it never take effect.

        Raises:
            OperationError: it is not open any more.
        """
        entry = self._attempts(Action.PROPOSAL_REJECT, one.tenant, f"proposal/{one.number}")
        async with self._record.changing(one.tenant, entry) as change:
            await change.decide(one.number, state, by)


def _row(new: NewProposal) -> dict[str, Any]:
    made_by = new.provenance
    return {
        "part": made_by.part,
        "base": new.base,
        "document": new.text,
        "summary": new.summary,
        "diff": new.diff,
        "source": made_by.source,
        "source_ref": made_by.source_ref,
        "author": made_by.author,
        "login": made_by.login,
        "note": made_by.message,
        "authors": sorted(new.authors),
        "expires_at": when(new.expires_at),
    }


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        tenant=TenantId(row.tenant),
        number=row.number,
        base=row.base,
        text=row.document,
        summary=row.summary,
        diff=row.diff,
        provenance=Provenance(row.author, row.login, row.source, row.note, Part(row.part), row.source_ref),
        authors=frozenset(row.authors),
        expires_at=instant(row.expires_at),
        state=ProposalState(row.state),
        created_at=instant(row.created_at),
        decided_by=row.decided_by,
        decided_at=instant(row.decided_at),
    )
