"""What is stored of the access document: its versions, of which the newest is in force."""

from collections.abc import Sequence
from typing import Final, Protocol

from router.core.model.alert import TenantId
from router.ports.audit import Difference
from router.ports.control import KeptVersion
from router.ports.provenance import Provenance

INSTALLATION: Final = TenantId("*")
"""Under what the record keeps that concerns no single tenant; no tenant can be called so."""


class AccessVersions(Protocol):
    """The versions. Every method may raise UnavailableError."""

    async def newest(self) -> KeptVersion | None:
        """The one that is in force; None where there is none."""

    async def all(self) -> list[KeptVersion]:
        """Every version, newest first."""

    async def add(self, text: str, onto: int, by: Provenance, differences: Sequence[Difference]) -> int:
        """Store a text as the next version; its number. A text that is in force already stays as it is.

        Raises:
            ChangedMeanwhileError: another version than `onto` (0: none) is in force.
            UnconfirmedError: it may be stored, or not.
        """
