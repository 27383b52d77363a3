"""A first hour of the record: Redis is taken in, a change is projected, drift is shown, adopted and discarded."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from router.adapters.postgres.changing import Record
from router.adapters.redis.connection import Connection
from router.adapters.redis.tenants import TenantRepository
from router.core.model.alert import TenantId
from router.errors import UnavailableError
from router.ports.record import Standing
from tests.adapters.postgres.recording import recording
from tests.adapters.test_sealing import NEW, text_of
from tests.cli.running import fed
from tests.config.samples import EXAMPLE
from tests.e2e.system import Finished
from tests.record_at import RecordAt

ACME = TenantId("acme")


@dataclass(frozen=True, slots=True)
class Shell:
    """Commands with a Redis, and with a record where it is asked for."""

    redis_url: str
    record: RecordAt
    file: Path

    async def without(self, *arguments: str, stdin: bytes = b"") -> Finished:
        return await fed(stdin, *arguments, REDIS__URL=self.redis_url, SECRETS__KEY=text_of(NEW))

    async def run(self, *arguments: str, stdin: bytes = b"") -> Finished:
        logins = {
            "POSTGRES__URL": self.record.url("ar_api"),
            "POSTGRES__MIGRATOR_URL": self.record.url("ar_migrator"),
        }
        return await fed(stdin, *arguments, REDIS__URL=self.redis_url, SECRETS__KEY=text_of(NEW), **logins)

    async def status(self) -> dict[str, Any]:
        return json.loads((await self.run("control", "status", "--json")).out)  # type: ignore[no-any-return]

    def write(self, locale: str) -> None:
        self.file.write_text(EXAMPLE.replace("locale: fr-FR", f"locale: {locale}"), encoding="utf-8")


@pytest.fixture
async def shell(record: RecordAt, redis_url: str, tmp_path: Path) -> Shell:
    """Redis holds a tenant with two versions, a token and a secret."""
    made = Shell(redis_url, record, tmp_path / "acme.yaml")
    for locale in ("fr-FR", "de"):
        made.write(locale)
        assert (await made.without("tenant", "apply", str(made.file))).code == 0
    assert (await made.without("token", "create", "acme")).code == 0
    assert (await made.without("secret", "set", "acme", "slack", stdin=b"xoxb-1-secret")).code == 0
    return made


@pytest.fixture
async def projecting(record: RecordAt, redis: Connection) -> AsyncIterator[None]:
    async with recording(record, redis) as made:  # its log would stand among what commands print
        running = asyncio.create_task(made.projector.run(0.1))
        with capture_logs():
            yield
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_what_redis_holds_is_taken_in_and_a_change_is_recorded_and_in_force(
    shell: Shell, projecting: None, redis: Connection
) -> None:
    assert (await shell.run("control", "migrate")).out.startswith("the schema is at step ")
    assert (await shell.status())["unrecorded"] == ["acme"]
    assert json.loads((await shell.run("control", "adopt", "--json")).out) == {"adopted": ["acme"]}
    history = json.loads((await shell.run("tenant", "history", "acme", "--json")).out)
    assert [one["version"] for one in history] == [2, 1]

    shell.write("it")
    applied = await shell.run("tenant", "apply", str(shell.file), "--message", "italian")
    assert (applied.code, applied.err) == (0, "")
    live = await TenantRepository(redis).active(ACME)
    assert live is not None
    assert (live.version, "locale: it" in live.text) == (3, True)
    status = await shell.run("control", "status")
    assert (status.code, "drift" in status.out) == (0, False)
    entries = await shell.record.ask("ar_auditor", "select convert_from(entry, 'utf8') from audit order by seq")
    assert [json.loads(one)["action"] for (one,) in entries] == ["tenant.adopt", "tenant.apply"]


async def test_past_the_record_nothing_is_written_without_a_reason_and_with_one_it_is_noted(
    shell: Shell, projecting: None, redis: Connection
) -> None:
    await shell.run("control", "adopt")
    shell.write("es")
    operators = shell.file.with_name("platform.yaml")
    operators.write_text("version: 1\ntenant: acme\nplatform: {slack: {token: {secret: slack}}}\n", encoding="utf-8")
    [token] = json.loads((await shell.without("token", "list", "acme", "--json")).out)
    for refused in (
        await shell.without("tenant", "apply", str(shell.file)),
        await shell.without("platform", "apply", str(operators)),
        await shell.without("tenant", "rollback", "acme"),
        await shell.without("tenant", "delete", "acme", "--yes"),
        await shell.without("token", "create", "acme"),
        await shell.without("token", "rotate", "acme"),
        await shell.without("token", "revoke", "acme", token["id"]),
        await shell.without("secret", "set", "acme", "slack", stdin=b"xoxb-2-secret"),
        await shell.without("secret", "delete", "acme", "slack", "--force"),
    ):
        assert refused.code == 1
        assert "--break-glass REASON" in refused.err
    erased = await shell.without("tenant", "erase", "acme", "--yes")
    assert (erased.code, "ALERT_ROUTER_POSTGRES__URL" in erased.err, "--break-glass" in erased.err) == (
        1,
        True,
        False,
    )
    assert (await shell.without("tenant", "apply", str(shell.file), "--break-glass", "the record is away")).code == 0
    status = await shell.run("control", "status")
    assert status.code == 1
    assert "drift: tenant acme: changed, by " in status.out
    assert "the record is away" in status.out

    assert (await shell.run("control", "adopt")).out == "tenant acme is recorded as Redis holds it\n"
    shown = await shell.run("tenant", "show", "acme")
    assert "locale: es" in shown.out


async def test_what_is_discarded_is_as_it_is_recorded_again(
    shell: Shell, projecting: None, redis: Connection
) -> None:
    await shell.run("control", "adopt")
    shell.write("es")
    assert (await shell.without("tenant", "apply", str(shell.file), "--break-glass", "a try")).code == 0
    assert (await shell.run("control", "discard", "acme")).code == 0
    shell.write("de")
    assert "unchanged" in (await shell.run("tenant", "apply", str(shell.file))).out
    live = await TenantRepository(redis).active(ACME)
    assert live is not None
    assert (live.version, "locale: de" in live.text) == (2, True)
    assert (await shell.status())["drift"] == []


async def test_a_record_from_an_older_backup_is_shown_as_behind_until_it_is_adopted(
    shell: Shell, redis: Connection
) -> None:
    await shell.run("control", "adopt")
    await shell.record.back_up()
    shell.write("it")
    async with recording(shell.record, redis) as made:
        await shell.run("tenant", "apply", str(shell.file))
        with capture_logs():
            await made.projector.round()
    await shell.record.restore()

    status = await shell.run("control", "status")
    assert status.code == 1
    [drift] = [one for one in status.out.splitlines() if one.startswith("drift: ")]
    assert drift.startswith(
        "drift: tenant acme: ahead: Redis holds a newer generation than the record, which may be "
    )
    assert [(one["kind"], one["tenant"]) for one in (await shell.status())["drift"]] == [("ahead", "acme")]
    assert (await shell.run("control", "adopt")).out == "tenant acme is recorded as Redis holds it\n"
    assert "drift" not in (await shell.run("control", "status")).out


async def test_a_change_without_a_projector_is_recorded_and_says_that_it_is_not_in_force(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("router.app.recorded.IN_FORCE_S", 0.1)
    await shell.run("control", "adopt")
    shell.write("it")
    applied = await shell.run("tenant", "apply", str(shell.file))
    assert applied.code == 0
    assert "recorded, and not in force yet" in applied.err


async def test_a_record_that_stops_after_a_change_has_it_and_the_command_warns(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shell.run("control", "adopt")
    asked, standing = count(), Record.standing

    async def standing_once(record: Record) -> list[Standing]:
        if next(asked):
            raise UnavailableError("PostgreSQL: gone")
        return await standing(record)

    monkeypatch.setattr(Record, "standing", standing_once)
    shell.write("it")
    applied = await shell.run("tenant", "apply", str(shell.file))
    assert applied.code == 0
    assert "is recorded; whether it is in force is not known: PostgreSQL: gone" in applied.err


async def test_a_record_that_is_away_refuses_changes_and_lets_the_glass_be_broken(shell: Shell) -> None:
    away = {"POSTGRES__URL": "postgresql://ar_api:x@127.0.0.1:1/postgres", "REDIS__URL": shell.redis_url}
    refused = await fed(b"", "tenant", "apply", str(shell.file), **away)
    listed = await fed(b"", "tenant", "list", **away)
    broken = await fed(b"", "tenant", "apply", str(shell.file), "--break-glass", "away", **away)
    assert (refused.code, "PostgreSQL" in refused.err) == (1, True)
    assert (listed.code, broken.code) == (0, 0)
