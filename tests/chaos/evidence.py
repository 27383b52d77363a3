"""What the suite has seen, as values: what the checker judges."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_INSTANCE: Final = re.compile(r"\binstance=([\w-]+)")
_FIRING: Final = "FIRING"
_NOT_FIRING: Final = ("resolved, ", "moved, ", "not reported, ", "no longer reported, ")
_COUNTED: Final = re.compile(r"\d+ problems? in one message\.([^.]*)\.")
_COUNT: Final = r"(\d+) "


@dataclass(frozen=True, slots=True)
class GroupName:
    """An alert group as the senders know it: every alert of it has this `alertname`."""

    tenant: str
    alertname: str


@dataclass(frozen=True, slots=True)
class Books:
    """A tenant's books at one reading."""

    tenant: str
    at_s: float
    counts: Mapping[str, int]

    @property
    def balance(self) -> int:
        """What is left over; 0 in books that are exact."""
        settled = sum(self.counts.get(name, 0) for name in ("notified", "superseded", "pending"))
        suppressed = sum(count for name, count in self.counts.items() if name.startswith("suppressed:"))
        return self.counts.get("changes", 0) - settled - suppressed


@dataclass(frozen=True, slots=True)
class Folded:
    """A storm as it is: the instances that fire, and those that have ended, each of them a group of its own."""

    tenant: str
    firing: frozenset[str]
    ended: frozenset[str]

    @property
    def alertname(self) -> str:
        """The name of all its alerts."""
        return f"{self.tenant}-storm"


@dataclass(frozen=True, slots=True)
class Message:
    """A message that stands in a channel, outside threads."""

    tenant: str
    channel: str
    ts: str
    text: str

    @property
    def alertnames(self) -> frozenset[str]:
        """The groups that it names; one, unless something is very wrong."""
        return frozenset(re.findall(r"\b[a-z]+-g\d+\b", self.text))

    @property
    def firing(self) -> frozenset[str]:
        """The instances that it shows firing."""
        if _FIRING not in self.text.partition(":")[0]:
            return frozenset()
        sentences = [one for one in self.text.split(". ") if not one.startswith(_NOT_FIRING)]
        return frozenset(_INSTANCE.findall(". ".join(sentences)))

    @property
    def counts(self) -> tuple[int, int] | None:
        """Of a digest: the alerts that it counts as firing, and as resolved."""
        counted = _COUNTED.search(self.text.replace(",", ""))
        if counted is None:
            return None
        found = [re.search(_COUNT + state, counted[1]) for state in ("firing", "resolved")]
        firing, resolved = (int(one[1]) if one else 0 for one in found)
        return firing, resolved


@dataclass(frozen=True, slots=True)
class Call:
    """A call that reached Slack; `answered_s` is None where its caller never had an answer."""

    tenant: str
    method: str
    channel: str
    arrived_s: float
    answered_s: float | None
    accepted: bool
    status: int | None
    fault: str | None
    text: str
    threaded: bool
    edited: str = ""
    """The message that it edits, by its timestamp; empty for all other calls."""

    @property
    def posts(self) -> bool:
        """Whether it spends the channel's budget."""
        return self.method == "chat.postMessage"


@dataclass(frozen=True, slots=True)
class Change:
    """One alert that turned, in a body that a gateway accepted; each alert does either once in its life."""

    group: GroupName
    instance: str
    fires: bool
    at_us: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """A change as its sender knows it, and when a gateway had accepted it."""

    group: GroupName
    instance: str
    fires: bool
    at_s: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What Redis holds of one alert."""

    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the inbound topic."""

    tenant: str
    partition: int
    offset: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Offsets:
    """What was committed, and what went another way than into a group, by partition and offset."""

    committed: Mapping[int, int]
    elsewhere: frozenset[tuple[int, int]]
    """Records that are held or dead-lettered."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """How long after a fault Slack showed the truth; None: not while the suite waited."""

    fault: str
    bound_s: float
    took_s: float | None
