"""Slack, and which workspace a token belongs to."""

from dataclasses import dataclass
from typing import Protocol

from router.core.slack.answer import Answer
from router.core.slack.call import SlackCall
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


class Workspaces(Protocol):
    """Workspaces by the digest of a token."""

    async def find(self, token_digest: str) -> Identity | None:
        """The workspace of a token that was seen before; None also where its address was never asked for."""

    async def remember(self, token_digest: str, found: Identity) -> None:
        """Keep what `auth.test` answered for a token."""
