"""Tenants' configurations by a control API. A change is planned there, and published as it was asked for then."""

from dataclasses import dataclass, field, replace
from typing import Final

from router.adapters.control_http.asking import ControlServer, Question
from router.adapters.control_http.reading import (
    ChangeFacts,
    ComparisonFacts,
    TenantFacts,
    VersionFacts,
    listed,
    number_in,
    pages,
    read,
    tenant_path,
)
from router.config.stored import StoredDocument
from router.control.change import Change
from router.control.comparison import Comparison
from router.control.history import HistoryEntry
from router.control.ownership import Claim
from router.control.parts import WrittenPlatform, WrittenRules
from router.control.tenants import ShownVersion
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.errors import ChangedMeanwhileError, OperationError
from router.ports.control import KeptVersion, Recorded
from router.ports.provenance import UNKNOWN, Part, Provenance
from router.ports.tenants import ActiveDocument

_PAGE = {"limit": 200}
_APPROVE: Final = "alert-router proposal approve"


@dataclass(frozen=True, slots=True)
class AskedChange(Change):
    """A change, with the request that makes it."""

    question: Question = field(default_factory=lambda: Question("GET", ""), repr=False)


@dataclass(frozen=True, slots=True)
class ListedVersion(KeptVersion):
    """A version without its text, of which the API lists the digest."""

    listed_digest: str = ""

    @property
    def digest(self) -> str:
        """The digest of its document."""
        return self.listed_digest


class RemoteConfigurations:
    """See `Configurations`."""

    def __init__(self, server: ControlServer) -> None:
        self._server = server

    async def all_active(self) -> list[ActiveDocument]:
        """The tenants that the caller may read, by name, without their texts."""
        found = [one async for one in listed(self._server, "/tenants", TenantFacts, _PAGE)]
        return [
            ActiveDocument(TenantId(one.tenant), one.version, "", one.suspended_since)
            for one in found
            if one.version is not None
        ]

    async def held_since(self) -> Instant:
        """Since when sending is on hold for everybody; NEVER while it is not, or where that is not known."""
        async for page in pages(self._server, "/tenants", {"limit": 1}):
            return page.held_since
        return NEVER

    async def plan(self, content: StoredDocument, name: str) -> Change:
        """What applying a document would change."""
        return await self._planned(content.document.tenant, content.source_text, name)

    async def plan_part(self, part: WrittenRules | WrittenPlatform) -> Change:
        """What applying one part would change."""
        return await self._planned(part.tenant, part.written.text, part.written.name)

    async def plan_rollback(self, tenant: TenantId, version: int | None = None) -> Change:
        """What activating an earlier version again would change."""
        return await self._planned_back(tenant, version, Part.BOTH)

    async def plan_rules_rollback(self, tenant: TenantId, version: int | None = None) -> Change:
        """What the tenant's part of an earlier version would change."""
        return await self._planned_back(tenant, version, Part.TENANT)

    async def publish(self, change: Change, by: Provenance = UNKNOWN, claim: Claim = Claim.KEEP) -> None:
        """Make a change that was planned here; what is unchanged is not sent.

        Raises:
            ChangedMeanwhileError: the tenant's configuration was changed since.
            OperationError: the active version is of another source; it takes a second person, and is proposed; or the
                change was planned elsewhere.
        """
        if change.unchanged:
            return
        if not isinstance(change, AskedChange):
            raise OperationError("the change was not planned by this control API")
        asked = change.question
        made_by = {
            "message": by.message or None,
            "source": by.source or None,
            "source_ref": by.source_ref or None,
            "take_over": "true" if claim is Claim.TAKE_OVER else None,
        }
        answer = await self._server.ask(replace(asked, query={**asked.query, **made_by}))
        if where := answer.headers.get("Location"):
            raise OperationError(
                f"tenant {change.tenant!r}: the operator's part takes a second person; your change is proposed",
                remedy=f"have somebody else approve it: {_APPROVE} {number_in(where)} --tenant {change.tenant}",
            )

    async def history(self, tenant: TenantId) -> list[HistoryEntry]:
        """The versions, newest first."""
        path = tenant_path(tenant, "configuration", "versions")
        return [entry_of(one) async for one in listed(self._server, path, VersionFacts, _PAGE)]

    async def show(self, tenant: TenantId, version: int | None = None) -> ShownVersion:
        """A version with its author's text."""
        below = ("configuration",) if version is None else ("configuration", "versions", version)
        answer = await self._server.ask(Question("GET", tenant_path(tenant, *below)))
        number = answer.headers.get("ETag", "").strip('"')
        for one in await self.history(tenant):
            if str(one.kept.version) == number:
                return ShownVersion(one.kept, answer.body.decode("utf-8", "replace"))
        raise ChangedMeanwhileError(f"tenant {tenant!r} was changed meanwhile", "ask again")

    async def compare(self, tenant: TenantId, before: int, after: int) -> Comparison:
        """What one version that is kept has otherwise than another."""
        path, query = tenant_path(tenant, "configuration", "diff"), {"from": before, "to": after}
        found = read(await self._server.ask(Question("GET", path, query)), ComparisonFacts)
        return Comparison(before, after, found.part, found.changes, found.diff)

    async def _planned(self, tenant: TenantId, text: str, name: str) -> Change:
        path, condition = tenant_path(tenant, "configuration"), await self._condition(tenant)
        return await self._dry_run(tenant, Question("PUT", path, {"file": name}, text, condition))

    async def _planned_back(self, tenant: TenantId, version: int | None, part: Part) -> Change:
        path, query = tenant_path(tenant, "configuration", "rollback"), {"to": version, "part": part.value}
        return await self._dry_run(tenant, Question("POST", path, query, None, await self._condition(tenant)))

    async def _dry_run(self, tenant: TenantId, asked: Question) -> AskedChange:
        found = read(await self._server.ask(replace(asked, query={**asked.query, "dry_run": "true"})), ChangeFacts)
        return AskedChange(
            tenant=tenant,
            before=found.before or 0,
            after=found.version,
            summary=found.summary,
            diff=found.diff,
            moving=found.moving_messages,
            text=asked.body if isinstance(asked.body, str) else "",
            source=str(asked.query.get("file", "")),
            part=found.part,
            lowered=found.lowered,
            question=asked,
        )

    async def _condition(self, tenant: TenantId) -> dict[str, str]:
        """Of which version a change is made: of the active one, or of none."""
        try:
            found = read(await self._server.ask(Question("GET", tenant_path(tenant))), TenantFacts)
        except OperationError:
            return {"If-None-Match": "*"}
        return seen(found.version)


class RemoteRemoving:
    """See `Removing`."""

    def __init__(self, server: ControlServer) -> None:
        self._server = server

    async def delete(self, tenant: TenantId, version: int) -> None:
        """Delete a tenant whose active version is this one."""
        await self._server.ask(Question("DELETE", tenant_path(tenant), headers={"If-Match": f'"{version}"'}))


def seen(version: int | None) -> dict[str, str]:
    """What says of which version a change is made; None is of none."""
    return {"If-None-Match": "*"} if version is None else {"If-Match": f'"{version}"'}


def entry_of(one: VersionFacts) -> HistoryEntry:
    """A version as it is listed."""
    made_by = Provenance(one.author, one.login, one.source, one.message, one.part, one.source_ref)
    recorded = Recorded(made_by, one.digest)
    kept = ListedVersion(one.version, "", one.applied_at, one.active, recorded, listed_digest=one.digest)
    return HistoryEntry(kept, one.summary)
