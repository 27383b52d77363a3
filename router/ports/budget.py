"""Budgets, holds, and the names of channels within a Slack workspace; and what senders may post."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from router.core.budget.quota import Charge, Over
from router.core.model.alert import TenantId
from router.core.model.instant import Span
from router.core.model.operation import Method
from router.core.model.rules.limits import Rate
from router.core.slack.answer import HoldScope


@dataclass(frozen=True, slots=True)
class BudgetRequest:
    """A call that asks for its budget.

    `request_id` is charged once, however often and by whomever it is asked for. `buckets` are named within the
    workspace (`post`, `update`, `channel:<c>`, `tenant:<t>`). `alone_for` is how long no other call may be in flight
    to the channel, 0 where it need not be alone; `delivery_id` says which call holds the channel meanwhile. Tenants
    that share the workspace take turns in the bucket that is named like the method; "" takes none.
    """

    request_id: str
    workspace: str
    method: Method
    channel: str
    buckets: tuple[tuple[str, Rate], ...]
    alone_for: Span
    delivery_id: str
    tenant: str = ""

    @property
    def shared(self) -> int:
        """The place, from 0, of the bucket in which tenants take turns; -1 for none."""
        names = [name for name, _ in self.buckets]
        return names.index(self.method) if self.tenant and self.method in names else -1


class Limiter(Protocol):
    """The budgets of all workspaces."""

    async def take(self, requests: Sequence[BudgetRequest]) -> list[Span]:
        """0 for each call that may be made now, else how long to wait."""

    async def release(self, request: BudgetRequest) -> None:
        """The call is over: the channel is free for the next one, an interval from now."""

    async def give_back(self, request: BudgetRequest) -> None:
        """The call is not made after all: the channel is free at once."""

    async def hold(self, request: BudgetRequest, scope: HoldScope, span: Span) -> None:
        """No call of that method, or to that channel, for so long; the latest end counts."""

    async def close_channel(self, workspace: str, channel: str, span: Span) -> None:
        """No call at all to a channel for so long: it is dead, and one call must find out when it lives again."""

    async def is_closed(self, workspace: str, channel: str) -> bool:
        """Whether somebody has found the channel dead, and nobody calls there for a while."""

    async def open_channel(self, workspace: str, channel: str) -> None:
        """Calls to the channel may be tried again at once."""

    async def channel_id(self, workspace: str, channel: str) -> str:
        """The ID that Slack gave for a channel's name; the name itself until it is known."""

    async def last_channel_id(self, workspace: str, channel: str) -> str:
        """The ID that a channel's name had last, also where it may have moved since; "" where none is known."""

    async def learn_channel_id(self, workspace: str, channel: str, channel_id: str) -> None:
        """Remember the ID of a name."""

    async def forget_channel_id(self, workspace: str, channel: str) -> None:
        """The ID of a name is dead."""

    async def open_digests(self, workspace: str, digest: str) -> int:
        """This digest is about to be shown; how many of the workspace were in the last minute, this one included."""


class Quota(Protocol):
    """What tenants' senders may post."""

    async def take(self, tenant: TenantId, charges: Sequence[Charge]) -> Over | None:
        """Take all of it, or nothing; None when it was taken."""
