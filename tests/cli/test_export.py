"""`alert-router tenant export` on the real engines: all of the tenant, nothing of others, and never a secret."""

import hashlib
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.core.model.group import AlertGroup
from router.core.model.token import token_digest
from tests.adapters.builders import ACME, BETA, key_of, new_token, store, waiting, write
from tests.adapters.postgres.recording import recording
from tests.adapters.postgres.test_audit import checkpointed
from tests.adapters.test_sealing import NEW, text_of
from tests.cli.exports import VERIFIER
from tests.cli.running import fed, refused, run
from tests.config.samples import EXAMPLE
from tests.record_at import RecordAt


@pytest.fixture
async def where(engine: str, redis: Connection) -> dict[str, str]:
    """Two tenants have an alert group each, acme a secret."""
    await TenantRepository(redis).publish(BETA, EXAMPLE.replace("tenant: acme", "tenant: beta"))
    for tenant in (ACME, BETA):
        await store(GroupStore(redis), [write(AlertGroup(key_of(tenant)), waiting(tenant), tenant=tenant)])
    settings = {"REDIS__URL": engine, "SECRETS__KEY": text_of(NEW)}
    await fed(b"xoxb-1-secret", "secret", "set", "acme", "slack", **settings)
    return settings


def lines(folder: Path, file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / file).read_text(encoding="utf-8").splitlines()]


async def test_it_holds_what_was_written_and_no_secret(
    where: dict[str, str], redis: Connection, tmp_path: Path
) -> None:
    token = await new_token(TokenRepository(redis), ACME)
    await run("silence", "add", "acme", "team=db", "-c", "upgrade", **where)
    folder = tmp_path / "copy"

    done = await run("tenant", "export", "acme", str(folder), **where)

    assert done.code == 0
    [version] = lines(folder, "configurations.jsonl")
    assert version["text"] == EXAMPLE
    assert [one["id"] for one in lines(folder, "tokens.jsonl")] == [token_digest(token)[:8]]
    assert lines(folder, "secrets.jsonl") == [{"name": "slack"}]
    [silence] = lines(folder, "silences.jsonl")
    assert (silence["matcher_sets"], silence["comment"]) == ([['team="db"']], "upgrade")
    [group] = lines(folder, "alert_groups.jsonl")
    assert [one["labels"] for one in group["alerts"]] == [{"alertname": "A"}]
    everything = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file()).decode()
    assert [one for one in ("beta", "xoxb", token, token_digest(token)) if one in everything] == []


async def test_a_zip_has_a_manifest_whose_digests_are_right(where: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "copy.zip"

    done = await run("tenant", "export", "acme", str(file), "--json", **where)

    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        found = {one["path"]: archive.read(one["path"]) for one in manifest["files"]}
        names = {one for one in archive.namelist() if not one.endswith("/")}
    assert json.loads(done.out) == {"place": str(file), **manifest}
    assert names == {*found, "manifest.json"}
    assert [(len(text), hashlib.sha256(text).hexdigest()) for text in found.values()] == [
        (one["bytes"], one["sha256"]) for one in manifest["files"]
    ]
    assert sorted(os.listdir(tmp_path)) == ["copy.zip"]
    refused(await run("tenant", "export", "acme", str(file), **where), 1, "File exists")


async def test_of_a_record_audit_entries_are_in_it_with_proofs_and_the_export_is_audited(
    where: dict[str, str], record: RecordAt, redis: Connection, tmp_path: Path
) -> None:
    with_record = where | {"POSTGRES__URL": record.url("ar_api"), "AUDIT__URL": record.url("ar_auditor")}
    async with recording(record, redis) as made:
        await fed(b"", "control", "adopt", **with_record)
        await made.projector.round()
        await checkpointed(record)
        done = await run("tenant", "export", "acme", str(tmp_path / "copy"), **with_record)
    assert done.code == 0, done

    verified = await fed(b"", "audit", "verify", "--offline", str(tmp_path / "copy" / "audit"), "--key", VERIFIER)

    assert (verified.code, verified.out.startswith("nothing is wrong: 1 entries")) == (0, True)
    rows = await record.ask("ar_auditor", "select convert_from(entry, 'utf8') from audit where tenant = 'acme'")
    assert json.loads(rows[-1][0])["action"] == "tenant.export"


async def test_who_is_not_there_is_not_exported(where: dict[str, str], tmp_path: Path) -> None:
    refused(await run("tenant", "export", "nobody", str(tmp_path / "copy"), **where), 1, "nothing is stored")
