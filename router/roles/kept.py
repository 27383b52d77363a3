"""A tenant's configuration as a process keeps it: packed, a tenth of what its compiled rules take."""

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from router.config.stored import has_own_keys, pool_of, shard_size_of
from router.core.match.subject import NO_SUBJECTS, Subjects
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.core.model.rules.silence import Silence
from router.core.pool import SHARED, Pool
from router.ports.tenants import ActiveDocument

_LEVEL: Final = 6
_HEARTBEATS: Final = '"heartbeats":[{'
"""How a stored document begins them."""
_PART: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Good:
    """A text that rules are compiled of, deflated, and the version that it is; `size` is its length in characters."""

    packed: bytes
    version: int
    size: int
    is_sealed: bool = False
    """Whether by it what is stored of the tenant is sealed: known without compiling it."""
    pool: Pool = SHARED
    """The pool that it names, known likewise."""
    shard_size: int | None = None
    """How many partitions it wants, known likewise; None: any of all."""

    @classmethod
    def of(cls, document: ActiveDocument) -> "Good":
        """The document's text."""
        packer = zlib.compressobj(_LEVEL)
        packed = [packer.compress(part) for part in _parts(document.text)]
        packed.append(packer.flush())
        text = document.text
        looked_up = (has_own_keys(text), pool_of(text), shard_size_of(text))
        return cls(b"".join(packed), document.version, len(text), *looked_up)

    @property
    def text(self) -> str:
        """The text as it was stored."""
        return zlib.decompress(self.packed).decode()


@dataclass(frozen=True, slots=True)
class Kept:
    """The number in force, the digest of its text, and the last good text: None while there has never been one."""

    version: int
    digest: bytes
    suspended: bool
    good: Good | None = None
    unproven: bool = False
    """Whether lost data of the tenant is still to be put together."""
    watched: bool = False
    """Whether there may be heartbeats in it: known without compiling it, since nothing may ever come in for it."""
    silences: tuple[Silence, ...] = ()
    """Those that were active or to come when they were read; they change without a new version."""
    subjects: Subjects = NO_SUBJECTS
    """People whose data was erased, as they were read; they change without a new version."""
    untrusted: bool = False
    """Whether it is not what somebody with a key has applied, so that it is nothing to compile."""

    @classmethod
    def of(cls, document: ActiveDocument, good: Good | None = None) -> "Kept":
        """A document that is active, with what is good so far."""
        suspended, watched = document.suspended_since != NEVER, _HEARTBEATS in document.text
        return cls(
            document.version,
            _digest(document),
            suspended,
            good,
            document.unproven,
            watched,
            document.silences,
            document.subjects,
            document.untrusted is not None,
        )

    @property
    def beside(self) -> tuple[tuple[Silence, ...], Subjects]:
        """What changes without a new version, and is part of the rules."""
        return self.silences, self.subjects

    def is_text_of(self, document: ActiveDocument) -> bool:
        """Whether this is that version with that text; versions begin again where Redis has lost its data.

        What was not to be trusted and is now counts as new; what is known stays, whatever is done to its signature.
        """
        is_to_be_taken = self.untrusted and document.untrusted is None
        return self.version == document.version and self.digest == _digest(document) and not is_to_be_taken

    def as_now(self, document: ActiveDocument) -> "Kept":
        """The same text with what else the document says."""
        suspended = document.suspended_since != NEVER
        return replace(
            self,
            suspended=suspended,
            unproven=document.unproven,
            silences=document.silences,
            subjects=document.subjects,
        )

    def is_same_text(self, other: "Kept") -> bool:
        """Whether both are of the same version and text."""
        return (self.version, self.digest) == (other.version, other.digest)

    def with_good(self, good: Good | None) -> "Kept":
        """The same with another good text."""
        return replace(self, good=good)


class KeptTenants:
    """What is kept of all tenants. In it are those, and it goes over those, of whom there is a good text."""

    def __init__(self) -> None:
        self._kept: dict[TenantId, Kept] = {}
        self.suspended: set[TenantId] = set()
        """For whom an operator wants nothing sent."""
        self.unproven: set[TenantId] = set()
        """Whose lost data is still to be put together; until then nothing is to be sent for them either."""
        self.watched: set[TenantId] = set()
        """Who may expect heartbeats."""
        self.sealed: set[TenantId] = set()
        """Whose data is sealed."""
        self.pools: dict[TenantId, Pool] = {}
        """Who names a pool."""
        self.shard_sizes: dict[TenantId, int] = {}
        """Who wants so many partitions and no more."""

    def get(self, tenant: TenantId) -> Kept | None:
        """What is kept of the tenant."""
        return self._kept.get(tenant)

    def good(self, tenant: TenantId) -> Good | None:
        """The tenant's good text."""
        kept = self._kept.get(tenant)
        return None if kept is None else kept.good

    def put(self, tenant: TenantId, kept: Kept) -> None:
        """Keep this in place of what was kept before."""
        self._kept[tenant] = kept
        if kept.watched:
            self.watched.add(tenant)
        (self.suspended.add if kept.suspended else self.suspended.discard)(tenant)
        sealed = kept.good is not None and kept.good.is_sealed
        (self.sealed.add if sealed else self.sealed.discard)(tenant)
        (self.unproven.add if kept.unproven else self.unproven.discard)(tenant)
        self.pools.pop(tenant, None)
        if kept.good is not None and kept.good.pool:
            self.pools[tenant] = kept.good.pool
        self.shard_sizes.pop(tenant, None)
        if kept.good is not None and kept.good.shard_size is not None:
            self.shard_sizes[tenant] = kept.good.shard_size

    def drop(self, tenant: TenantId) -> None:
        """Keep nothing of the tenant."""
        self._kept.pop(tenant, None)
        self.suspended.discard(tenant)
        self.unproven.discard(tenant)
        self.watched.discard(tenant)
        self.sealed.discard(tenant)
        self.pools.pop(tenant, None)
        self.shard_sizes.pop(tenant, None)

    def __len__(self) -> int:
        """How many are kept, with a good text or without."""
        return len(self._kept)

    def __contains__(self, tenant: TenantId) -> bool:
        """Whether there is a good text of the tenant."""
        return self.good(tenant) is not None

    def __iter__(self) -> Iterator[TenantId]:
        """All of whom there is a good text."""
        return iter([tenant for tenant, kept in self._kept.items() if kept.good is not None])


def _digest(document: ActiveDocument) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in _parts(document.text):
        digest.update(part)
    return digest.digest()


def _parts(text: str) -> Iterator[bytes]:
    """A text as bytes, a part at a time: the largest would need some megabytes for a moment."""
    return (text[start : start + _PART].encode() for start in range(0, len(text), _PART))
