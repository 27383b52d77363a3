"""Entries, logs and keys for the tests of the audit log."""

from collections.abc import Sequence
from typing import Final

from router.adapters.crypto.notes import NoteKey
from router.control.audit.appending import Appending
from router.control.audit.checkpoint import Checkpoint
from router.control.audit.tree import EMPTY_ROOT, Edge, append, from_head, root, to_head
from router.control.audit.verifying import Anchor
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.ports.audit import (
    Action,
    Actor,
    ActorKind,
    AuditHead,
    AuditRow,
    Entry,
    Interface,
    Origin,
    Outcome,
    PersonalPart,
    Ruling,
    Version,
)

ORIGIN: Final = "audit.example.com/alert-router"
BEGINNING: Final = Instant(1_796_000_000_000_123)


def hidden(part: PersonalPart, text: str) -> str:
    """A sealer that a test can see through."""
    return f"<{part.tenant}:{part.field}:{len(text)}>"


def an_entry(number: int = 0, tenant: str | None = "acme", reason: str = "on call") -> Entry:
    return Entry(
        id=f"{number:032x}",
        action=Action.TENANT_APPLY,
        actor=Actor(ActorKind.USER, "root@ci-7", issuer="login", display="Ana"),
        origin=Origin(Interface.COMMAND_LINE, address="192.0.2.7"),
        decision=Ruling(allowed=True, rule="operator"),
        outcome=Outcome.DONE,
        tenant=None if tenant is None else TenantId(tenant),
        resource="configuration",
        before=Version(number, "ab" * 32),
        after=Version(number + 1, "cd" * 32),
        reason=reason,
    )


def a_log(size: int, reason: str = "on call") -> tuple[list[AuditRow], AuditHead]:
    """A log of so many entries, of two tenants in turn, and its head."""
    appended, head, rows = Appending(hidden), AuditHead(0, b""), list[AuditRow]()
    for number in range(size):
        entry = an_entry(number, ("acme", "blue")[number % 2], reason)
        row, head = appended(head, entry, Instant(BEGINNING + number))
        rows.append(row)
    return rows, head


def head_of(rows: Sequence[AuditRow]) -> AuditHead:
    """What an attacker would store beside these."""
    edge = Edge()
    for row in rows:
        edge = append(edge, row.leaf)
    return to_head(edge)


def checkpoint_of(rows: Sequence[AuditRow]) -> Checkpoint:
    head = head_of(rows)
    return Checkpoint(ORIGIN, head.size, root(from_head(head)) if rows else EMPTY_ROOT)


def anchors(rows: Sequence[AuditRow], *sizes: int) -> list[Anchor]:
    """Checkpoints that were signed when the log had so many entries."""
    return [Anchor(checkpoint_of(rows[:size]), f"at {size}") for size in sizes]


def a_key(name: str = ORIGIN) -> NoteKey:
    return NoteKey(name, bytes(range(32)))
