"""Records in and out, in memory."""

from dataclasses import dataclass

from router.errors import PayloadError
from router.ports.kafka import Headers
from tests.fakes.faults import Faulty, asked


@dataclass(frozen=True)
class Appended:
    """One record as Kafka has it."""

    topic: str
    value: bytes | None
    key: bytes | None
    headers: dict[str, bytes]


class FakeRecordLog(Faulty):
    """Topics with memory; a value larger than `max_value` is refused for good."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[Appended] = []
        self.max_value = 1_000_000

    @asked
    async def append(self, topic: str, value: bytes | None, key: bytes | None, headers: Headers) -> None:
        if len(value or b"") > self.max_value:
            raise PayloadError("too_large", "larger than a record may be")
        self.records.append(Appended(topic, value, key, dict(headers)))
