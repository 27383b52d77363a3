"""Which calls go wrong, and how: a queue of planned faults.

A call meets the first fault that matches it and has hits left. Some kinds process the call and then spoil the answer,
which is how duplicates come about: `COMMIT_THEN_...`, `TRUNCATED_JSON` and `TRICKLE`. The others answer in Slack's
place, or only delay.
"""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """The ways a call can go wrong."""

    LATENCY = "latency"
    LATE = "late"
    HANG = "hang"
    DROP = "drop"
    UNAVAILABLE_HTML = "unavailable_html"
    SERVICE_UNAVAILABLE = "service_unavailable"
    RATE_LIMITED = "rate_limited"
    RATE_LIMITED_NO_HEADER = "rate_limited_no_header"
    RATE_LIMITED_HTML = "rate_limited_html"
    RATE_LIMITED_TEXT = "rate_limited_text"
    ERROR = "error"
    COMMIT_THEN_DROP = "commit_then_drop"
    COMMIT_THEN_HANG = "commit_then_hang"
    COMMIT_THEN_500 = "commit_then_500"
    COMMIT_THEN_ERROR = "commit_then_error"
    TRUNCATED_JSON = "truncated_json"
    TRICKLE = "trickle"
    STALE = "stale"
    FORGED = "forged"

    @property
    def commits(self) -> bool:
        """Whether the call is processed before its answer is spoilt."""
        return self in _COMMITTING

    @property
    def hangs(self) -> bool:
        """Whether the call waits until it is released or its caller has disconnected."""
        return self in (FaultKind.HANG, FaultKind.COMMIT_THEN_HANG)

    @property
    def drops(self) -> bool:
        """Whether the connection is cut instead of answered."""
        return self in (FaultKind.DROP, FaultKind.COMMIT_THEN_DROP)


_COMMITTING = frozenset(
    {
        FaultKind.COMMIT_THEN_DROP,
        FaultKind.COMMIT_THEN_HANG,
        FaultKind.COMMIT_THEN_500,
        FaultKind.COMMIT_THEN_ERROR,
        FaultKind.TRUNCATED_JSON,
        FaultKind.TRICKLE,
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One planned failure: which calls it hits (None = any), how often, and its details.

    It skips `nth - 1` matching calls and then hits `times` of them (None = until cleared). `channel` is an id or a
    name. `retry_after` becomes the header as it is written, also "0.5". `error` is the code of the answer; with the
    429 of a posting method, `rate_limited` (the default) holds the channel and `ratelimited` holds the method.
    `stale` answers what channels and threads showed `latency_s` ago. `forged` answers what no Slack would: the `body`
    and so many blanks as `padding`, with this `status` and these `headers`.
    """

    kind: FaultKind
    method: str | None = None
    team_id: str | None = None
    channel: str | None = None
    threaded: bool | None = None
    nth: int = 1
    times: int | None = 1
    probability: float = 1.0
    seed: int = 0
    latency_s: float = 0.0
    retry_after: float | str | None = None
    error: str | None = None
    body: str = ""
    padding: int = 0
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.nth < 1 or (self.times is not None and self.times < 1):
            raise ValueError("nth and times count from 1")
        if self.kind is FaultKind.ERROR and not self.error:
            raise ValueError("a fault of kind error needs its error code")
        if self.kind is FaultKind.RATE_LIMITED and self.retry_after is None:
            raise ValueError("a fault of kind rate_limited needs retry_after")

    @property
    def retry_after_header(self) -> str | None:
        """The text of the header, without a needless fraction."""
        if isinstance(self.retry_after, float) and self.retry_after.is_integer():
            return str(int(self.retry_after))
        return None if self.retry_after is None else str(self.retry_after)

    @property
    def retry_after_s(self) -> float | None:
        """The wait the header asks for, if it is a number."""
        try:
            return None if self.retry_after is None else float(self.retry_after)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What faults match against; `channel_names` are the channel's id, name and `#name`."""

    method: str
    team_id: str | None
    channel_names: frozenset[str]
    threaded: bool


@dataclass(slots=True)
class _Armed:
    fault: Fault
    dice: random.Random
    seen: int = 0
    hits: int = 0

    def takes(self, sighting: Sighting) -> bool:
        if not _matches(self.fault, sighting) or self._spent():
            return False
        self.seen += 1
        if self.seen < self.fault.nth or self.dice.random() >= self.fault.probability:
            return False
        self.hits += 1
        return True

    def _spent(self) -> bool:
        return self.fault.times is not None and self.hits >= self.fault.times


@dataclass(slots=True)
class FaultQueue:
    """The planned faults, in the order they were injected."""

    _armed: list[_Armed] = field(default_factory=list)

    def inject(self, fault: Fault) -> None:
        """Plan a fault behind those already planned."""
        self._armed.append(_Armed(fault, random.Random(fault.seed)))  # noqa: S311 - chance for tests, not secrets

    def clear(self) -> None:
        """Forget every planned fault."""
        self._armed.clear()

    def take(self, sighting: Sighting) -> Fault | None:
        """The fault that this call meets, if any; counts the call."""
        return next((armed.fault for armed in self._armed if armed.takes(sighting)), None)


class Gate:
    """Where hanging calls wait until all are released."""

    def __init__(self) -> None:
        self._open = asyncio.Event()

    async def wait(self) -> None:
        """Wait for the next release."""
        await self._open.wait()

    def release(self) -> None:
        """Release all that wait now; later ones wait for the next release."""
        self._open.set()
        self._open = asyncio.Event()


def _matches(fault: Fault, sighting: Sighting) -> bool:
    return (
        fault.method in (None, sighting.method)
        and fault.team_id in (None, sighting.team_id)
        and (fault.channel is None or fault.channel in sighting.channel_names)
        and fault.threaded in (None, sighting.threaded)
    )
