"""`alert-router tenant apply`, `history`, `show`, `rollback`: what changes is shown before and after it holds."""

import getpass
import json
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.tenants import TenantRepository
from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.key import GroupKey
from router.core.model.rules.names import ReceiverName
from tests.adapters.builders import ACME, a_content, an_alert_state, idle, store, waiting, write
from tests.cli.running import refused, run
from tests.config.samples import EXAMPLE, changed

NEWER = changed("locale: fr-FR", "locale: de-DE", EXAMPLE)
MOVED = changed('team=~"db|storage"', 'team=~"storage"', EXAMPLE)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "acme.yaml"


def holding(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    return str(file)


async def show_in_slack(redis: Connection, team: str) -> None:
    """A live message that the storage route made of one alert of this team."""
    receiver, path = ReceiverName("storage"), ("{}", '{team=~"db|storage"}')
    key = GroupKey(receiver, path, (("alertname", "A"), ("service", team)))
    alert = replace(an_alert_state(), content=a_content(team=team, service=team))
    shown = replace(
        idle(waiting()),
        key=key,
        message=MessageRef("C1", "1.000001"),
        firing=1,
        alerts={AlertId("f"): alert},
    )
    [answer] = await store(GroupStore(redis), [write(AlertGroup(key), shown)])
    assert answer == "ok"


async def test_a_change_is_shown_with_its_diff_its_summary_and_its_version(engine: str, file: Path) -> None:
    done = await run("tenant", "apply", holding(file, NEWER), REDIS__URL=engine)

    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[:2] == ["--- acme version 1", f"+++ {file}"]
    assert [line[:14] for line in lines if line[:1] in "+-"][2:] == ["-locale: fr-FR", "+locale: de-DE"]
    assert lines[-1] == "tenant acme: version 2 is active: locale: `fr-FR` -> `de-DE`"
    assert "\x1b" not in done.out


async def test_a_dry_run_shows_all_that_and_stores_nothing(engine: str, redis: Connection, file: Path) -> None:
    done = await run("tenant", "apply", "--dry-run", holding(file, NEWER), REDIS__URL=engine)

    assert done.code == 0
    assert "-locale: fr-FR" in done.out
    assert "tenant acme: version 2 would be active: locale" in done.out
    assert done.err == "nothing was stored\n"
    assert len(await TenantRepository(redis).versions(ACME)) == 1


async def test_an_unchanged_file_does_nothing(engine: str, redis: Connection, file: Path) -> None:
    [before] = await TenantRepository(redis).versions(ACME)

    done = await run("tenant", "apply", holding(file, EXAMPLE), REDIS__URL=engine)

    assert (done.code, done.out) == (0, "tenant acme: unchanged, version 1 stays active\n")
    assert await TenantRepository(redis).versions(ACME) == [before]


async def test_live_messages_that_would_move_are_counted(engine: str, redis: Connection, file: Path) -> None:
    await show_in_slack(redis, "db")
    await show_in_slack(redis, "storage")

    moving = await run("tenant", "apply", "--dry-run", holding(file, MOVED), REDIS__URL=engine)
    staying = await run("tenant", "apply", "--dry-run", holding(file, NEWER), REDIS__URL=engine)

    assert moving.out.endswith("; live messages that would move: 2\n"), moving.out
    assert "move" not in staying.out


async def test_a_new_tenant_and_an_old_one_are_applied_together(engine: str, tmp_path: Path) -> None:
    holding(tmp_path / "acme.yaml", NEWER)
    holding(tmp_path / "beta.yaml", changed("tenant: acme", "tenant: beta", EXAMPLE))

    done = await run("tenant", "apply", str(tmp_path), REDIS__URL=engine)

    assert "tenant beta: version 1 is active: new tenant\n" in done.out
    assert "tenant acme: version 2 is active: " in done.out


async def test_nothing_is_stored_unless_all_files_are_valid(engine: str, redis: Connection, tmp_path: Path) -> None:
    holding(tmp_path / "acme.yaml", NEWER)
    holding(tmp_path / "beta.yaml", "version: 1\n")

    refused(await run("tenant", "apply", str(tmp_path), REDIS__URL=engine), 2, "beta.yaml:1:1: tenant: missing")

    assert len(await TenantRepository(redis).versions(ACME)) == 1


async def test_programs_read_changes_as_json(engine: str, file: Path) -> None:
    holding(file, NEWER)
    planned = await run("tenant", "apply", "--dry-run", "--json", str(file), REDIS__URL=engine)
    applied = await run("tenant", "apply", "--json", str(file), REDIS__URL=engine)
    again = await run("tenant", "apply", "--json", str(file), REDIS__URL=engine)

    [plan], [change], [nothing] = (json.loads(done.out) for done in (planned, applied, again))
    assert (plan["stored"], change["stored"], nothing["stored"]) == (False, True, False)
    assert plan | {"stored": True} == change
    assert (change["tenant"], change["changed"], change["before"], change["version"]) == ("acme", True, 1, 2)
    assert (change["moving_messages"], change["summary"]) == (0, "locale: `fr-FR` -> `de-DE`")
    assert "+locale: de-DE" in change["diff"]
    assert (nothing["changed"], nothing["version"], nothing["diff"]) == (False, 2, "")


async def test_history_names_every_version_and_what_it_changed_who_applied_it_and_why(
    engine: str, file: Path, raw: Any
) -> None:
    await raw.delete("alert-router:{acme}:provenance")
    by = ("--author", "Ana", "--message", "in German")
    await run("tenant", "apply", holding(file, NEWER), *by, REDIS__URL=engine)

    done = await run("tenant", "history", "acme", REDIS__URL=engine)
    as_json = await run("tenant", "history", "acme", "--json", REDIS__URL=engine)

    login = f"{getpass.getuser()}@{socket.gethostname()}"
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert [(number, *more) for number, _, *more in rows] == [
        ("2", "active", "tenant", f"Ana ({login})", "locale: `fr-FR` -> `de-DE`", "in German"),
        ("1", "-", "-", "-", "new tenant"),
    ]
    assert all(time.endswith(" UTC") for _, time, *_ in rows)
    newer, older = json.loads(as_json.out)
    assert (newer["version"], newer["active"], newer["altered"], newer["part"]) == (2, True, False, "tenant")
    assert (newer["author"], newer["login"], newer["message"]) == ("Ana", login, "in German")
    assert (newer["from"], len(newer["digest"])) == (str(file), 64)
    assert (older["version"], older["author"], older["from"], older["part"]) == (1, None, None, None)
    assert newer["applied_at"].endswith("Z")


async def test_who_names_no_author_is_one_by_the_login(engine: str, file: Path) -> None:
    await run("tenant", "apply", holding(file, NEWER), REDIS__URL=engine)
    await run("tenant", "rollback", "acme", REDIS__URL=engine)

    back, newer, _ = json.loads((await run("tenant", "history", "acme", "--json", REDIS__URL=engine)).out)

    assert newer["author"] == newer["login"] == f"{getpass.getuser()}@{socket.gethostname()}"
    assert (newer["from"], back["from"]) == (str(file), "acme version 1")


async def test_nothing_is_stored_where_the_author_cannot_be_kept(engine: str, redis: Connection, file: Path) -> None:
    done = await run("tenant", "apply", holding(file, NEWER), "--author", "a\nb", REDIS__URL=engine)

    refused(done, 2, "--author should be")
    assert len(await TenantRepository(redis).versions(ACME)) == 1


async def test_an_earlier_version_is_shown_as_it_was_written(engine: str, file: Path) -> None:
    await run("tenant", "apply", holding(file, NEWER), REDIS__URL=engine)

    now = await run("tenant", "show", "acme", REDIS__URL=engine)
    then = await run("tenant", "show", "acme", "--version", "1", REDIS__URL=engine)

    as_json = await run("tenant", "show", "acme", "--version", "1", "--json", REDIS__URL=engine)

    assert (now.out, then.out) == (NEWER, EXAMPLE)
    read = json.loads(as_json.out)
    assert (read["tenant"], read["version"], read["active"], read["source"]) == ("acme", 1, False, EXAMPLE)
    refused(
        await run("tenant", "show", "acme", "--version", "7", REDIS__URL=engine),
        1, "no version 7", "alert-router tenant history acme",
    )  # fmt: skip


async def test_an_earlier_version_comes_back_as_a_new_one(engine: str, file: Path) -> None:
    await run("tenant", "apply", holding(file, NEWER), REDIS__URL=engine)
    await run("tenant", "apply", holding(file, MOVED), REDIS__URL=engine)

    planned = await run("tenant", "rollback", "acme", "--dry-run", REDIS__URL=engine)
    back = await run("tenant", "rollback", "acme", REDIS__URL=engine)
    further = await run("tenant", "rollback", "acme", "--to", "1", REDIS__URL=engine)
    again = await run("tenant", "rollback", "acme", "--to", "1", REDIS__URL=engine)

    assert "version 4 would be active" in planned.out
    assert back.out.startswith("--- acme version 3\n+++ acme version 2\n")
    assert "+locale: de-DE" in back.out
    assert "tenant acme: version 4 is active: locale" in back.out
    assert "tenant acme: version 5 is active: locale" in further.out
    assert again.out == "tenant acme: unchanged, version 5 stays active\n"
    assert (await run("tenant", "show", "acme", REDIS__URL=engine)).out == EXAMPLE


async def test_what_is_no_longer_valid_or_kept_does_not_come_back(
    engine: str, redis: Connection, file: Path, raw: Any
) -> None:
    refused(await run("tenant", "rollback", "acme", REDIS__URL=engine), 1, "no version 0", "tenant history acme")
    old = (await TenantRepository(redis).versions(ACME))[0].text
    await raw.set("alert-router:{acme}:config:1", old.replace('"version":1', '"version":7'))
    await raw.delete("alert-router:{acme}:provenance")
    await run("tenant", "apply", holding(file, NEWER), REDIS__URL=engine)

    done = await run("tenant", "rollback", "acme", REDIS__URL=engine)

    refused(done, 1, "version 1 of 'acme' is no longer valid", "`7` is not a version")
    assert len(await TenantRepository(redis).versions(ACME)) == 2


async def test_what_somebody_has_changed_in_redis_does_not_come_back(engine: str, file: Path, raw: Any) -> None:
    key = "alert-router:{acme}:config:1"
    await raw.set(key, (await raw.get(key)).replace("fr-FR", "it-IT"))
    await run("tenant", "apply", holding(file, NEWER), REDIS__URL=engine)

    done = await run("tenant", "rollback", "acme", REDIS__URL=engine)

    refused(done, 1, "version 1 of 'acme' is not what was applied", "apply its file again")
    rows = (await run("tenant", "history", "acme", REDIS__URL=engine)).out.splitlines()
    assert [row.split("\t")[2] for row in rows] == ["active", "altered in Redis"]


@pytest.mark.parametrize("command", ["history", "show", "rollback", "suspend", "resume", "check"])
async def test_a_tenant_that_nobody_knows_is_refused(engine: str, command: str) -> None:
    refused(await run("tenant", command, "nobody", REDIS__URL=engine), 1, "'nobody'", "alert-router tenant list")


async def test_validation_is_readable_for_programs(tmp_path: Path) -> None:
    right = holding(tmp_path / "right.yaml", EXAMPLE)
    wrong = holding(tmp_path / "wrong.yaml", changed("tenant: acme", "tenants: acme", EXAMPLE))

    fine = await run("tenant", "validate", right, "--json")
    bad = await run("tenant", "validate", wrong, str(tmp_path / "none.yaml"), "--json")

    assert (fine.code, json.loads(fine.out)) == (
        0, {"valid": True, "files": [{"file": right, "tenant": "acme"}], "findings": [], "warnings": []}
    )  # fmt: skip
    assert (bad.code, bad.err) == (2, "")
    assert json.loads(bad.out)["findings"] == [
        {
            "file": wrong,
            "line": 2,
            "column": 1,
            "path": "tenants",
            "message": "unknown, did you mean `tenant`?",
        },
        {"file": str(tmp_path / "none.yaml"), "message": "No such file or directory"},
    ]


async def test_receivers_are_readable_for_programs(file: Path) -> None:
    done = await run("route", "test", "--config", holding(file, EXAMPLE), "--json", "team=db", "severity=critical")

    assert json.loads(done.out)["receivers"] == ["oncall", "storage"]
