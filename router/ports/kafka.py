"""Records in and out."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol, Self

from router.core.frozen import frozen
from router.core.model.alert import TenantId
from router.core.model.instant import Instant, Span
from router.core.shard import Shard

Headers = Sequence[tuple[str, bytes]]

TENANT: Final = "tenant"
"""The header that names whose alerts a record holds."""
RECEIVED_AT: Final = "received_at"
"""The header with the time at which the gateway received the body, RFC 3339."""
OBSERVED_AT: Final = "observed_at"
"""The header with the time by which a record counts that was held or comes out of the dead letters, RFC 3339."""
SOURCE: Final = "alert_source"
"""The header of a body that was made of what Alertmanager's events or its API say, see `Source`."""
ALERTS: Final = "alerts"
"""The header with how many alerts a body holds, as the sender states that has sealed it."""
SIGNATURE: Final = "signature"
"""The header by which one of us vouches for whose a record is, when it was received, and for its body."""
TRACEPARENT: Final = "traceparent"
"""The header with the context of a trace, as W3C has it; it is not signed, and nothing but traces depends on it."""
TRACESTATE: Final = "tracestate"
"""The header by which a gateway states that it has decided that a trace is recorded, see `OURS`."""
OURS: Final = b"alertrouter=1"
UNREAD: Final = "alert-router-unread"
"""The header of a record that stands in place of a batch that was not read: why, see `Unread`."""


class Unread(StrEnum):
    """Why a batch was not read; the reason of its dead letter."""

    BATCH_TOO_LARGE = "batch_too_large"
    BATCH_UNREADABLE = "batch_unreadable"


class Unopened(StrEnum):
    """Why the body of a record is still sealed."""

    UNDECIPHERABLE = "undecipherable"
    """No key that its tenant has opens it there."""
    KEY_UNAVAILABLE = "key_unavailable"
    """Its key cannot be had now."""


class Source(StrEnum):
    """How much of its sender's group a body holds that was made of what Alertmanager's events or its API say."""

    WHOLE = "alertmanager"
    PART = "alertmanager-part"


class Stamped(StrEnum):
    """Who has set the time of a record; the topic decides, by `message.timestamp.type`."""

    BY_PRODUCER = "producer"
    BY_BROKER = "broker"


@frozen
class Record:
    """One record as Kafka has it; headers may be null or not text."""

    topic: str
    partition: int
    offset: int
    timestamp: Instant
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    stamped: Stamped = Stamped.BY_PRODUCER
    unopened: Unopened | None = None
    """Why its body is sealed still, where somebody has tried to open it."""
    envelope: bytes | None = None
    """The body as it was sealed, where it was opened: so it goes on, wherever it goes whole."""

    def opened(self, body: bytes) -> Self:
        """The record with its body opened; written out, since that happens for each body of a sealed tenant."""
        return type(self)(
            self.topic,
            self.partition,
            self.offset,
            self.timestamp,
            self.key,
            body,
            self.headers,
            self.stamped,
            self.unopened,
            self.value,
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a partition, TOPIC/NUMBER, is read.

    `lag` counts what is not, and what was appended is read up to `read_age` ago; None where that is not known, as of
    partitions of other workers.
    """

    partition: str
    lag: int | None = None
    read_age: Span | None = None


def record_key(tenant: str, sender_group: str) -> bytes:
    """The key that the gateway gives: bodies of one group of one sender go to one partition."""
    return hashlib.sha256(f"{tenant}/{sender_group}".encode()).hexdigest()[:16].encode()


TopicOf = Callable[[TenantId], str]
"""The inbound topic of a tenant: that of its pool."""


class RecordLog(Protocol):
    """Records out."""

    async def append(self, topic: str, value: bytes | None, key: bytes | None, headers: Headers) -> None:
        """Append one record; returns when all replicas have it.

        Raises:
            UnavailableError: nobody knows whether it was appended; append it again.
            PayloadError: it can never be appended.
        """

    async def reached(self) -> bool:
        """Whether Kafka answers now."""


class PartitionedLog(Protocol):
    """Records out, where who appends one may say which partitions may take it."""

    async def append(
        self, topic: str, value: bytes | None, key: bytes | None, headers: Headers, shard: Shard | None = None
    ) -> None:
        """Append one record to a partition of the shard; returns when all replicas have it.

        While nobody leads any partition of the shard, the one behind it that has a leader takes its place. Raises as
        `RecordLog`.
        """

    async def reached(self) -> bool:
        """Whether Kafka answers now."""


class HeldLog(Protocol):
    """The held topic, read again and again by a member of a group."""

    generation: int
    """Another number after each change of what is read here: all that was remembered of it is void."""

    async def read(self) -> Sequence[Record]:
        """The next records; none when all have been read for now.

        Raises:
            UnavailableError: Kafka does not answer; the same records come with the next reading.
        """

    async def go_on_from(self, offsets: Mapping[int, int]) -> None:
        """Read these partitions again from there, the others on; whoever comes after us begins there as well."""
