"""Whatever stops at whatever step: no command ends well whose change was not made, and both ends are equal."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import pytest
from redis.asyncio import Redis

from router.adapters.postgres.audit import StoredAudit
from router.adapters.postgres.engine import opened
from router.adapters.redis.connection import Connection
from router.adapters.redis.secrets import SecretRepository
from router.adapters.redis.tokens import TokenRepository
from router.app.clocks import steady_clock
from router.control.audit.anchors import Trust
from router.control.auditing import AuditControl
from router.core.model.rules.names import SecretName
from router.errors import UnavailableError, UnconfirmedError
from router.ports.secrets import SealedSecrets
from router.roles.projector import Projector
from tests.adapters.postgres.breaking import (
    BreakingLog,
    BreakingProjection,
    CommitProxy,
    Engines,
    KilledError,
    Projecting,
    Writing,
    started_engines,
)
from tests.adapters.postgres.recording import ACME, Recording, joined
from tests.record_at import RecordAt

pytestmark = pytest.mark.long

_NOT_MADE: Final = (Writing.NOT_BEGUN, Writing.LOCKED)
Fault = Callable[[Engines], Awaitable[None]]
_FAULTS: Final[tuple[Fault, ...]] = (
    Engines.stop_postgres,
    Engines.stop_redis,
    Engines.empty_redis,
    Engines.kill_projector,
)


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engines]:
    async with started_engines(tmp_path_factory.mktemp("outages")) as engines:
        yield engines


@pytest.fixture
async def engines(running: Engines) -> Engines:
    """Both run, and hold a tenant that is recorded, in force and has a token and a secret."""
    await running.start()
    at = RecordAt(running.postgres)
    await at.empty()
    await at.close()
    async with Redis.from_url(running.valkey.url) as redis:
        await redis.flushall()
    async with connected(running) as made:
        await made.versions.publish(ACME, "one")
        await made.tokens.add(ACME, "d" * 64, 2)
        await made.secrets.replace(ACME, SealedSecrets(), SealedSecrets({SecretName("slack"): "sealed"}, "manifest"))
        await made.projector.round()
    return running


@pytest.mark.parametrize("step", _NOT_MADE)
async def test_a_change_that_postgresql_does_not_survive_is_not_made_and_fails(
    engines: Engines, step: Writing
) -> None:
    async with connected(engines, BreakingLog(step, engines.stop_postgres)) as made:
        if step is Writing.NOT_BEGUN:
            await engines.stop_postgres()
        with pytest.raises(UnavailableError) as raised:
            await made.versions.publish(ACME, "two")
        assert not isinstance(raised.value, UnconfirmedError)
    await _ends_equal(engines, "one", entries=3)


@pytest.mark.parametrize(
    ("step", "text", "entries"),
    [(Writing.WRITTEN, "one", 3), (Writing.COMMIT_LOST, "one", 3), (Writing.ANSWER_LOST, "two", 4)],
)
async def test_where_the_answer_to_a_commit_is_lost_the_error_says_that_it_may_be_made(
    engines: Engines, step: Writing, text: str, entries: int
) -> None:
    async with connected(engines, BreakingLog(step, engines.stop_postgres), step) as made:
        with pytest.raises(UnconfirmedError, match="may be made or not"):
            await made.versions.publish(ACME, "two")
    await _ends_equal(engines, text, entries)
    async with connected(engines) as made:
        assert await made.versions.publish(ACME, "two") == 2
    await _ends_equal(engines, "two", entries + 1)


@pytest.mark.parametrize("step", Projecting)
@pytest.mark.parametrize("fault", _FAULTS, ids=lambda fault: fault.__name__)
async def test_what_is_made_is_in_force_once_all_runs_again(engines: Engines, fault: Fault, step: Projecting) -> None:
    async with connected(engines) as made:
        await made.versions.publish(ACME, "two")
        await made.tokens.add(ACME, "e" * 64, 2)
        await made.tokens.revoke(ACME, "d" * 8)
        with suppress(UnavailableError, KilledError):
            await _round(made, engines, fault, step)
    await _ends_equal(engines, "two", entries=6)


async def _round(made: Recording, engines: Engines, fault: Fault, step: Projecting) -> None:
    async def breaks() -> None:
        await fault(engines)

    if step is Projecting.NOT_BEGUN:
        await breaks()
    await Projector(made.wanting, BreakingProjection(made.redis, step, breaks), steady_clock).round()


async def _ends_equal(engines: Engines, text: str, entries: int) -> None:
    """Once all runs, another projector brings what is missing; the log holds what was made, and verifies."""
    await engines.start()
    async with connected(engines) as made:
        await made.projector.round()
        recorded, live = await made.versions.active(ACME), await made.in_force.active(ACME)
        assert recorded is not None
        assert live is not None
        assert (recorded.text, live.text) == (text, text)
        assert recorded.version == live.version
        assert await made.wanting.live_tokens() == await TokenRepository(made.redis).all()
        assert await made.secrets.of(ACME) == await SecretRepository(made.redis).of(ACME)
        assert [one.in_force for one in await made.wanting.standing()] == [True]
        await made.projector.round()
        assert (made.projector.behind, made.projector.drift) == (0, [])
        async with made.at.engine("ar_auditor") as auditing:
            report = await AuditControl(StoredAudit(auditing)).verified([], Trust([], lambda *_: False))
        assert (report.is_good, report.entries) == (True, entries)


@asynccontextmanager
async def connected(
    engines: Engines, log: BreakingLog | None = None, at: Writing = Writing.DONE
) -> AsyncIterator[Recording]:
    """The record and Redis, by connections of one's own."""
    record, redis = RecordAt(engines.postgres), Connection(engines.valkey.url)
    proxy = CommitProxy(engines.postgres.engine.port, at=at)
    await proxy.start()
    try:
        async with opened(proxy.url(record, "ar_api")) as api, record.engine("ar_projector") as reading:
            made = joined(record, redis, api, reading, log)
            yield made
            await made.wanting.close()
    finally:
        await proxy.stop()
        await redis.close()
        await record.close()
