"""A record that the Kafka client cannot read: it must not stop the records behind it.

Kafka says that names of headers are UTF-8, but no broker checks it, and clients in C and Go send any bytes. The test
has a system of its own, since on one partition nothing would come through any more.
"""

from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from tests.e2e.conftest import JOIN_SOON
from tests.e2e.system import up
from tests.e2e.tenants import document, write
from tests.e2e.webhooks import body, firing
from tests.waiting import eventually


class NoText(str):
    """A header name of bytes that are no UTF-8."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"\xff\xfe"


@pytest.mark.long
async def test_a_header_whose_name_is_no_text_stops_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path / "tenants", [document("poisoned")])
    async with up(folder, **JOIN_SOON) as system, system.tenant("poisoned") as tenant:
        own = [("tenant", b"poisoned")]
        async with AIOKafkaProducer(bootstrap_servers=system.ready["kafka"]) as raw:
            await append_raw(raw, body(firing("Poison")), [*own, (NoText("x"), b"")])
            await raw.send_and_wait("alerts.inbound", body(firing("Behind")), partition=0, headers=own)

        async def notified() -> bool:
            return any("Behind" in message.text for message in await tenant.messages())

        await eventually(notified, within_s=8, every_s=0.2)


async def append_raw(producer: AIOKafkaProducer, value: bytes, headers: list[tuple[str, bytes]]) -> None:
    """A record as a client that checks nothing would send it."""
    batch = producer.create_batch()
    builder = _DefaultRecordBatchBuilderPy(
        magic=2, compression_type=0, is_transactional=0, producer_id=-1, producer_epoch=-1, base_sequence=-1,
        batch_size=16_384,
    )  # fmt: skip
    batch._builder = builder
    batch.append(key=None, value=value, timestamp=None, headers=headers)
    await (await producer.send_batch(batch, "alerts.inbound", partition=0))
