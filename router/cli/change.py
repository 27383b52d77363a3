"""A new version of a tenant's configuration as it is shown before it holds: what changes, and what moves."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.tenants import TenantRepository
from router.cli.paint import painted_diff
from router.config import stored
from router.config.changes import summary
from router.config.compiler import compile_tenant
from router.config.stored import StoredDocument
from router.control.change import count_moving
from router.core.model.alert import TenantId
from router.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Change:
    """From the active version (0: none) to the next one; equal versions where nothing changes."""

    tenant: TenantId
    before: int
    after: int
    summary: str
    diff: str
    moving: int
    text: str

    @property
    def unchanged(self) -> bool:
        """Whether the document is active already."""
        return self.before == self.after


async def plan_change(connection: Connection, document: StoredDocument, source: str, text: str) -> Change:
    """What applying the document would do; `source` is what the diff calls it, `text` how it will be stored."""
    tenant = TenantId(document.document.tenant)
    active = await TenantRepository(connection).active(tenant)
    if active is not None and active.text == text:
        return Change(tenant, active.version, active.version, "unchanged", "", 0, text)
    version = active.version if active else 0
    before = _readable(active.text) if active else None
    rules = compile_tenant(document.document, version + 1)
    return Change(
        tenant=tenant,
        before=version,
        after=version + 1,
        summary=_summary(before, document, version),
        diff=_diff(before.source_text, document.source_text, f"{tenant} version {version}", source) if before else "",
        moving=await count_moving(GroupStore(connection), rules) if active else 0,
        text=text,
    )


class Tense(NamedTuple):
    """How a change is spoken of."""

    active: str
    move: str


PLANNED: Final = Tense("would be active", "would move")
DONE: Final = Tense("is active", "move")


def shown(change: Change, tense: Tense) -> Iterable[str]:
    """The lines for people: the diff, and one that says it all."""
    if change.unchanged:
        yield f"tenant {change.tenant}: unchanged, version {change.after} stays active"
        return
    if change.diff:
        yield painted_diff(change.diff)
    moving = f"; live messages that {tense.move}: {change.moving}" if change.moving else ""
    yield f"tenant {change.tenant}: version {change.after} {tense.active}: {change.summary}{moving}"


def change_json(change: Change, *, stored: bool) -> dict[str, object]:
    """The same for programs."""
    return {
        "tenant": change.tenant,
        "changed": not change.unchanged,
        "stored": stored and not change.unchanged,
        "version": change.after,
        "before": change.before or None,
        "summary": change.summary,
        "moving_messages": change.moving,
        "diff": change.diff,
    }


def _readable(text: str) -> StoredDocument | None:
    try:
        return stored.load(text)
    except ConfigurationError:
        return None


def _summary(before: StoredDocument | None, document: StoredDocument, version: int) -> str:
    if before is None and version:
        return f"in place of version {version}, which this program cannot read"
    return summary(before.document if before else None, document.document)


def _diff(before: str, after: str, old_name: str, new_name: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), old_name, new_name, lineterm="")
    return "\n".join(lines)
