"""Which traces are recorded: so many of all, by the lot. Whoever sends alerts may leave one out, never force one."""

from collections.abc import Callable
from dataclasses import dataclass

from router.ports.tracing import Tracer, is_context, wants_a_trace


@dataclass(frozen=True, slots=True)
class Sampling:
    """Records a share of `ratio` of what comes without a context, and of what its sender records.

    `draw` draws a number from 0 to 1, without 1.

    The lot knows neither ids nor flags, so that nobody can choose an id that is recorded always.
    """

    tracer: Tracer
    ratio: float
    draw: Callable[[], float]

    def takes(self, context: str) -> bool:
        """Whether the trace of a sender's context, "" for none, is recorded from here on."""
        return (not context or wants_a_trace(context)) and self.draw() < self.ratio


def context_of(text: str) -> str:
    """What a sender states, if it is a context; else ""."""
    return text if is_context(text) else ""
