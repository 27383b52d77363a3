"""Tenants' configurations, senders' tokens, secrets, and the localizations they are rendered with."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from router.core.cell import CellName
from router.core.match.subject import NO_SUBJECTS, Subjects
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.core.model.rules.names import SecretName
from router.core.model.rules.receiver import Layout
from router.core.model.rules.silence import Silence
from router.core.render.localizer import Localizer
from router.ports.signing import Untrusted


@dataclass(frozen=True, slots=True)
class ActiveDocument:
    """A tenant's active configuration as stored; since when nothing is sent for it, NEVER while it is served.

    `unproven` is whether Redis may have lost data of the tenant, which nobody has put together again yet. `silences`
    are those that are active or to come. A text that is `untrusted` is not to be taken for a configuration.
    """

    tenant: TenantId
    version: int
    text: str
    suspended_since: Instant = NEVER
    unproven: bool = False
    silences: tuple[Silence, ...] = ()
    untrusted: Untrusted | None = None
    subjects: Subjects = NO_SUBJECTS
    """People whose data was erased, as long as ingest hides them."""


class Absence(Enum):
    """Why a tenant has no active document."""

    UNKNOWN = "unknown"
    """There was never one, as far back as anybody could still send for it."""
    REMOVED = "removed"
    ERASED = "erased"
    """It was erased, or is being: its id is never given again."""
    LOST = "lost"
    """There was one and nobody has removed it, or that cannot be ruled out: Redis has lost data."""


class Tenants(Protocol):
    """Active configurations."""

    async def active(self, tenant: TenantId) -> ActiveDocument | None:
        """The tenant's active document; None for a tenant that has none."""

    def active_of(self, tenants: Sequence[TenantId]) -> AsyncIterator[Mapping[TenantId, ActiveDocument | None]]:
        """The active documents of many tenants, some megabytes at a time; left out where Redis does not answer.

        Raises:
            UnavailableError: it answers for none of the next ones.
        """

    async def changed_since(self, sequence: int) -> tuple[list[TenantId], int]:
        """Tenants activated after that number of the sequence, and the newest number."""

    async def held_since(self) -> Instant:
        """Since when sending is on hold for everybody; NEVER while it is not."""

    async def absence(self, tenant: TenantId) -> Absence:
        """Why a tenant has no active document, by what the index holds."""


class Whereabouts(Protocol):
    """Which tenants are of other cells."""

    async def changed_since(self, sequence: int) -> tuple[list[TenantId], int]:
        """Tenants of whom something was announced after that number of the sequence, and the newest number."""

    async def elsewhere(self, tenants: Sequence[TenantId]) -> Mapping[TenantId, CellName]:
        """Of these the ones that are of other cells, each with its cell."""


@dataclass(frozen=True, slots=True)
class TokenChanges:
    """Tokens by digest that were added, or revoked (None), after a number of the sequence, and the newest number.

    `stored` is how many tokens there are in all, `complete` False where more was changed than is remembered.
    `generation` is that of the index, "" where there is none; `doubtful` whether a token that is not known may have
    been lost.
    """

    changed: Mapping[str, TenantId | None]
    newest: int
    stored: int
    complete: bool
    generation: str
    doubtful: bool


class Tokens(Protocol):
    """Senders' tokens by digest."""

    async def tenant_of(self, digest: str) -> TenantId | None:
        """Whose token it is."""

    async def all(self) -> dict[str, TenantId]:
        """Every token that is good."""

    async def changed_since(self, sequence: int) -> TokenChanges:
        """What is new for whoever knows all tokens as they were at that number of the sequence."""

    async def note_uses(self, digests: Collection[str]) -> None:
        """Store that these were used just now."""

    async def bring_back(self, tokens: Mapping[str, TenantId]) -> None:
        """Store tokens that were lost; not those that were revoked since."""


class Secrets(Protocol):
    """Tenants' secrets."""

    async def find(self, tenant: TenantId, name: SecretName) -> str:
        """The secret.

        Raises:
            SecretNotFoundError: it is nowhere under the tenant's own name.
        """


class Localizations(Protocol):
    """Templates and translations, ready for a locale, a time zone and a layout; never fails for what was loaded."""

    def localizer(self, locale: str, time_zone: str, layout: Layout) -> Localizer:
        """How a message is written there."""
