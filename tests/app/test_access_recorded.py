"""The stored access document on PostgreSQL itself: broken, out of reach or away, the last good one stays in force."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from structlog.testing import capture_logs

from router.adapters.postgres.access import RecordedAccess
from router.adapters.postgres.changing import Record
from router.app.access_stored import StoredAccess
from router.control.access.table import NOBODY
from router.ports.provenance import UNKNOWN
from tests.adapters.postgres.breaking import started_engines
from tests.adapters.postgres.recording import attempt, audit_log
from tests.app.test_access_file import document
from tests.app.test_access_stored import names
from tests.record_at import RecordAt
from tests.waiting import eventually

INSERT: Final = "insert into access_document (version, document, digest, author) values (%s, %s, '', '')"
BROKEN: Final = ("version: 2\n", "{", "", "version: 1\nissuers: []\nbindings: [{role: nobody}]\n", "&a [*a]" * 100)


@asynccontextmanager
async def looking(at: RecordAt) -> AsyncIterator[tuple[StoredAccess, RecordedAccess]]:
    """What is stored, with ana's document as the first, looked at again and again."""
    async with at.engine("ar_api") as engine:
        versions = RecordedAccess(Record(engine, audit_log()), attempt)
        await versions.add(document("ana"), 0, UNKNOWN, ())
        access = StoredAccess(versions, lambda: NOBODY)
        await access.look()
        running = asyncio.create_task(access.run(0.01))
        try:
            yield access, versions
            assert not running.done()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def logged(logs: list[Any], event: str) -> None:
    """Wait until this was logged."""
    await eventually(lambda: [one for one in logs if one["event"] == event])


async def test_a_stored_document_that_is_broken_leaves_the_last_good_one_until_there_is_a_good_one_again(
    record: RecordAt,
) -> None:
    async with looking(record) as (access, versions):
        for number, text in enumerate(BROKEN, 2):
            with capture_logs() as logs:
                await record.ask("postgres", INSERT, number, text)
                await logged(logs, "access_document_refused")
            assert names(access) == {"ana"}
        await versions.add(document("ana", "ben"), len(BROKEN) + 1, UNKNOWN, ())
        await eventually(lambda: names(access) == {"ana", "ben"})


@pytest.mark.parametrize(("breaks", "repairs"), [
    ("revoke select on access_document from ar_api", "grant select on access_document to ar_api"),
    ("alter table access_document rename to gone", "alter table gone rename to access_document"),
    ("alter table access_document rename column version to gone",
     "alter table access_document rename column gone to version"),
])  # fmt: skip
async def test_one_that_cannot_be_read_leaves_the_last_one_until_it_can(
    record: RecordAt, breaks: str, repairs: str
) -> None:
    async with looking(record) as (access, versions):
        with capture_logs() as logs:
            await record.ask("postgres", breaks)
            try:
                await logged(logs, "access_document_unavailable")
            finally:
                await record.ask("postgres", repairs)
        assert names(access) == {"ana"}
        await versions.add(document("ana", "ben"), 1, UNKNOWN, ())
        await eventually(lambda: names(access) == {"ana", "ben"})


@pytest.mark.long
async def test_while_postgresql_is_stopped_the_last_one_stays_and_a_newer_one_is_found_when_it_is_back(
    tmp_path: Path,
) -> None:
    async with started_engines(tmp_path) as engines:
        at = RecordAt(engines.postgres)
        async with looking(at) as (access, versions):
            with capture_logs() as logs:
                await engines.stop_postgres()
                await logged(logs, "access_document_unavailable")
            assert names(access) == {"ana"}
            await engines.start()
            await versions.add(document("ana", "ben"), 1, UNKNOWN, ())
            await eventually(lambda: names(access) == {"ana", "ben"})
        await at.close()
