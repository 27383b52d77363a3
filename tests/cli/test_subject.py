"""`alert-router subject ...` on the real engines: a person goes, and the audit log has it without the value."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.tenants import TenantRepository
from router.config import stored
from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup
from tests.adapters.builders import ACME, a_content, idle, store, waiting, write
from tests.adapters.postgres.recording import recording
from tests.cli.exports import VERIFIER
from tests.cli.running import fed, refused
from tests.config.samples import EXAMPLE
from tests.control.fakes import content
from tests.record_at import RecordAt

EVE: Final = "eve@example.com"
PERSONAL: Final = f"{EXAMPLE}personal: {{labels: [user]}}\n"


def about(name: str, user: str) -> AlertGroup:
    """A group that has not been shown yet, in which an alert fires that names somebody."""
    group = idle(waiting(name), firing=1)
    alerts = {AlertId(one): replace(alert, content=a_content(user=user)) for one, alert in group.alerts.items()}
    return replace(group, alerts=alerts)


@pytest.fixture
async def lived_in(redis_url: str, redis: Connection) -> dict[str, str]:
    """A tenant with two groups, one of which names a person; settings for commands."""
    await TenantRepository(redis).publish(ACME, stored.dump(content(PERSONAL).document, PERSONAL))
    groups = [about("A", EVE), about("B", "bob@example.com")]
    await store(GroupStore(redis), [write(AlertGroup(one.key), one) for one in groups])
    return {"REDIS__URL": redis_url}


async def test_what_is_stored_of_a_person_is_written_with_a_manifest(
    lived_in: dict[str, str], tmp_path: Path
) -> None:
    place = tmp_path / "eve.zip"

    done = await fed(f"{EVE}\n".encode(), "subject", "export", "acme", "-", str(place), **lived_in)

    assert done.code == 0, done
    with zipfile.ZipFile(place) as archive:
        [line] = archive.read("alert_groups.jsonl").decode().splitlines()
        assert json.loads(archive.read("manifest.json"))["tenant"] == "acme"
    assert [one["labels"]["user"] for one in json.loads(line)["alerts"]] == [EVE]


async def test_first_it_shows_what_would_go(lived_in: dict[str, str], raw: Any) -> None:
    done = await fed(b"", "subject", "erase", "acme", EVE, **lived_in)

    assert (done.code, done.out) == (0, "of tenant acme 1 alert groups hold the person, 0 with a message\n")
    assert "--yes" in done.err
    assert await raw.keys("*:subjects") == []


async def test_a_value_is_needed(lived_in: dict[str, str]) -> None:
    refused(await fed(b"\n", "subject", "erase", "acme", "-", **lived_in), 2, "there is no value")


@pytest.mark.long
async def test_with_a_record_the_certificate_is_in_the_audit_log_which_verifies(
    lived_in: dict[str, str], record: RecordAt, redis: Connection
) -> None:
    where = lived_in | {"POSTGRES__URL": record.url("ar_api")}
    async with recording(record, redis):
        done = await fed(f"{EVE}\n".encode(), "subject", "erase", "acme", "-", "--yes", "--json", **where)

    assert done.code == 0, done
    printed = json.loads(done.out)
    rows = await record.ask("ar_auditor", "select convert_from(entry, 'utf8') from audit order by seq")
    [entry] = [json.loads(one) for (one,) in rows]
    assert (entry["action"], entry["tenant"], EVE in done.out, EVE in str(rows)) == (
        "subject.erased", "acme", False, False
    )  # fmt: skip
    paths = {one["path"]: one for one in entry["diff"]}
    assert printed["digest"] in paths[f"subject:{printed['subject']}"]["before"]
    assert "until 20" in paths["Kafka:kafka.inbound_topic"]["after"]
    verified = await fed(b"", "audit", "verify", AUDIT__URL=record.url("ar_auditor"), AUDIT__VERIFIERS=VERIFIER)
    assert verified.code == 0, verified
