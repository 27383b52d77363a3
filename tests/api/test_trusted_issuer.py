"""Tokens of an issuer with a private authority are taken where the settings trust that, and else as of one away."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from router.adapters.redis.connection import Connection
from router.settings import ControlSettings
from tests.api.serving import asking
from tests.http.certificates import server_context, trusted_file
from tests.issuer import Issuer
from tests.record_at import RecordAt
from tests.redis_at import redis_at


@pytest.fixture
async def private(tmp_path: Path) -> AsyncIterator[Issuer]:
    """An issuer that answers by TLS alone."""
    one = Issuer()
    await one.start(server_context(tmp_path))
    yield one
    await one.stop()


@pytest.fixture
async def redis(emptied: str) -> AsyncIterator[Connection]:
    one = redis_at(emptied)
    yield one
    await one.close()


async def test_its_tokens_are_taken_by_the_file_of_the_settings(
    record: RecordAt, redis: Connection, private: Issuer, tmp_path: Path
) -> None:
    control = ControlSettings(issuers_ca_file=trusted_file(tmp_path))
    async with asking(record, redis, private, control=control) as api:
        assert (await api.ask("viewer@all", "GET", "/tenants")).status == 200


async def test_without_it_nobody_is_let_in_and_why_is_not_shown(
    record: RecordAt, redis: Connection, private: Issuer
) -> None:
    async with asking(record, redis, private) as api:
        answer = await api.ask("viewer@all", "GET", "/tenants")
    assert (answer.status, answer.problem, "ISSUERS_CA" in answer.text) == (503, "unavailable", False)
