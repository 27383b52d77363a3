"""Records in and out, in memory."""

from dataclasses import dataclass

from router.errors import PayloadError
from router.ports.kafka import Headers
from tests.fakes.faults import Faulty, asked


@dataclass(frozen=True)
class Appended:
    """One record as Kafka has it, where a name may stand in several headers."""

    topic: str
    value: bytes | None
    key: bytes | None
    all_headers: Headers

    @property
    def headers(self) -> dict[str, bytes]:
        """The headers by name; of several the last."""
        return dict(self.all_headers)


class FakeRecordLog(Faulty):
    """Topics with memory; a value larger than `max_value` is refused for good."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[Appended] = []
        self.max_value = 1_000_000
        self.is_reached = True

    @asked
    async def append(self, topic: str, value: bytes | None, key: bytes | None, headers: Headers) -> None:
        if len(value or b"") > self.max_value:
            raise PayloadError("too_large", "larger than a record may be")
        if value is None and key is None:
            raise PayloadError("not_appendable", "Need at least one: key or value")
        self.records.append(Appended(topic, value, key, tuple(headers)))

    async def reached(self) -> bool:
        return self.is_reached
