"""Traces: what happens to a record as spans, each of which names the one before it by its context.

A context is a W3C `traceparent`. Whether a trace is recorded is decided before its first span is begun here; where it
is not, nothing is begun, and nothing is stored.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, Protocol

from router.core.model.alert import TenantId
from router.core.model.key import GroupId

MAX_CONTEXTS: Final = 8
"""Contexts that an alert group waits with until what they brought is shown: a parent, and links."""

_CONTEXT: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})", re.ASCII)
_SAMPLED: Final = 1

Value = str | int
"""Of an attribute."""


class SpanKind(StrEnum):
    """OpenTelemetry's word for whose a span is."""

    SERVER = "server"
    CONSUMER = "consumer"
    INTERNAL = "internal"
    CLIENT = "client"


class Span(Protocol):
    """Something that has begun; one that is never ended is never exported."""

    @property
    def context(self) -> str:
        """What names it."""

    def end(self, **attributes: Value) -> None:
        """It is over now, with these attributes besides; never raises."""


class Tracer(Protocol):
    """Begins spans that are recorded."""

    def begin(self, name: str, kind: SpanKind, parents: Sequence[str], attributes: Mapping[str, Value]) -> Span:
        """Begin a span below the first of these contexts, with links to the others; of none a trace of its own."""


class TraceContexts(Protocol):
    """The contexts of what was folded into alert groups and is not shown yet; lost without harm."""

    async def note(self, tenant: TenantId, contexts: Mapping[GroupId, Sequence[str]]) -> None:
        """Keep these for each group, behind those that are kept; beyond `MAX_CONTEXTS` the last are dropped.

        Raises:
            UnavailableError: Redis does not answer, or is full.
        """

    async def find(self, tenant: TenantId, groups: Sequence[GroupId]) -> list[Sequence[str]]:
        """Those of each group, the oldest first.

        Raises:
            UnavailableError: Redis does not answer.
        """

    async def forget(self, tenant: TenantId, contexts: Mapping[GroupId, int]) -> None:
        """Forget the first so many of each group: what they brought is shown.

        Raises:
            UnavailableError: Redis does not answer.
        """


def is_context(text: str) -> bool:
    """Whether it is a `traceparent` of version 00, which names a trace and a span."""
    return _CONTEXT.fullmatch(text) is not None


def wants_a_trace(context: str) -> bool:
    """Whether whoever began the trace records it."""
    return bool(int(context[-2:], 16) & _SAMPLED)


def trace_of(context: str) -> str:
    """The id of its trace: 32 hexadecimal digits."""
    return context.split("-")[1]


def leading_to(trace: str) -> dict[str, str]:
    """What leads from a line of the log, or from a metric, to a trace; nothing where none is recorded, "" that is."""
    return {"trace_id": trace} if trace else {}


def unsampled(context: str) -> str:
    """The same, of a trace that is not recorded from here on."""
    return f"{context[:-2]}00"
