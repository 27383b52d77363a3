"""Slack, and which workspace a token belongs to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from router.core.model.instant import Instant
from router.core.slack.answer import Answer
from router.core.slack.call import SlackCall
from router.core.slack.new_block import NewBlock
from router.core.slack.search import Search


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose a token is: bots of one app in one workspace share Slack's limits.

    `url` is where the addresses of the workspace begin (`https://acme.slack.com/`); "" where that is not known.
    """

    workspace: str
    url: str = ""


class Slack(Protocol):
    """Slack's Web API: every call ends in one answer and raises nothing."""

    async def identify(self, token: str) -> Identity | Answer:
        """Whose token this is (`auth.test`)."""

    async def send(self, token: str, call: SlackCall) -> Answer:
        """Make a call, once."""


class MessageSearch(Protocol):
    """What Slack shows already."""

    async def find(self, token: str, search: Search) -> Answer:
        """`Accepted` as the call itself would have been, `Gone` where it is not there; else why nobody knows."""


class Verdict(StrEnum):
    """Whether Slack took a message with a block."""

    TAKEN = "taken"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class BlockTrial:
    """What became of a block in a workspace, and when, to a second."""

    verdict: Verdict
    at: Instant


class Workspaces(Protocol):
    """Workspaces by the digest of a token."""

    async def find(self, token_digest: str) -> Identity | None:
        """The workspace of a token that was seen before; None also where its address was never asked for."""

    async def remember(self, token_digest: str, found: Identity) -> None:
        """Keep what `auth.test` answered for a token."""

    async def forget(self, token_digest: str) -> None:
        """Keep nothing of a token any more."""

    async def note_tried(self, workspace: str, blocks: Collection[NewBlock], trial: BlockTrial) -> None:
        """Slack has taken or refused these blocks there; kept for a day after the last that is noted."""

    async def tried(self, workspace: str) -> Mapping[NewBlock, BlockTrial]:
        """What was noted last of each block."""
