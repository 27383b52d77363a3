"""Which of Slack's newer blocks a workspace takes: each is tried, and left out for a day where Slack refuses it.

Every worker finds that out for itself, by one refused call a day, of which Slack has done nothing.
"""

import time
from collections.abc import Callable, Iterable
from typing import Final

from router.core.slack.answer import Answer, Refused
from router.core.slack.new_block import NEW_BLOCKS, NewBlock

AGAIN_S: Final = 24 * 3600.0
"""Seconds after which what was refused is tried again: workspaces learn blocks."""
MAX_REFUSING: Final = 10_000
"""Workspaces of which it is remembered what they refuse; beyond, all are tried again."""
_ABOUT_BLOCKS: Final = frozenset({"invalid_blocks", "invalid_blocks_format"})


class TakenBlocks:
    """What this worker has found out, by workspace; `monotonic` counts seconds and never steps."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._refused: dict[str, dict[NewBlock, float]] = {}

    def of(self, workspace: str) -> frozenset[NewBlock]:
        """What may be sent there."""
        refused = self._refused.get(workspace)
        if not refused:
            return NEW_BLOCKS
        now = self._monotonic()
        return NEW_BLOCKS - {one for one, until in refused.items() if until > now}

    def refuse(self, workspace: str, blocks: Iterable[NewBlock]) -> None:
        """These are not sent there for a day."""
        if len(self._refused) >= MAX_REFUSING and workspace not in self._refused:
            self._refused.clear()
        until = self._monotonic() + AGAIN_S
        self._refused.setdefault(workspace, {}).update(dict.fromkeys(blocks, until))

    def allow(self, workspace: str, blocks: Iterable[NewBlock]) -> None:
        """These were not why a message was refused."""
        refused = self._refused.get(workspace, {})
        for one in blocks:
            refused.pop(one, None)


def is_about_blocks(answer: Answer) -> bool:
    """Whether Slack refuses a message for one of its blocks."""
    return isinstance(answer, Refused) and answer.error in _ABOUT_BLOCKS


def suspects(blocks: frozenset[NewBlock]) -> list[frozenset[NewBlock]]:
    """What may be refused of a message with these blocks: each alone, then all of them."""
    alone = [frozenset({one}) for one in sorted(blocks)]
    return alone if len(alone) < 2 else [*alone, blocks]
