"""The Kafka that the suite runs on: Tansu, which is embedded, or with TEST_KAFKA=apache Apache Kafka."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final

import pytest
from alert_router_local.engines import start_kafka
from alert_router_local.process import HOST, Engine

from tests.kafka.broker import Broker


class Kind(StrEnum):
    """Whose broker it is."""

    TANSU = "tansu"
    APACHE = "apache"


KIND: Final = Kind(os.environ.get("TEST_KAFKA", Kind.TANSU))

IDEMPOTENT: Final = KIND is Kind.APACHE
"""Whether the broker has idempotent producers."""

_SETTINGS: Final[Mapping[Kind, Mapping[str, str]]] = {
    Kind.TANSU: {
        "KAFKA__IDEMPOTENT_PRODUCER": "false",
        "KAFKA__FETCH_MAX_WAIT_MS": "20",
        "KAFKA__GAP_WAIT_MS": "100",
    },
    Kind.APACHE: {},
}
SETTINGS: Final = {"KAFKA__CREATE_TOPICS": "true", "KAFKA__SESSION_TIMEOUT_MS": "6000", **_SETTINGS[KIND]}
"""How a role uses this broker, beside where it is; a group forms sooner than with the default session."""

tansu_alone: Final = pytest.mark.skipif(KIND is not Kind.TANSU, reason="about the engine that is embedded")


async def start_broker(directory: Path) -> Engine:
    """A broker with nothing in it; Apache's keeps its log in the directory."""
    if KIND is Kind.TANSU:
        return await start_kafka()
    broker = Broker(directory)
    await broker.start()
    assert broker.engine is not None
    return broker.engine


@asynccontextmanager
async def of_its_own(directory: Path) -> AsyncIterator[Mapping[str, str]]:
    """The settings of an `alert-router up` that nobody shares a broker with; Tansu it embeds by itself."""
    if KIND is Kind.TANSU:
        yield {}
        return
    engine = await start_broker(directory)
    try:
        yield {**SETTINGS, "KAFKA__BOOTSTRAP_SERVERS": f"{HOST}:{engine.port}"}
    finally:
        await engine.stop()
