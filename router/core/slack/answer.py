"""What a call to Slack came to, as far as the sender can know (the classes of Slack's errors)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, get_args

from router.core.model.instant import Span


class HoldScope(StrEnum):
    """What a 429 stops: posts to one channel, or the whole method in the workspace."""

    CHANNEL = "channel"
    METHOD = "method"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Done. `threaded` is False where Slack put a reply at top level because its parent is gone."""

    channel: str
    ts: str
    threaded: bool = True


@dataclass(frozen=True, slots=True)
class Limited:
    """Not done; not again before `retry_after`."""

    retry_after: Span
    scope: HoldScope
    error: str = "rate_limited"


@dataclass(frozen=True, slots=True)
class Unreached:
    """Not done: the call never reached Slack, or Slack said that it is out of service."""

    error: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Done or not, nobody can say."""

    error: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Not done: the message is not there any more."""

    error: str


@dataclass(frozen=True, slots=True)
class Uneditable:
    """Not done: the message is there, and takes no edits (any more, or not from us)."""

    error: str


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """Not done: the message is there, and takes no such reply."""

    error: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not done: Slack does not take this message, or we do not know the error."""

    error: str


@dataclass(frozen=True, slots=True)
class ChannelDead:
    """Not done: nothing can be posted to this channel until a person fixes it."""

    error: str


@dataclass(frozen=True, slots=True)
class TokenDead:
    """Not done: the tenant's token does not work until a person fixes it."""

    error: str


NotDone = Limited | Unreached | Ambiguous | Gone | Uneditable | Unanswerable | Refused | ChannelDead | TokenDead
Answer = Accepted | NotDone


def name(answer: Answer) -> str:
    """The class of an answer as metrics and logs name it: `accepted`, `limited`, `channel_dead`, ..."""
    return _named(type(answer))


def _named(kind: type) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in kind.__name__).lstrip("_")


ANSWERS: Final = tuple(_named(kind) for kind in get_args(Answer))
"""The names of all classes."""
