"""Proposals as commands print and decide them, by a control API: it alone knows who asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from router.core.model.alert import TenantId
from router.core.model.instant import Instant


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal; `fields` is all of it, for programs. `diff` and `document`, its text, are "" where it is listed."""

    number: int
    state: str
    author: str
    created_at: Instant
    expires_at: Instant
    summary: str
    message: str
    diff: str
    document: str
    fields: Mapping[str, Any]


class DecidingProposals(Protocol):
    """Proposals of a tenant, or with None of the access document."""

    async def all(self, tenant: TenantId | None) -> list[ProposalRow]:
        """What was proposed, newest first."""

    async def one(self, tenant: TenantId | None, number: int) -> ProposalRow:
        """A proposal with what it would change."""

    async def approve(self, tenant: TenantId | None, number: int) -> int:
        """Let a proposal of somebody else take effect; the number of its version."""

    async def reject(self, tenant: TenantId | None, number: int) -> str:
        """Let a proposal never take effect; whether it was rejected, or withdrawn by who made it."""
