"""Alerts that must keep arriving."""

from dataclasses import dataclass

from router.core.match.matcher import Matcher
from router.core.model.instant import Span
from router.core.model.rules.names import ReceiverName


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """An alert that must keep arriving; `name` are its matchers, printed."""

    name: str
    matchers: tuple[Matcher, ...]
    every: Span
    receiver: ReceiverName
