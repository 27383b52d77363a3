"""Everything that a test or a demonstration may set up and inspect, without the network.

A workspace or channel that already exists is kept as it is; a token that is added again is replaced. Queries return
copies or append-only lists.
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
        """Everything that Slack would accept and a reader would regret."""
        return self.journal.anomalies

    @property
    def limits(self) -> Limits:
        """The limits in force; they may be replaced at any time."""
        return self.limiter.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self.limiter.limits = limits

    def now_s(self) -> float:
        """The time on the emulator's clock, in seconds."""
        return self._clock()

    def add_workspace(self, team_id: str, name: str) -> None:
        """Add a workspace, unless it exists."""
        self.world.workspaces.setdefault(team_id, Workspace(team_id, name))

    def add_token(
        self, value: str, team_id: str, scopes: Iterable[str] | None = None, app_id: str = DEFAULT_APP
    ) -> None:
        """Add or replace a bot token; tokens of the same team and app belong to the same bot."""
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
        """Add a channel, unless that name exists, and return its id; `member` is whether the bot is in it."""
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
        """Invite or remove the bot, make the channel read-only, or add people by their user ids."""
        found = self.channel(team_id, channel)
        found.member = found.member if member is None else member
        found.read_only = found.read_only if read_only is None else read_only
        found.members.update(members)

    def speak(self, team_id: str, channel: str, language: str) -> None:
        """The page shows the channel's times in this language, such as fr-FR, instead of each browser's own."""
        self.channel(team_id, channel).language = language

    def archive_channel(self, team_id: str, channel: str, *, archived: bool = True) -> None:
        """Archive or unarchive the channel."""
        self.channel(team_id, channel).archived = archived

    def rename_channel(self, team_id: str, channel: str, name: str) -> None:
        """Give the channel another name; its ID stays."""
        self.channel(team_id, channel).name = name.removeprefix("#")

    def add_message(self, team_id: str, channel: str, text: str, thread_ts: str | None = None) -> str:
        """Post a message as a person, and return its ts."""
        found, now_s = self.channel(team_id, channel), self._clock()
        author = Author(derived_id("U", team_id, "a person"))
        message = Message(found.next_ts(now_s), author, text, [], [], thread_ts=thread_ts)
        message.versions.append((now_s, text))
        found.messages[message.ts] = message
        return message.ts

    def delete_message(self, team_id: str, channel: str, ts: str) -> None:
        """Delete a message, whoever wrote it; its replies stay."""
        found = self.channel(team_id, channel)
        message = found.living(ts)
        if message is None:
            raise LookupError(f"no message {ts} in {channel} of {team_id}")
        found.delete(message)

    def allow_mention(self, team_id: str, mention: str) -> None:
        """Allow a mention such as `<!subteam^S012>`, `<!here>` or `<@U012>` in messages to this workspace."""
        self.workspace(team_id).allowed_mentions.add(bare(mention))

    def lose_pictures(self, team_id: str, beginning: str) -> None:
        """From now on Slack cannot fetch pictures whose address begins so."""
        self.workspace(team_id).unreachable_pictures.add(beginning)

    def refuse_blocks(self, team_id: str, *types: str) -> None:
        """From now on the workspace takes no blocks of these types, and of all others those that Slack takes."""
        self.workspace(team_id).refused_blocks = set(types)

    def set_token_status(self, value: str, status: TokenStatus) -> None:
        """Revoke a token, let it expire, or make it valid again."""
        if value not in self.world.tokens:
            raise LookupError("no such token")
        self.world.tokens[value].status = status

    def grant(self, value: str, scopes: Iterable[str]) -> None:
        """Give a token more scopes, as installing the app again does."""
        if value not in self.world.tokens:
            raise LookupError("no such token")
        token = self.world.tokens[value]
        token.scopes |= frozenset(scopes)

    def inject(self, fault: Fault) -> None:
        """Plan a fault."""
        self.faults.inject(fault)

    def clear_faults(self) -> None:
        """Forget all planned faults and release hanging calls."""
        self.faults.clear()
        self.release()

    def release(self) -> None:
        """Release hanging calls."""
        self.gate.release()

    def visible(self, team_id: str, channel: str) -> tuple[ShownMessage, ...]:
        """What the channel shows: top-level messages, oldest first, each with its thread."""
        return show_channel(self.channel(team_id, channel))

    def ephemerals(self, team_id: str, channel: str) -> tuple[tuple[str, ShownMessage], ...]:
        """The messages that were shown to one person only, as (user id, message)."""
        return tuple((user, show(message)) for user, message in self.channel(team_id, channel).ephemerals)

    def max_posts(self, team_id: str, channel: str, window_s: float = 1.0) -> int:
        """The largest number of posts accepted in any half-open window of that length."""
        return max_in_window(self.channel(team_id, channel).posts_s, window_s)

    def workspace(self, team_id: str) -> Workspace:
        """The workspace.

        Raises:
            LookupError: there is none with that id.
        """
        if team_id not in self.world.workspaces:
            raise LookupError(f"no workspace {team_id}")
        return self.world.workspaces[team_id]

    def channel(self, team_id: str, channel: str) -> Channel:
        """The channel with this id or name.

        Raises:
            LookupError: there is none.
        """
        found = self.workspace(team_id).find(channel)
        if found is None:
            raise LookupError(f"no channel {channel} in {team_id}")
        return found
