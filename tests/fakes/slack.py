"""Slack by script: it answers as planned, else it does what it is asked to and accepts."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from router.core.model.group import MessageRef
from router.core.slack.answer import Accepted, Answer, Gone, TokenDead
from router.core.slack.call import UPDATE, SlackCall
from router.core.slack.search import Search
from router.ports.slack import Identity
from tests.fakes.faults import Faulty, asked


@dataclass
class Message:
    """A message as its readers see it; replies are texts of its thread."""

    text: str
    edits: int = 0
    replies: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Done:
    """Slack does what it is asked to, and answers something else."""

    answer: Answer


@dataclass(frozen=True)
class MadeCall:
    """A call as Slack received it."""

    token: str
    call: SlackCall

    @property
    def text(self) -> str:
        return str(self.call.arguments["text"])


class FakeSlack(Faulty):
    """A workspace with memory; `script` holds the next answers, `decide` is asked when it is empty."""

    def __init__(self) -> None:
        super().__init__()
        self.identity: Identity | Answer = Identity("T1-B1", "https://acme.slack.com/")
        self.identified: list[str] = []
        self.calls: list[MadeCall] = []
        self.messages: dict[tuple[str, str], Message] = {}
        self.script: deque[Answer | Done] = deque()
        self.decide: Callable[[SlackCall], Answer | Done | None] | None = None
        self.readable: Answer | None = TokenDead("missing_scope")
        """Why nobody may read what channels show; None where they may."""
        self.searches: list[Search] = []
        self._places: dict[str, Accepted] = {}
        self.channel_ids: dict[str, str] = {}

    @asked
    async def identify(self, token: str) -> Identity | Answer:
        self.identified.append(token)
        return self.identity

    @asked
    async def send(self, token: str, call: SlackCall) -> Answer:
        self.calls.append(MadeCall(token, call))
        planned = self._next(call)
        if planned is None:
            return self._perform(call)
        if isinstance(planned, Done):
            self._perform(call)
            return planned.answer
        return planned

    @asked
    async def find(self, token: str, search: Search) -> Answer:
        self.searches.append(search)
        if self.readable is not None:
            return self.readable
        return self._places.get(search.delivery_id, Gone("not_in_history"))

    def _next(self, call: SlackCall) -> Answer | Done | None:
        if self.script:
            return self.script.popleft()
        return self.decide(call) if self.decide is not None else None

    def _perform(self, call: SlackCall) -> Answer:
        named, text = str(call.arguments["channel"]), str(call.arguments["text"])
        channel = self.channel_ids.get(named, named)
        if call.method == UPDATE:
            return self._edit(channel, str(call.arguments["ts"]), text)
        ts = f"{len(self.calls)}.0"
        accepted = self._add(channel, ts, text, call.parent)
        self._places[str(call.arguments["metadata"]["event_payload"]["delivery"])] = accepted
        return accepted

    def _add(self, channel: str, ts: str, text: str, answered: MessageRef | None) -> Accepted:
        if answered is None:
            self.messages[channel, ts] = Message(text)
            return Accepted(channel, ts)
        parent = self.messages.get((channel, answered.ts))
        if parent is not None:
            parent.replies.append(text)
        return Accepted(channel, ts, threaded=parent is not None)

    def _edit(self, channel: str, ts: str, text: str) -> Answer:
        message = self.messages.get((channel, ts))
        if message is None:
            return Gone("message_not_found")
        message.text, message.edits = text, message.edits + 1
        return Accepted(channel, ts)

    @property
    def only(self) -> Message:
        """The one message that there is."""
        [message] = self.messages.values()
        return message
