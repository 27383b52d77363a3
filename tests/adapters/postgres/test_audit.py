"""The audit log in PostgreSQL: no gap, nothing without its change, read as of one moment."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from router.adapters.crypto.notes import is_signature
from router.adapters.crypto.personal import PersonalSealer
from router.adapters.postgres.audit import StoredAudit, append_entry
from router.adapters.postgres.scope import scope
from router.adapters.postgres.tables import TENANT
from router.control.audit.anchors import Trust
from router.control.audit.appending import Appending
from router.control.audit.findings import Fault, Report
from router.control.audit.note import verifier_key
from router.control.audit.personal import SEALED, opened
from router.control.audit.reading import placed
from router.control.auditing import AuditControl
from router.control.checkpointing import Checkpointing, Signed, Unsigned
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, MINUTE
from router.errors import UnavailableError
from router.ports.audit import AuditRow, Entry
from tests.control.audit.builders import a_key, an_entry, hidden
from tests.record_at import RecordAt

APPEND = Appending(hidden)
KEY = a_key()
TRUST = Trust([verifier_key(KEY)], is_signature)
ACME = TenantId("acme")


async def appended(engine: AsyncEngine, entry: Entry, tenant: TenantId | None = None) -> AuditRow:
    async with scope(engine, tenant or entry.tenant or ACME) as connection:
        return await append_entry(connection, APPEND, entry)


async def changed(engine: AsyncEngine, tenant: str) -> AuditRow:
    """A change in the scope of acme, with its entry."""
    async with scope(engine, ACME) as connection:
        row = await append_entry(connection, APPEND, an_entry())
        await connection.execute(TENANT.insert().values(tenant=tenant))
        return row


async def filled(record: RecordAt, count: int) -> None:
    async with record.engine("ar_api") as engine:
        for number in range(count):
            await appended(engine, an_entry(number, ("acme", "blue")[number % 2]))


async def verified(record: RecordAt) -> Report:
    async with record.engine("ar_auditor") as engine:
        return await AuditControl(StoredAudit(engine)).verified([], TRUST)


async def checkpointed(record: RecordAt, *notes: list[str]) -> Signed | Unsigned | None:
    async def publish(note: str) -> None:
        for kept in notes:
            kept.append(note)

    async with record.engine("ar_projector") as engine:
        return await Checkpointing(StoredAudit(engine), KEY, publish).advance()


async def test_eight_writers_at_once_leave_no_gap(record: RecordAt) -> None:
    async with record.engine("ar_api", size=8) as engine:

        async def write(writer: int) -> None:
            for number in range(5):
                await appended(engine, an_entry(writer * 100 + number, f"t{writer}"))

        await asyncio.gather(*map(write, range(8)))
    report = await verified(record)

    assert (report.entries, report.findings) == (40, ())
    assert isinstance(await checkpointed(record), Signed)
    assert (await verified(record)).covered == 40


async def test_an_entry_is_there_with_its_change_or_not_at_all(record: RecordAt) -> None:
    async with record.engine("ar_api") as engine:
        with pytest.raises(UnavailableError):
            await changed(engine, "another's")
        assert (await verified(record)).entries == 0
        row = await changed(engine, "acme")

    assert (row.seq, (await verified(record)).entries) == (0, 1)


async def test_an_entry_of_another_tenant_or_at_a_taken_place_is_refused(record: RecordAt) -> None:
    async with record.engine("ar_api") as engine:
        with pytest.raises(UnavailableError, match="row-level security"):
            await appended(engine, an_entry(tenant="blue"), ACME)
        await appended(engine, an_entry(tenant=None), ACME)
    await record.ask("postgres", "update audit_head set size = 0, edge = ''")
    async with record.engine("ar_api") as engine:
        with pytest.raises(UnavailableError, match="duplicate key"):
            await appended(engine, an_entry())


async def test_entries_are_read_a_page_at_a_time_and_a_tenants_alone(
    record: RecordAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("router.adapters.postgres.audit._PAGE", 3)
    await filled(record, 10)
    async with record.engine("ar_auditor") as engine, StoredAudit(engine).snapshot() as snapshot:
        rows = [row async for row in snapshot.rows()]
        assert [row.seq for row in rows] == list(range(10))
        assert [row.seq async for row in snapshot.rows(ACME)] == [0, 2, 4, 6, 8]
        assert [leaf async for leaf in snapshot.leaves(7)] == [row.leaf for row in rows[7:]]
        assert [row.seq for row in await snapshot.newest(ACME, 8, 2)] == [6, 4]
        assert await snapshot.newest(None, None, 1) == rows[-1:]


async def test_a_snapshot_does_not_see_what_is_appended_meanwhile(record: RecordAt) -> None:
    await filled(record, 3)
    async with record.engine("ar_auditor") as engine, StoredAudit(engine).snapshot() as snapshot:
        assert (await snapshot.head()).size == 3
        await filled(record, 2)
        assert len([row async for row in snapshot.rows()]) == 3
    assert (await verified(record)).findings == ()


async def test_each_checkpoint_is_stored_and_handed_on_once(record: RecordAt) -> None:
    notes: list[str] = []
    await filled(record, 2)
    assert isinstance(await checkpointed(record, notes), Signed)
    assert await checkpointed(record, notes) is None
    await filled(record, 1)
    assert isinstance(await checkpointed(record, notes), Signed)
    async with record.engine("ar_auditor") as engine, StoredAudit(engine).snapshot() as snapshot:
        assert await snapshot.checkpoints() == notes
    assert len(notes) == 2


async def test_how_long_entries_stand_there_unsigned_is_the_age_of_the_oldest(record: RecordAt) -> None:
    async with record.engine("ar_projector") as engine:
        log = StoredAudit(engine)
        assert await log.unsigned_for() == 0
        await filled(record, 2)
        await record.ask("postgres", "update audit set at = now() - interval '1 hour' * (2 - seq)")
        assert 2 * HOUR <= await log.unsigned_for() < 2 * HOUR + MINUTE
        await record.ask("postgres", "insert into checkpoint values (1, 'a note')")
        assert HOUR <= await log.unsigned_for() < HOUR + MINUTE
        await record.ask("postgres", "insert into checkpoint values (2, 'a note')")
        assert await log.unsigned_for() == 0


SPOILT: list[tuple[str, Fault]] = [
    ("update audit set entry = overlay(entry placing 'x' from 20) where seq = 3", Fault.CHANGED),
    ("delete from audit where seq = 3", Fault.MISSING),
    ("update audit set seq = -seq; update audit set seq = case -seq when 3 then 4 when 4 then 3 else -seq end",
     Fault.MOVED),
    ("update audit set tenant = 'other' where seq = 3", Fault.COPY_DIFFERS),
    ("update audit_head set edge = sha256('') || sha256('')", Fault.HEAD_DIFFERS),
    ("update checkpoint set note = replace(note, E'\\n6\\n', E'\\n5\\n')", Fault.CHECKPOINT),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "fault"), SPOILT, ids=[fault for _, fault in SPOILT])
async def test_what_an_administrator_of_the_database_does_is_named(
    record: RecordAt, statement: str, fault: Fault
) -> None:
    await filled(record, 6)
    await checkpointed(record)
    await record.ask("postgres", "alter table audit drop constraint if exists audit_seq_check")
    await record.ask("postgres", statement)

    assert fault in [one.fault for one in (await verified(record)).findings]


async def test_a_log_that_was_written_again_is_not_signed_and_named_by_what_was_kept(record: RecordAt) -> None:
    await filled(record, 6)
    await checkpointed(record)
    await record.ask("postgres", "delete from audit; update audit_head set size = 0, edge = ''")
    async with record.engine("ar_api") as engine:
        for number in range(7):
            await appended(engine, replace(an_entry(number), reason="never"))

    assert isinstance(await checkpointed(record), Unsigned)
    assert Fault.REWRITTEN in [one.fault for one in (await verified(record)).findings]


async def test_who_reads_the_log_changes_nothing(record: RecordAt) -> None:
    await filled(record, 1)
    async with record.engine("ar_auditor") as engine:
        with pytest.raises(UnavailableError, match="permission denied"):
            await StoredAudit(engine).keep(1, "note")


async def test_a_key_that_is_given_up_leaves_every_proof_whole(record: RecordAt) -> None:
    sealer = PersonalSealer([bytes(32)])
    async with record.engine("ar_api") as engine, scope(engine, ACME) as connection:
        await append_entry(connection, Appending(sealer.seal), an_entry())
    assert isinstance(await checkpointed(record), Signed)
    async with record.engine("ar_auditor") as engine:
        [row] = await AuditControl(StoredAudit(engine)).newest(ACME, None, 1)
    entry = placed(row.entry).entry

    assert opened(entry, sealer.unseal).actor.display == an_entry().actor.display
    assert opened(entry, PersonalSealer([]).unseal).actor.display == SEALED
    assert b"Ana" not in row.entry
    report = await verified(record)
    assert (report.covered, report.findings) == (1, ())
