"""The API of a test: over an empty record, and a Redis alone, since what differs in a cluster is below the API."""

from collections.abc import AsyncIterator, Iterator

import pytest
from alert_router_local.process import Engine
from structlog.testing import capture_logs

from router.adapters.kafka.connecting import KafkaConnection
from tests.api.letters import Desk, a_desk
from tests.api.offering import projecting
from tests.api.serving import Asking, asking
from tests.catalogue import CATALOGUE
from tests.conftest import an_empty_redis
from tests.issuer import Issuer
from tests.record_at import RecordAt
from tests.redis_at import redis_at


@pytest.fixture(scope="package", autouse=True)
def loaded_once() -> Iterator[None]:
    """Templates and translations are read once for all tests: each has an API of its own, which would read them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("router.app.control_api.load_localizations", lambda settings: CATALOGUE)
        yield


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """What the API logs is not what a command prints, whatever ran before; each key that it answers is described."""
    with capture_logs() as logs:
        yield
    assert [one for one in logs if one["event"] == "answer_not_described"] == []


@pytest.fixture(scope="session")
async def issuer() -> AsyncIterator[Issuer]:
    """The identity provider of this run."""
    one = Issuer()
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def emptied(valkey: Engine) -> AsyncIterator[str]:
    """The address of the API's Redis."""
    async with an_empty_redis(valkey) as url:
        yield url


@pytest.fixture
async def api(record: RecordAt, emptied: str, issuer: Issuer) -> AsyncIterator[Asking]:
    """The API, with nothing recorded."""
    redis = redis_at(emptied)
    async with asking(record, redis, issuer) as one:
        yield one
    await redis.close()


@pytest.fixture
async def in_force(api: Asking, emptied: str) -> AsyncIterator[None]:
    """What is recorded is in force soon."""
    async with projecting(api, emptied):
        yield


@pytest.fixture
async def desk(
    record: RecordAt, emptied: str, issuer: Issuer, kafka: KafkaConnection, unique: str
) -> AsyncIterator[Desk]:
    """Dead letters, over a topic of its own."""
    async with a_desk(record, emptied, issuer, kafka, unique) as one:
        yield one
