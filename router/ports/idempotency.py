"""Requests that may come twice: what is kept of the first, so that it is carried out once.

As for all ports, every method may raise UnavailableError.
"""

from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID, uuid5

from router.core.model.alert import TenantId

_MADE: Final = UUID("7b0f4c0e-6a1d-4f0b-9b1e-52d1c3b0a7e4")


@dataclass(frozen=True, slots=True)
class Claim:
    """A request under a key of its sender's choice.

    `key` is a digest of the key and of who sends it, so that nobody meets the keys of others; `digest` is one of what
    is asked for. `tenant` is None for what concerns all of them.
    """

    tenant: TenantId | None
    key: str
    digest: str

    @property
    def made_id(self) -> str:
        """The id of what it makes, where that is to be the same thing when it is carried out again."""
        return str(uuid5(_MADE, f"{self.tenant} {self.key} {self.digest}"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the status, and the bytes that it is read from."""

    status: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Carried:
    """A request that was carried out; no answer while it is on its way, or where it was lost (`is_old` then)."""

    digest: str
    answer: Answer | None
    is_old: bool


class Answers(Protocol):
    """What was answered to requests that had a key."""

    async def find(self, claim: Claim) -> Carried | None:
        """The request that was carried out under this key; None where there was none, or too long ago."""

    async def keep(self, claim: Claim, answer: Answer) -> None:
        """Keep the answer of one that was carried out; nothing is kept of one that changed nothing."""
