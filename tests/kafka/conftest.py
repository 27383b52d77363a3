"""What only Apache Kafka can show: brokers that die and come back, partitions without a leader, static members."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from tests.brokers import KIND, Kind
from tests.kafka.secured import Secured, secured

HERE: Final = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.kafka)
            item.add_marker(pytest.mark.skipif(KIND is not Kind.APACHE, reason="`make test-kafka` runs these"))


@pytest.fixture(scope="session")
async def locked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Secured]:
    """A broker on which everybody has the rights that `deploy/` gives, and no others."""
    async with secured(tmp_path_factory.mktemp("guarded")) as kafka:
        yield kafka


@pytest.fixture(scope="module")
async def guarded(locked: Secured) -> Secured:
    """The same, empty: with what another module left in it, a worker with an empty Redis takes its data for lost."""
    await locked.empty()
    return locked
