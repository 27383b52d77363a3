"""The books of a tenant: every change of an alert ends in exactly one named outcome.

A change is one alert of one notification turning firing or resolved. At every reading
`changes = told + superseded + suppressed + pending`, because each transition adds up to nothing and is stored
together with the state it belongs to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Suppressed(StrEnum):
    """Why a change was deliberately not told."""

    ENDED_BEFORE_TOLD = "ended_before_told"
    MESSAGE_GONE = "message_gone"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Books:
    """What one transition adds; the counters beside the books (accepted, duplicates) are plain."""

    changes: int = 0
    told: int = 0
    superseded: int = 0
    pending: int = 0
    suppressed: Mapping[Suppressed, int] = field(default_factory=dict)
    accepted: int = 0
    duplicates: int = 0
    possible_repeats: int = 0

    def __add__(self, other: "Books") -> "Books":
        """The additions of two transitions that are stored as one."""
        reasons = {*self.suppressed, *other.suppressed}
        return Books(
            changes=self.changes + other.changes,
            told=self.told + other.told,
            superseded=self.superseded + other.superseded,
            pending=self.pending + other.pending,
            suppressed={one: self.suppressed.get(one, 0) + other.suppressed.get(one, 0) for one in reasons},
            accepted=self.accepted + other.accepted,
            duplicates=self.duplicates + other.duplicates,
            possible_repeats=self.possible_repeats + other.possible_repeats,
        )

    @property
    def balance(self) -> int:
        """Zero for every transition that is right."""
        return self.changes - self.told - self.superseded - self.pending - sum(self.suppressed.values())

    def fields(self) -> dict[str, int]:
        """The additions by name, as they stand in Redis; zeros are left out."""
        plain = {
            "changes": self.changes,
            "told": self.told,
            "superseded": self.superseded,
            "pending": self.pending,
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "possible_repeats": self.possible_repeats,
        }
        reasons = {f"suppressed:{reason}": count for reason, count in self.suppressed.items()}
        return {name: count for name, count in (plain | reasons).items() if count}
