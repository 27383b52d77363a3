"""Everything a test or a demo may set up and look at, without the network.

A workspace or channel that exists already is kept as it is; a token given out again is replaced. Looking
gives copies or append-only lists; nothing a caller does to them changes the world.
"""

import time
from collections.abc import Callable, Iterable

from slack_view.shown import ShownMessage

from slack_emulator.api import WebApi
from slack_emulator.faults import Fault, FaultQueue, Gate
from slack_emulator.journal import Anomaly, Call, Journal
from slack_emulator.limits import Limits, RateLimiter
from slack_emulator.mrkdwn import bare
from slack_emulator.shown import max_in_window, show, show_channel
from slack_emulator.workspace import (
    DEFAULT_SCOPES,
    Author,
    Channel,
    Message,
    Token,
    TokenStatus,
    Workspace,
    World,
    bot_author,
    derived_id,
)

DEFAULT_APP = "A0ALERTROUTER"


class Director:
    """The emulated Slack's world, its journal, its limits and its faults."""

    def __init__(
        self,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,  # noqa: TID251 - the clock that everything else is handed
    ) -> None:
        self.world = World()
        self.journal = Journal()
        self.faults = FaultQueue()
        self.gate = Gate()
        self.limiter = RateLimiter(limits or Limits(), clock)
        self.api = WebApi(self.world, self.journal, self.limiter, clock)
        self._clock = clock

    @property
    def calls(self) -> list[Call]:
        """Every call so far, in order of arrival."""
        return self.journal.calls

    @property
    def anomalies(self) -> list[Anomaly]:
        """Everything Slack let pass and a reader would regret."""
        return self.journal.anomalies

    @property
    def limits(self) -> Limits:
        """The budgets in force."""
        return self.limiter.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self.limiter.limits = limits

    def now_s(self) -> float:
        """The moment on the emulator's clock."""
        return self._clock()

    def add_workspace(self, team_id: str, name: str) -> None:
        """Create a workspace unless it exists."""
        self.world.workspaces.setdefault(team_id, Workspace(team_id, name))

    def add_token(
        self, value: str, team_id: str, scopes: Iterable[str] | None = None, app_id: str = DEFAULT_APP
    ) -> None:
        """Give out a bot token, or replace it; the same team and app have the same bot."""
        self.workspace(team_id)
        granted = DEFAULT_SCOPES if scopes is None else frozenset(scopes)
        self.world.tokens[value] = Token(value, team_id, bot_author(team_id, app_id), granted)

    def add_channel(
        self,
        team_id: str,
        name: str,
        channel_id: str | None = None,
        *,
        private: bool = False,
        member: bool = True,
    ) -> str:
        """Create a channel unless that name exists, and return its id; `member`: is the bot in it."""
        workspace = self.workspace(team_id)
        existing = workspace.by_name(name)
        if existing:
            return existing.id
        bare_name = name.removeprefix("#")
        new_id = channel_id or derived_id("C", team_id, bare_name)
        if new_id in workspace.channels:
            raise ValueError(f"{new_id} is {workspace.channels[new_id].name} already")
        workspace.channels[new_id] = Channel(new_id, bare_name, private, member)
        return new_id

    def change_channel(
        self,
        team_id: str,
        channel: str,
        *,
        member: bool | None = None,
        read_only: bool | None = None,
        members: Iterable[str] = (),
    ) -> None:
        """Let the bot in or throw it out, close the channel to posts, or add people by their user ids."""
        found = self.channel(team_id, channel)
        found.member = found.member if member is None else member
        found.read_only = found.read_only if read_only is None else read_only
        found.members.update(members)

    def archive_channel(self, team_id: str, channel: str, *, archived: bool = True) -> None:
        """Archive the channel, or bring it back."""
        self.channel(team_id, channel).archived = archived

    def add_message(self, team_id: str, channel: str, text: str, thread_ts: str | None = None) -> str:
        """Let a person write a message, and return its ts."""
        found, now_s = self.channel(team_id, channel), self._clock()
        author = Author(derived_id("U", team_id, "a person"))
        message = Message(found.next_ts(now_s), author, text, [], [], thread_ts=thread_ts)
        message.versions.append((now_s, text))
        found.messages[message.ts] = message
        return message.ts

    def delete_message(self, team_id: str, channel: str, ts: str) -> None:
        """Delete anyone's message; its replies stay."""
        found = self.channel(team_id, channel)
        message = found.living(ts)
        if message is None:
            raise LookupError(f"no message {ts} in {channel} of {team_id}")
        found.delete(message)

    def allow_mention(self, team_id: str, mention: str) -> None:
        """Allow a mention such as `<!subteam^S012>`, `<!here>` or `<@U012>` in messages to this workspace."""
        self.workspace(team_id).allowed_mentions.add(bare(mention))

    def set_token_status(self, value: str, status: TokenStatus) -> None:
        """Revoke a token, let it expire, or bring it back."""
        if value not in self.world.tokens:
            raise LookupError("no such token")
        self.world.tokens[value].status = status

    def inject(self, fault: Fault) -> None:
        """Plan a fault."""
        self.faults.inject(fault)

    def clear_faults(self) -> None:
        """Forget all planned faults and let hanging calls go on."""
        self.faults.clear()
        self.release()

    def release(self) -> None:
        """Let hanging calls go on."""
        self.gate.release()

    def visible(self, team_id: str, channel: str) -> tuple[ShownMessage, ...]:
        """What the channel shows: top-level messages, oldest first, each with its thread."""
        return show_channel(self.channel(team_id, channel))

    def ephemerals(self, team_id: str, channel: str) -> tuple[tuple[str, ShownMessage], ...]:
        """The messages shown to one person only, as (user id, message)."""
        return tuple((user, show(message)) for user, message in self.channel(team_id, channel).ephemerals)

    def max_posts(self, team_id: str, channel: str, window_s: float = 1.0) -> int:
        """The most posts Slack accepted in any half-open window of that length."""
        return max_in_window(self.channel(team_id, channel).posts_s, window_s)

    def workspace(self, team_id: str) -> Workspace:
        """The workspace, or a LookupError."""
        if team_id not in self.world.workspaces:
            raise LookupError(f"no workspace {team_id}")
        return self.world.workspaces[team_id]

    def channel(self, team_id: str, channel: str) -> Channel:
        """The channel by id or name, or a LookupError."""
        found = self.workspace(team_id).find(channel)
        if found is None:
            raise LookupError(f"no channel {channel} in {team_id}")
        return found
