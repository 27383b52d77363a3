"""Plan a change of a tenant's configuration: its diff, its summary, and the live messages that would move.

A message moves when an alert that fires in it no longer belongs there. The count is as of now: alerts that arrive
later may move others.
"""

import difflib
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from router.config import stored
from router.config.changes import summary
from router.config.compile.tenant import compile_tenant
from router.config.joined import platform_text, rules_text
from router.config.stored import StoredDocument
from router.core.budget.ceilings import DEFAULT_CEILINGS, Ceilings
from router.core.engine import route_again
from router.core.model.alert import TenantId
from router.core.model.rules.tenant import Tenant
from router.errors import ConfigurationError
from router.ports.control import StoredGroups
from router.ports.provenance import Part
from router.ports.tenants import ActiveDocument


@dataclass(frozen=True, slots=True)
class Candidate:
    """A configuration that may become a tenant's next version: `name` is what its diff calls it."""

    content: StoredDocument
    text: str
    """As it would be stored."""
    name: str
    platform_text: str | None
    """The text in which its author wrote the operator's part; None where that part stays as it is."""

    @classmethod
    def of(cls, content: StoredDocument, name: str) -> Self:
        """A document that is not stored yet."""
        return cls(content, stored.dump(content.document, content.source_text), name, content.source_text)

    @property
    def tenant(self) -> TenantId:
        """Whose configuration it is."""
        return self.content.document.tenant


@dataclass(frozen=True, slots=True)
class Change:
    """From the active version (0: none) to the next one; both are equal if nothing changes."""

    tenant: TenantId
    before: int
    after: int
    summary: str
    diff: str
    moving: int
    text: str
    source: str
    """A file, or the version that it was before."""
    part: Part = Part.BOTH
    lowered: tuple[str, ...] = ()
    """The keys that get less than they say, by the ceilings of the installation."""

    @property
    def unchanged(self) -> bool:
        """Whether the document is active already."""
        return self.before == self.after


async def plan_change(
    candidate: Candidate,
    active: ActiveDocument | None,
    groups: StoredGroups,
    ceilings: Ceilings = DEFAULT_CEILINGS,
) -> Change:
    """What activating the candidate would change."""
    tenant = candidate.tenant
    if active is not None and active.text == candidate.text:
        return Change(tenant, active.version, active.version, "unchanged", "", 0, candidate.text, candidate.name)
    version = active.version if active else 0
    before = _loaded(active.text) if active else None
    rules = compile_tenant(candidate.content.document, version + 1)
    return Change(
        tenant=tenant,
        before=version,
        after=version + 1,
        summary=_summary(before, candidate.content, version),
        diff=_diff(before, candidate, f"{tenant} version {version}") if before else "",
        moving=await count_moving(groups, rules) if active else 0,
        text=candidate.text,
        source=candidate.name,
        part=changed_part(before, candidate.content),
        lowered=ceilings.lowered(rules),
    )


def changed_part(before: StoredDocument | None, after: StoredDocument) -> Part:
    """Which part differs, in what it means or, where both mean the same, in how it is written."""
    if before is None:
        return Part.BOTH
    platform = before.document.platform != after.document.platform
    rules = before.document.model_copy(update={"platform": after.document.platform}) != after.document
    if platform == rules:
        return Part.BOTH if platform else _rewritten_part(before.source_text, after.source_text)
    return Part.PLATFORM if platform else Part.TENANT


def _rewritten_part(before: str, after: str) -> Part:
    """Which part is written differently; both where they cannot be told apart."""
    with suppress(ConfigurationError):
        if rules_text(before) == rules_text(after):
            return Part.PLATFORM
        if platform_text(before) == platform_text(after):
            return Part.TENANT
    return Part.BOTH


async def count_moving(groups: StoredGroups, tenant: Tenant) -> int:
    """How many live messages of the tenant would move under these rules."""
    moving = 0
    async for group in groups.everything(tenant.tenant_id):
        if group.posted is not None and not group.closed and route_again(group, tenant).leaving:
            moving += 1
    return moving


def _loaded(text: str) -> StoredDocument | None:
    try:
        return stored.load(text)
    except ConfigurationError:
        return None


def _summary(before: StoredDocument | None, after: StoredDocument, version: int) -> str:
    if before is None and version:
        return f"replaces version {version}, which this program cannot read"
    return summary(before.document if before else None, after.document)


def _diff(before: StoredDocument, after: Candidate, name: str) -> str:
    return text_diff((name, before.source_text), (after.name, after.content.source_text))


def text_diff(before: tuple[str, str], after: tuple[str, str]) -> str:
    """The unified diff of two texts, each with its name."""
    old, new = before[1].splitlines(), after[1].splitlines()
    return "\n".join(difflib.unified_diff(old, new, before[0], after[0], lineterm=""))
