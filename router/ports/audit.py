"""What is audited, and what the audit log needs of the outside world.

The fields are those of Kubernetes' audit events and of CloudTrail. What names a person (`Actor.display`,
`Origin.address`) is sealed before it is stored; a `subject` stays readable, so that an auditor can search for it.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from router.core.model.alert import TenantId
from router.core.model.instant import Instant, Span
from router.ports.idempotency import Claim


class Action(StrEnum):
    """What was done, or attempted."""

    TENANT_ADOPT = "tenant.adopt"
    TENANT_APPLY = "tenant.apply"
    TENANT_ROLLBACK = "tenant.rollback"
    TENANT_REMOVE = "tenant.remove"
    TENANT_SUSPEND = "tenant.suspend"
    TENANT_RESUME = "tenant.resume"
    TENANT_EXPORT = "tenant.export"
    TENANT_ERASE = "tenant.erase"
    TENANT_ERASED = "tenant.erased"
    SUBJECT_PLAN = "subject.plan"
    """Somebody looked, by the control API, whether a person is stored."""
    SUBJECT_EXPORT = "subject.export"
    SUBJECT_ERASE = "subject.erase"
    """The erasure of a person was begun, by the control API."""
    SUBJECT_ERASED = "subject.erased"
    DRIFT_ADOPT = "drift.adopt"
    DRIFT_DISCARD = "drift.discard"
    TOKEN_CREATE = "token.create"  # noqa: S105 - an action
    TOKEN_REVOKE = "token.revoke"  # noqa: S105 - an action
    SECRET_SET = "secret.set"  # noqa: S105 - an action
    SECRET_REMOVE = "secret.remove"  # noqa: S105 - an action
    SEALING_ROTATE = "sealing.rotate"
    """By somebody: what workers do by themselves they log."""
    SEALING_REWRAP = "sealing.rewrap"
    SEALING_RESEAL = "sealing.reseal"
    SEALING_DESTROY = "sealing.destroy"
    SILENCE_ADD = "silence.add"
    SILENCE_EXPIRE = "silence.expire"
    DEADLETTER_REDRIVE = "deadletter.redrive"
    AUDIT_EXPORT = "audit.export"
    KEY_CREATE = "key.create"
    KEY_REVOKE = "key.revoke"
    PROPOSAL_MAKE = "proposal.make"
    PROPOSAL_APPROVE = "proposal.approve"
    PROPOSAL_REJECT = "proposal.reject"
    """Or withdrawn, by whoever made it."""
    ACCESS_APPLY = "access.apply"
    """A version of the access document, also an earlier one again."""
    ACCESS_DENIED = "access.denied"
    """Somebody asked for what they may not; `resource` says what."""


class ActorKind(StrEnum):
    """Who acts."""

    USER = "user"
    KEY = "key"
    WORKLOAD = "workload"
    SLACK = "slack"
    SYSTEM = "system"
    BREAK_GLASS = "break_glass"
    """Somebody who went past control on purpose, because it was burning."""


class Interface(StrEnum):
    """By which face it came."""

    COMMAND_LINE = "command_line"
    API = "api"
    CONSOLE = "console"
    SLACK = "slack"
    CONTROL = "control"
    """By itself: a projector, a janitor."""


class Outcome(StrEnum):
    """What came of it."""

    DONE = "done"
    DENIED = "denied"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `subject` as `issuer` knows them (a login, a key's id), `display` as people do."""

    kind: ActorKind
    subject: str
    issuer: str = ""
    display: str = ""
    session: str = ""
    on_behalf_of: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """From where: `address` is an IP address or a host."""

    interface: Interface
    address: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a resource and the digest of what it held: SHA-256 as hex."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a change changed; None is absent. Of a secret only a keyed digest stands here."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether it was allowed, and the rule that decided."""

    allowed: bool
    rule: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One attempt to do something, whatever came of it. `id` is unique; what nobody knows is "" or None.

    `claim` is of a request that is to be carried out once: it is stored with the change, given up with a failure, and
    not a part of what is written of it.
    """

    id: str
    action: Action
    actor: Actor
    origin: Origin
    decision: Ruling
    outcome: Outcome
    tenant: TenantId | None = None
    resource: str = ""
    before: Version | None = None
    after: Version | None = None
    diff: tuple[Difference, ...] = ()
    reason: str = ""
    request_id: str = ""
    trace: str = ""
    error: str = ""
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An entry as it is stored.

    `seq` counts from 0 without a gap, `entry` is what the tree commits to, `leaf` its hash; `tenant` and `at` are
    copied out of it to be searched for.
    """

    seq: int
    entry: bytes
    leaf: bytes
    tenant: TenantId | None
    at: Instant


@dataclass(frozen=True, slots=True)
class AuditHead:
    """How many entries there are, and the right edge of their tree: 32 bytes a complete subtree, widest first."""

    size: int
    edge: bytes


Append = Callable[[AuditHead, Entry, Instant], tuple[AuditRow, AuditHead]]
"""The row of the next entry, and the head after it."""


class PersonalField(StrEnum):
    """What of an entry names a person."""

    DISPLAY = "actor.display"
    ADDRESS = "from.ip"


@dataclass(frozen=True, slots=True)
class PersonalPart:
    """Where something that names a person stands: in which entry, by its id, and in which field."""

    entry: str
    tenant: TenantId | None
    field: PersonalField


Seal = Callable[[PersonalPart, str], str]
"""What names a person, as text that can be made unreadable by giving up a key; "" where it is not to be kept."""

Unseal = Callable[[PersonalPart, str], str | None]
"""What was sealed there; None where it cannot be opened."""

IsSignature = Callable[[bytes, bytes, bytes], bool]
"""Whether by this public key (32 bytes) this message has this signature: Ed25519."""


class NoteSigner(Protocol):
    """Signs notes with Ed25519; no method raises."""

    name: str
    """What the key is called: the log's origin."""
    public: bytes
    """The public key: 32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """The signature of a message: 64 bytes."""


class AuditSnapshot(Protocol):
    """The log as it was at one moment. Every method may raise UnavailableError."""

    async def head(self) -> AuditHead:
        """How many entries there are, and the edge of their tree."""

    def rows(self, tenant: TenantId | None = None) -> AsyncIterator[AuditRow]:
        """All rows, or those of one tenant, oldest first."""

    def leaves(self, since: int = 0) -> AsyncIterator[bytes]:
        """The leaves of all rows from this place on, oldest first."""

    async def newest(self, tenant: TenantId | None, before: int | None, limit: int) -> list[AuditRow]:
        """The newest rows, or those of one tenant, newest first; only those before a place, where one is given."""

    async def checkpoints(self) -> list[str]:
        """The notes of all checkpoints, oldest first."""

    async def last_checkpoint(self) -> str | None:
        """The note of the one that covers most entries; None where there is none."""


class AuditLog(Protocol):
    """The audit log, for whoever reads it and signs its checkpoints."""

    def snapshot(self) -> AbstractAsyncContextManager[AuditSnapshot]:
        """What it holds now. Raises UnavailableError."""

    async def keep(self, size: int, note: str) -> bool:
        """Store the checkpoint of so many entries; False if there is one. Raises UnavailableError."""

    async def unsigned_for(self) -> Span:
        """For how long the oldest entry has stood there that no checkpoint covers. Raises UnavailableError."""
