"""What commands ask: of the record and Redis where they run, or of a control API; either answers the same.

Every method may raise UnavailableError; by a control API also OperationError, where the caller may not.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

from router.config.stored import StoredDocument
from router.control.change import Change
from router.control.comparison import Comparison
from router.control.explain.asked import Asked
from router.control.explain.explained import Explained
from router.control.exporting import Line
from router.control.history import HistoryEntry
from router.control.keys import KeyRequest
from router.control.letters.dead_letters import Filter, Listed
from router.control.letters.reading import ReadableLetter
from router.control.letters.redrive import Redriven
from router.control.offboard import Belongings
from router.control.ownership import Claim
from router.control.parts import WrittenPlatform, WrittenRules
from router.control.secrets import SecretUse
from router.control.silences import ListedSilence, SilenceRequest
from router.control.subject_erasing import SubjectMessages
from router.control.subject_report import SubjectReport
from router.control.tenants import ShownVersion
from router.control.tokens import ChangingTokens, RotatedToken
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.model.rules.names import SecretName
from router.core.model.rules.silence import Silence
from router.ports.audit import AuditRow
from router.ports.control import KeptVersion
from router.ports.identity import ApiKey
from router.ports.provenance import UNKNOWN, Provenance
from router.ports.tenants import ActiveDocument


class Configurations(Protocol):
    """Tenants' configurations; see `TenantControl`."""

    async def all_active(self) -> list[ActiveDocument]:
        """The active configurations of all tenants, in the order of their names; of an API without their texts."""

    async def held_since(self) -> Instant:
        """Since when sending is on hold for everybody; NEVER while it is not."""

    async def plan(self, content: StoredDocument, name: str) -> Change:
        """What applying a document would change; nothing is stored. `name` is what the diff calls it."""

    async def plan_part(self, part: WrittenRules | WrittenPlatform) -> Change:
        """What applying one part would change, beside the other part as it is; nothing is stored."""

    async def plan_rollback(self, tenant: TenantId, version: int | None = None) -> Change:
        """What activating an earlier version again would change; without `version`, the one before."""

    async def plan_rules_rollback(self, tenant: TenantId, version: int | None = None) -> Change:
        """What the tenant's part of an earlier version would change; the operator's part stays."""

    async def publish(self, change: Change, by: Provenance = UNKNOWN, claim: Claim = Claim.KEEP) -> None:
        """Store a change that was planned here as the next version, and make it the active one.

        Raises:
            ChangedMeanwhileError: the tenant's configuration was changed since the change was planned.
            OperationError: the active version is of another source, and that is not to be taken over.
        """

    async def history(self, tenant: TenantId) -> list[HistoryEntry]:
        """The versions that are kept, newest first, and what each of them changed."""

    async def show(self, tenant: TenantId, version: int | None = None) -> ShownVersion:
        """A version with its author's text; the active one without `version`."""

    async def compare(self, tenant: TenantId, before: int, after: int) -> Comparison:
        """What one version that is kept has otherwise than another."""


class SenderTokens(ChangingTokens, Protocol):
    """Senders' tokens; see `TokenControl`."""

    async def rotate(self, tenant: TenantId, *, force: bool) -> RotatedToken:
        """A new token; where there are two already, the older one is revoked for it."""

    async def is_live(self, tenant: TenantId, token: str) -> bool:
        """Whether this is a token of the tenant that has not been revoked."""


class TenantSecrets(Protocol):
    """Tenants' secrets, which nobody reads back; see `SecretControl`."""

    async def prepare(self, tenant: TenantId, name: SecretName) -> SecretUse:
        """Check that a secret can be stored, before anybody is asked for it, and say whether it would be used."""

    async def put(self, tenant: TenantId, name: SecretName, value: str) -> None:
        """Store a secret, replacing the one before."""

    async def names(self, tenant: TenantId) -> list[SecretName]:
        """The names of a tenant's secrets, in order."""

    async def delete(self, tenant: TenantId, name: SecretName, *, force: bool) -> None:
        """Delete a stored secret; with `force` also one that the active configuration names."""


class Deleting(Protocol):
    """What deletes a tenant; see `Offboarding`."""

    async def belongings(self, tenant: TenantId) -> Belongings:
        """What would go."""

    async def delete(self, tenant: TenantId) -> None:
        """Delete all of it."""


class ApiKeys(Protocol):
    """Keys of the control API; see `KeyControl`."""

    async def create(self, request: KeyRequest) -> tuple[str, ApiKey]:
        """A new key, which cannot be shown again."""

    async def live(self, tenant: TenantId | None) -> list[ApiKey]:
        """The keys of a tenant, or of the installation, that are not revoked, oldest first."""

    async def revoke(self, tenant: TenantId | None, id_: str) -> bool:
        """Revoke a key; False if there is none of this id."""


class Silencing(Protocol):
    """Tenants' silences; see `SilenceControl`."""

    async def add(self, tenant: TenantId, request: SilenceRequest) -> Silence:
        """Store a new silence; a control API names its author itself."""

    async def listed(self, tenant: TenantId, *, expired: bool) -> list[ListedSilence]:
        """The silences that are active or to come, with `expired` also those that are over; by when they end."""

    async def expire(self, tenant: TenantId, silence_id: str) -> bool:
        """End a silence now; False if it was over already."""


class AccessDocuments(Protocol):
    """The stored access document; see `AccessControl`."""

    async def plan(self, text: str, name: str) -> Change:
        """What applying a text would change; nothing is stored. `name` is what its diff and its mistakes call it."""

    async def plan_rollback(self, version: int | None = None) -> Change:
        """What an earlier version would change; without `version`, the one before."""

    async def publish(self, change: Change, by: Provenance = UNKNOWN) -> None:
        """Store a change that was planned here as the next version.

        Raises:
            ChangedMeanwhileError: the document was changed since.
            OperationError: it takes a second person, and is proposed.
        """

    async def history(self) -> list[HistoryEntry]:
        """The versions, newest first, and what each of them changed."""

    async def show(self, version: int | None = None) -> KeptVersion:
        """A version; the one in force without `version`."""


class Explaining(Protocol):
    """Why alerts are notified or not, as they stand now; see `ExplainingInWords`."""

    async def explain(self, tenant: TenantId, asked: Asked, language: str = "") -> list[Explained]:
        """One for each alert that fits, in a language, by default the tenant's."""


class DeadLetters(Protocol):
    """Dead letters; see `DeadLetterControl`. A control API has of a tenant those that are surely its own."""

    async def now(self) -> Instant:
        """By which time it is counted how long ago something was."""

    async def newest(self, wanted: Filter, limit: int) -> Listed:
        """The newest of these letters, without their bodies."""

    async def shown(self, wanted: Filter) -> tuple[ReadableLetter, Instant]:
        """What anybody may read of the letter of this id, and when it was redriven."""

    async def whole(self, wanted: Filter) -> tuple[ReadableLetter, Instant]:
        """All of it; nobody gets that of a control API."""

    async def redrive(
        self, wanted: Filter, limit: int, done: Callable[[Redriven], None], *, force: bool = False
    ) -> None:
        """Append these letters again, at most `limit`, and hand over what became of each."""


class People(Protocol):
    """People whose data a tenant exports or erases; see `SubjectErasing`."""

    async def plan(self, tenant: TenantId, value: str) -> SubjectReport:
        """What is stored of a person now, and how far an erasure has come; nothing is changed."""

    async def erase(
        self, tenant: TenantId, value: str, messages: SubjectMessages, *, leave_stuck: bool
    ) -> SubjectReport:
        """Erase a person, or go on with that, as far as it goes now."""

    def export(self, tenant: TenantId, value: str) -> AsyncIterator[Line]:
        """The alert groups that hold a person, as lines of their file; noted before the first."""


class AuditEntries(Protocol):
    """The audit log, newest first; see `AuditControl`."""

    async def newest(self, tenant: TenantId | None, before: int | None, limit: int) -> Sequence[AuditRow]:
        """The newest rows before an entry, newest first."""
