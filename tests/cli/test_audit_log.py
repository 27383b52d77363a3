"""`audit list`, `export` and `verify` on PostgreSQL, as an auditor runs them."""

import json
from pathlib import Path
from typing import Final

import pytest

from router.adapters.crypto.notes import private_text
from router.adapters.crypto.personal import PersonalSealer
from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.postgres.audit import append_entry
from router.adapters.postgres.scope import scope
from router.control.audit.appending import Appending
from router.control.audit.note import verifier_key
from router.core.model.alert import TenantId
from tests.adapters.postgres.test_audit import checkpointed, filled
from tests.adapters.test_sealing import NEW, text_of
from tests.cli.exports import VERIFIER
from tests.cli.running import fed, refused
from tests.control.audit.builders import ORIGIN, a_key, an_entry
from tests.e2e.system import Finished, KafkaSide
from tests.record_at import RecordAt

PRIVATE: Final = private_text(ORIGIN, verifier_key(a_key()).id, bytes(range(32)))


async def audit(record: RecordAt, *arguments: str) -> Finished:
    settings = {"AUDIT__URL": record.url("ar_auditor"), "AUDIT__VERIFIERS": VERIFIER}
    return await fed(b"", "audit", *arguments, **settings)


@pytest.fixture
async def log(record: RecordAt) -> RecordAt:
    """Six entries of two tenants, with a checkpoint of five."""
    await filled(record, 5)
    await checkpointed(record)
    await filled(record, 1)
    return record


async def test_entries_are_listed_newest_first(log: RecordAt) -> None:
    people = await audit(log, "list", "--tenant", "blue", "--limit", "1")
    programs = await audit(log, "list", "--before", "3", "--json")

    assert people.out.startswith("3\t")
    assert "blue" in people.out
    assert "user root@ci-7 (sealed)" in people.out
    assert [one["seq"] for one in json.loads(programs.out)] == [2, 1, 0]


async def test_who_has_the_key_sees_the_names_of_persons(record: RecordAt) -> None:
    async with record.engine("ar_api") as engine, scope(engine, TenantId("acme")) as connection:
        await append_entry(connection, Appending(PersonalSealer([NEW]).seal), an_entry())
    settings = {"AUDIT__URL": record.url("ar_auditor"), "AUDIT__SEALING_KEY": text_of(NEW)}
    opened = await fed(b"", "audit", "list", **settings)
    without = await audit(record, "list")

    assert "user root@ci-7 Ana, 192.0.2.7" in opened.out
    assert "user root@ci-7 (sealed)\t" in without.out


async def test_an_export_of_a_tenant_is_verified_without_the_database(log: RecordAt, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    exported = await audit(log, "export", str(folder), "--tenant", "acme", "--json")
    again = await audit(log, "export", str(folder))
    offline = await fed(b"", "audit", "verify", "--offline", str(folder), "--key", VERIFIER)

    assert json.loads(exported.out) == {"folder": str(folder), "entries": 3, "of": 5}
    assert (offline.code, offline.out) == (0, "nothing is wrong: 3 entries, 3 of them covered by 1 checkpoints\n")
    assert (again.code, "File exists" in again.err) == (1, True)


async def test_events_of_ocsf_are_exported(log: RecordAt, tmp_path: Path) -> None:
    folder = tmp_path / "siem"
    exported = await audit(log, "export", str(folder), "--as", "ocsf")
    events = [json.loads(line) for line in (folder / "ocsf.jsonl").read_text(encoding="utf-8").splitlines()]

    assert exported.out == f"5 of the first 5 entries are in {folder}\n"
    assert [event["metadata"]["sequence"] for event in events] == [0, 1, 2, 3, 4]
    assert {event["class_uid"] for event in events} == {6003}


async def test_a_log_is_verified_where_it_is(log: RecordAt) -> None:
    good = await audit(log, "verify")
    await log.ask("postgres", "delete from audit where seq = 2")
    bad = await audit(log, "verify")

    assert (good.code, good.out) == (0, "nothing is wrong: 6 entries, 5 of them covered by 1 checkpoints\n")
    assert (bad.code, bad.out.splitlines()[0].startswith("missing: entry 2: deleted")) == (1, True)


async def test_without_a_database_or_a_checkpoint_the_remedy_is_named(record: RecordAt, tmp_path: Path) -> None:
    nowhere = await fed(b"", "audit", "list")
    empty = await audit(record, "export", str(tmp_path / "none"))

    assert (nowhere.code, "ALERT_ROUTER_AUDIT__URL" in nowhere.err) == (2, True)
    assert (empty.code, "there is no checkpoint" in empty.err) == (1, True)


async def test_a_checkpoint_goes_to_kafka_and_the_database_and_is_printed_once(
    record: RecordAt, kafka: KafkaConnection, unique: str, tmp_path: Path
) -> None:
    await filled(record, 3)
    settings = {
        "AUDIT__URL": record.url("ar_projector"),
        "AUDIT__KEY": PRIVATE,
        "AUDIT__TOPIC": unique,
        "KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "KAFKA__CREATE_TOPICS": "true",
    }
    first = await fed(b"", "audit", "checkpoint", **settings)
    again = await fed(b"", "audit", "checkpoint", "--json", **settings)
    kept = tmp_path / "kept"
    async with KafkaSide(kafka.bootstrap_servers) as side:
        kept.write_bytes(b"".join([one.value for one in await side.records(unique)]))
    verified = await audit(record, "verify", "--checkpoint", str(kept))

    assert kept.read_text(encoding="utf-8") == first.out
    assert json.loads(again.out) == {"size": None, "checkpoint": None}
    assert verified.out == "nothing is wrong: 3 entries, 3 of them covered by 2 checkpoints\n"


async def test_a_kafka_that_does_not_answer_is_named(log: RecordAt) -> None:
    settings = {
        "AUDIT__URL": log.url("ar_projector"),
        "AUDIT__KEY": PRIVATE,
        "KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:9",
    }
    refused(await fed(b"", "audit", "checkpoint", **settings), 1, "Kafka cannot be reached at 127.0.0.1:9")


async def test_a_log_that_was_cut_off_is_not_signed(log: RecordAt) -> None:
    await log.ask("postgres", "delete from audit where seq > 2")
    settings = {
        "AUDIT__URL": log.url("ar_projector"),
        "AUDIT__KEY": PRIVATE,
        "KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:9",
    }
    done = await fed(b"", "audit", "checkpoint", **settings)
    without = await fed(b"", "audit", "checkpoint", AUDIT__URL=log.url("ar_projector"))

    refused(done, 1, "nothing is signed: the last checkpoint was signed for 5 entries, and there are 3")
    refused(without, 2, "no key signs checkpoints")
