"""What a label of the alerts chooses: where a receiver's messages go, and whom they mention.

What alerts say only chooses among what the tenant's configuration names: no text of theirs becomes a channel or a
mention.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Chosen = TypeVar("Chosen")


@dataclass(frozen=True, slots=True)
class ByLabel(Generic[Chosen]):
    """The values of a label that choose something, and what."""

    label: str
    choices: Mapping[str, Chosen]

    def chosen(self, labels: Mapping[str, str]) -> Chosen | None:
        """What these labels choose; None where they choose nothing."""
        return self.choices.get(labels[self.label]) if self.label in labels else None
