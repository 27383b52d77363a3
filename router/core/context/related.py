"""What else fires: other alert groups of the tenant that share the value of a label."""

from dataclasses import dataclass
from typing import Final

from router.core.model.group import MessageRef

MAX_NAMED: Final = 5
"""Related groups that a message names; more are counted."""


@dataclass(frozen=True, slots=True)
class RelatedGroup:
    """Another group: its alert's name, how many of its alerts fire, and its own message, if it has one."""

    name: str
    firing: int
    message: MessageRef | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """The other groups that fire with one value of a label; `more` alerts fire in those that are not named."""

    label: str
    value: str
    groups: tuple[RelatedGroup, ...]
    more: int = 0

    @property
    def firing(self) -> int:
        """The alerts of all of them."""
        return sum(group.firing for group in self.groups) + self.more


def permalink(workspace_url: str, message: MessageRef | None) -> str:
    """The address of a message in its workspace (`https://acme.slack.com/`); "" where one of them is not known."""
    if not workspace_url or message is None:
        return ""
    return f"{workspace_url.rstrip('/')}/archives/{message.channel}/p{message.ts.replace('.', '')}"
