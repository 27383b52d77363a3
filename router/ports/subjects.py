"""People whose data a tenant has erased, as far as ingest must know of them, and how far each erasure has come.

As for all ports, every method may raise UnavailableError, and what is asked may be asked again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from router.core.match.subject import Subjects
from router.core.model.alert import TenantId
from router.core.model.group import MessageRef
from router.core.model.instant import NEVER, SECOND, Instant, Span

SPREADS: Final = Span(3 * SECOND)
"""Workers read lists several times a second: after so long nobody folds by one without the person."""
_MARK: Final = "erased-"


@dataclass(frozen=True, slots=True)
class ErasedSubject:
    """One person: an id that says nothing, the digest, and until when ingest hides what names the person.

    `hidden` is how many alert groups are known to have been stored without the person, `deleted` the messages that
    were deleted. The erasure is certified at `ended_at`, NEVER while a step is open.
    """

    subject_id: str
    digest: bytes
    until: Instant
    begun_at: Instant
    ended_at: Instant = NEVER
    hidden: int = 0
    deleted: tuple[MessageRef, ...] = ()

    @property
    def mark(self) -> str:
        """What stands in the place of what names the person."""
        return f"{_MARK}{self.subject_id}"


@dataclass(frozen=True, slots=True)
class SubjectList:
    """A tenant's list: the key of its digests, b"" where there is none yet, and those whose time has not passed."""

    key: bytes = b""
    all: tuple[ErasedSubject, ...] = ()

    @property
    def subjects(self) -> Subjects:
        """They, to be found in texts."""
        return subjects_of(self.key, self.all)

    def find(self, digest: bytes) -> ErasedSubject | None:
        """The one with this digest."""
        return next((one for one in self.all if one.digest == digest), None)


def subjects_of(key: bytes, listed: Iterable[ErasedSubject]) -> Subjects:
    """Some of a list, to be found in texts."""
    return Subjects(key, {one.digest: one.mark for one in listed})


class SubjectLists(Protocol):
    """The lists of all tenants."""

    async def of(self, tenant: TenantId) -> SubjectList:
        """A tenant's list."""

    async def begin(self, tenant: TenantId, key: bytes) -> bytes:
        """The key of the tenant's digests: the one that is stored, or else this one from now on."""

    async def keep(self, tenant: TenantId, subject: ErasedSubject) -> None:
        """Store one of a list that was begun, in place of what was stored of it, and announce it."""
