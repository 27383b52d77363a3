"""The demo's report: the books, the calls to Slack, and whether all is well."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from slack_emulator import Emulator

_SUPPRESSED: Final = "suppressed:"


@dataclass(frozen=True, slots=True)
class Books:
    """A tenant's books, as read from Redis."""

    tenant: str
    counts: Mapping[str, int]

    @property
    def suppressed(self) -> dict[str, int]:
        """Changes that were deliberately not notified, by reason."""
        return {name: count for name, count in self.counts.items() if name.startswith(_SUPPRESSED)}

    @property
    def balanced(self) -> bool:
        """Whether changes = notified + superseded + suppressed + pending, and nothing is pending."""
        known = sum(self.counts.get(name, 0) for name in ("notified", "superseded", "pending"))
        return self.counts.get("changes", 0) == known + sum(self.suppressed.values()) and not self.counts.get(
            "pending"
        )

    def line(self) -> str:
        """The books in one line."""
        reasons = "".join(f" + {count} {name}" for name, count in sorted(self.suppressed.items()))
        count = self.counts.get
        return (
            f"  {self.tenant:<10}{count('changes', 0):>4} changes = {count('notified', 0)} notified + "
            f"{count('superseded', 0)} superseded{reasons} + {count('pending', 0)} pending"
            f"   ({count('accepted', 0)} alerts taken, {count('duplicates', 0)} of them duplicates)"
            f"{'' if self.balanced else '   DOES NOT BALANCE'}"
        )


def report(books: Sequence[Books], emulator: Emulator, seconds: float) -> Iterator[str]:
    """The lines of the report; `seconds` is how long it took."""
    yield "The books"
    yield from (one.line() for one in books)
    calls = Counter(call.method for call in emulator.calls)
    yield "Calls to Slack: " + ", ".join(f"{count} {method}" for method, count in sorted(calls.items()))
    yield f"Anomalies recorded by the emulator: {len(emulator.anomalies)}"
    yield from (f"  {one.kind}: {one.detail}" for one in emulator.anomalies)
    yield f"{seconds:.0f} s from the first webhook to the last call"


def all_is_well(books: Sequence[Books], emulator: Emulator) -> bool:
    """Whether every tenant was notified, all books balance and the emulator recorded no anomaly."""
    return all(one.balanced and one.counts.get("notified") for one in books) and not emulator.anomalies
