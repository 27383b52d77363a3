"""The books of a tenant: every change of an alert ends in exactly one named outcome.

A change is one alert of one group turning firing or resolved. At every reading
`changes = notified + superseded + suppressed + pending`, because each transition adds up to nothing and is stored
together with the state it belongs to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Suppressed(StrEnum):
    """Why a change was deliberately not notified."""

    ENDED_BEFORE_NOTIFIED = "ended_before_notified"
    MESSAGE_GONE = "message_gone"
    REROUTED = "rerouted"
    NO_DESTINATION = "no_destination"
    SILENCED = "silenced"
    INHIBITED = "inhibited"
    MUTE_TIME_INTERVAL = "mute_time_interval"
    ACTIVE_TIME_INTERVAL = "active_time_interval"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What one transition adds to the books; the counters beside them (accepted, duplicates) are plain."""

    changes: int = 0
    notified: int = 0
    superseded: int = 0
    pending: int = 0
    suppressed: Mapping[Suppressed, int] = field(default_factory=dict)
    accepted: int = 0
    duplicates: int = 0
    possible_repeats: int = 0

    def __add__(self, other: "LedgerEntry") -> "LedgerEntry":
        """The additions of two transitions that are stored as one."""
        reasons = {*self.suppressed, *other.suppressed}
        return LedgerEntry(
            changes=self.changes + other.changes,
            notified=self.notified + other.notified,
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
        return self.changes - self.notified - self.superseded - self.pending - sum(self.suppressed.values())

    def fields(self) -> dict[str, int]:
        """The additions by name, as they stand in Redis; zeros are left out."""
        plain = {
            "changes": self.changes,
            "notified": self.notified,
            "superseded": self.superseded,
            "pending": self.pending,
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "possible_repeats": self.possible_repeats,
        }
        reasons = {f"suppressed:{reason}": count for reason, count in self.suppressed.items()}
        return {name: count for name, count in (plain | reasons).items() if count}
