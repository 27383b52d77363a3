"""Values of one tenant in Redis, sealed as text: each is bound to its kind, its key and its field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from router.core.model.key import GroupId
from router.core.seal.envelope import KeyPurpose, as_text, is_sealed_text, of_text
from router.errors import UndecipherableError
from router.ports.sealing import TenantKeys

_IN_CLEAR: Final = frozenset({"v", "rev"})
"""Fields of a group that scripts compare."""


@dataclass(frozen=True, slots=True)
class SealedTexts:
    """What seals and opens texts of one tenant."""

    keys: TenantKeys

    def seal(self, place: str, text: str) -> str:
        """The text, sealed for this place.

        Raises:
            KeyUnavailableError: there is no current key now.
        """
        return self.seal_bytes(place, text.encode())

    def seal_bytes(self, place: str, data: bytes) -> str:
        """The same of bytes; raises as `seal`."""
        return as_text(self.keys.seal(KeyPurpose.STATE, place, data))

    def open(self, place: str, text: str) -> str:
        """What was sealed for this place; what is in clear as it is.

        Raises:
            KeyUnavailableError: its key cannot be had now.
            UndecipherableError: it does not open there.
        """
        if not is_sealed_text(text):
            return text
        try:
            envelope = of_text(text)
        except ValueError:
            raise UndecipherableError("it is not written as what is sealed is") from None
        return self.keys.open(KeyPurpose.STATE, place, envelope).decode()

    def seal_fields(self, group: GroupId, fields: Mapping[str, str]) -> dict[str, str]:
        """The fields of a group's hash."""
        return {
            name: text if name in _IN_CLEAR else self.seal(field_place(group, name), text)
            for name, text in fields.items()
        }

    def open_fields(self, group: GroupId, fields: Mapping[str, str]) -> dict[str, str]:
        """The fields of a group's hash, of which some may be in clear."""
        return {name: self.open(field_place(group, name), text) for name, text in fields.items()}


def field_place(group: GroupId, name: str) -> str:
    """What a field of a group's hash is bound to."""
    return f"g/{group}/{name}"


def is_sealed(fields: Mapping[str, str]) -> bool:
    """Whether anything of these is sealed."""
    return any(is_sealed_text(text) for text in fields.values())
