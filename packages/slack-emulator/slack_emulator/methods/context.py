"""What a Web API method works with, and the rules about channels that several methods share."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_emulator.journal import AnomalyKind, Call, Journal
from slack_emulator.limits import Limits
from slack_emulator.refusal import RefusalError
from slack_emulator.wire import Arguments
from slack_emulator.workspace import Channel, Token, Workspace, World

Reply = dict[str, Any]


@dataclass(slots=True)
class Context:
    """One authorised call; a message of a `suppressed` one is stored but never shown.

    What is read is as it was at `shown_until_s`.
    """

    world: World
    workspace: Workspace
    token: Token
    journal: Journal
    limits: Limits
    call: Call
    now_s: float
    suppressed: bool = False
    shown_until_s: float = math.inf
    warnings: list[str] = field(default_factory=list)

    def note(self, kind: AnomalyKind, detail: str, channel: Channel | None = None) -> None:
        """Record an anomaly of this call."""
        where = channel.id if channel else self.call.channel
        self.journal.note(kind, detail, self.workspace.team_id, where)

    def demand_scope(self, scope: str) -> None:
        """Refuse unless the token has the scope."""
        if scope not in self.token.scopes:
            raise missing_scope(scope, self.token)


Method = Callable[[Context, Arguments], Reply]


def missing_scope(needed: str, token: Token) -> RefusalError:
    """The refusal that names the scope that the token lacks and those that it has."""
    return RefusalError("missing_scope", extra={"needed": needed, "provided": ",".join(sorted(token.scopes))})


def channel_to_post_in(context: Context, args: Arguments) -> Channel:
    """The channel for a new message, by id or name; archived and read-only ones are refused."""
    reference = args.required("channel")
    channel = _seen(context, context.workspace.find(reference), reference)
    _demand_entry(context, channel)
    if channel.archived:
        raise RefusalError("is_archived")
    if channel.read_only:
        raise RefusalError("restricted_action_read_only_channel")
    return channel


def channel_to_change(context: Context, args: Arguments, *, archived: str) -> Channel:
    """The channel of an existing message, by id only; `archived` is the method's error for an archived one."""
    channel = _by_id(context, args)
    _demand_entry(context, channel)
    if channel.archived:
        raise RefusalError(archived)
    return channel


def channel_to_read(context: Context, args: Arguments, scopes: Mapping[bool, str], *, member: bool) -> Channel:
    """The channel to read, by id only; `scopes` names the scope for private (True) and public ones."""
    channel = _by_id(context, args)
    context.demand_scope(scopes[channel.private])
    if member and not channel.member:
        raise RefusalError("not_in_channel")
    return channel


def _by_id(context: Context, args: Arguments) -> Channel:
    reference = args.required("channel")
    return _seen(context, context.workspace.channels.get(reference), reference)


def _seen(context: Context, channel: Channel | None, reference: str) -> Channel:
    if channel is None:
        others = (one for one in context.world.workspaces.values() if one is not context.workspace)
        if any(reference in other.channels for other in others):
            context.note(AnomalyKind.FOREIGN_CHANNEL, f"{reference} belongs to another workspace")
    if channel is None or (channel.private and not channel.member):
        raise RefusalError("channel_not_found")
    return channel


def _demand_entry(context: Context, channel: Channel) -> None:
    if not channel.member and "chat:write.public" not in context.token.scopes:
        raise RefusalError("not_in_channel")
