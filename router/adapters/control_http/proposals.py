"""Proposals by a control API."""

from typing import Final

from router.adapters.control_http.asking import ControlServer, Question
from router.adapters.control_http.reading import At, Read, facts_of, json_of, pages, read, tenant_path
from router.control.proposal_rows import ProposalRow
from router.core.model.alert import TenantId

_PAGE: Final = {"limit": 200}


class _Proposal(Read):
    number: int
    state: str
    author: str
    created_at: At
    expires_at: At
    summary: str
    message: str
    diff: str = ""
    document: str = ""


class _Decided(Read):
    state: str
    version: int = 0


class RemoteProposals:
    """See `DecidingProposals`."""

    def __init__(self, server: ControlServer) -> None:
        self._server = server

    async def all(self, tenant: TenantId | None) -> list[ProposalRow]:
        """What was proposed, newest first."""
        return [_row(one) async for page in pages(self._server, _path(tenant), _PAGE) for one in page.items]

    async def one(self, tenant: TenantId | None, number: int) -> ProposalRow:
        """A proposal with what it would change."""
        return _row(json_of(await self._server.ask(Question("GET", f"{_path(tenant)}/{number}"))))

    async def approve(self, tenant: TenantId | None, number: int) -> int:
        """Let a proposal of somebody else take effect."""
        return (await self._decided(tenant, number, "approve")).version

    async def reject(self, tenant: TenantId | None, number: int) -> str:
        """Let a proposal never take effect."""
        return (await self._decided(tenant, number, "reject")).state

    async def _decided(self, tenant: TenantId | None, number: int, decision: str) -> _Decided:
        return read(await self._server.ask(Question("POST", f"{_path(tenant)}/{number}/{decision}")), _Decided)


def _path(tenant: TenantId | None) -> str:
    return "/access/proposals" if tenant is None else tenant_path(tenant, "proposals")


def _row(found: object) -> ProposalRow:
    one = facts_of(found, _Proposal)
    return ProposalRow(
        number=one.number,
        state=one.state,
        author=one.author,
        created_at=one.created_at,
        expires_at=one.expires_at,
        summary=one.summary,
        message=one.message,
        diff=one.diff,
        document=one.document,
        fields=found if isinstance(found, dict) else {},
    )
