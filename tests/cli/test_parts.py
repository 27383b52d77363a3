"""`--tenant` and `alert-router platform`: the operator's part and the tenant's are written by different people."""

import json
from pathlib import Path
from typing import Any

import pytest

from router.adapters.redis.connection import Connection
from router.adapters.redis.tenants import TenantRepository
from router.core.model.alert import TenantId
from router.ports.provenance import Part
from tests.adapters.builders import ACME
from tests.cli.running import refused, run
from tests.config.samples import EXAMPLE, changed

PLATFORM = """\
tenant: acme
platform:                      # operator's part
  slack: {token: {secret: slack}, channels: ["#alerts", "#storage", C0123456]}   # channels it may use; absent = any
  limits: {notifications: {rate: 60/m, burst: 20}, inbound: {rate: 1000/s, burst: 5000}}
"""
RULES = EXAMPLE.replace(PLATFORM.partition("\n")[2], "")
IN_GERMAN = changed("locale: fr-FR", "locale: de-DE", RULES)
SLOWER = changed("rate: 60/m", "rate: 30/m", PLATFORM)


def holding(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    return str(file)


async def shown(engine: str, *more: str) -> str:
    done = await run("tenant", "show", "acme", *more, REDIS__URL=engine)
    assert done.code == 0, done
    return done.out


async def test_a_tenants_own_file_changes_its_words_and_keeps_the_operators(engine: str, tmp_path: Path) -> None:
    own = holding(tmp_path / "acme.yaml", IN_GERMAN)

    done = await run("tenant", "apply", "--tenant", "acme", own, REDIS__URL=engine)
    again = await run("tenant", "apply", "--tenant", "acme", own, REDIS__URL=engine)

    assert done.out.endswith("tenant acme: version 2 is active: locale: `fr-FR` -> `de-DE`\n"), done
    assert again.out == "tenant acme: unchanged, version 2 stays active\n"
    whole = await shown(engine)
    assert whole.startswith(IN_GERMAN)
    assert whole.endswith(PLATFORM.partition("\n")[2])


async def test_what_is_shown_of_two_parts_is_one_file_that_changes_nothing(engine: str, tmp_path: Path) -> None:
    own = holding(tmp_path / "acme.yaml", IN_GERMAN)
    await run("tenant", "apply", "--tenant", "acme", own, REDIS__URL=engine)

    done = await run("tenant", "apply", holding(tmp_path / "both.yaml", await shown(engine)), REDIS__URL=engine)

    assert done.out == "tenant acme: unchanged, version 2 stays active\n"


async def test_the_operators_file_changes_its_part_and_keeps_the_tenants_words(engine: str, tmp_path: Path) -> None:
    file = holding(tmp_path / "platform.yaml", SLOWER)

    done = await run("platform", "apply", file, "--author", "Olga", REDIS__URL=engine)
    again = await run("platform", "apply", file, REDIS__URL=engine)

    summary = "platform.limits.notifications.rate: `60/m` -> `30/m`"
    assert done.out.endswith(f"tenant acme: version 2 is active: {summary}\n"), done
    assert again.out == "tenant acme: unchanged, version 2 stays active\n"
    assert (await run("platform", "show", "acme", REDIS__URL=engine)).out == "version: 1\n" + SLOWER
    assert (await shown(engine)).startswith(RULES)


async def test_history_shows_which_part_each_version_changed(engine: str, redis: Connection, tmp_path: Path) -> None:
    own, operators = holding(tmp_path / "acme.yaml", IN_GERMAN), holding(tmp_path / "platform.yaml", SLOWER)
    await run("platform", "apply", operators, "--author", "Olga", REDIS__URL=engine)
    await run("tenant", "apply", "--tenant", "acme", own, "--author", "Ana", REDIS__URL=engine)
    commented = holding(tmp_path / "commented.yaml", IN_GERMAN + "# for later\n")
    await run("tenant", "apply", "--tenant", "acme", commented, "--author", "Ana", REDIS__URL=engine)
    await run("tenant", "apply", holding(tmp_path / "both.yaml", EXAMPLE), "--author", "Olga", REDIS__URL=engine)

    kept = [one.recorded for one in await TenantRepository(redis).versions(ACME)]

    assert [(one.provenance.author, one.provenance.part) for one in kept if one][:4] == [
        ("Olga", Part.BOTH), ("Ana", Part.TENANT), ("Ana", Part.TENANT), ("Olga", Part.PLATFORM)
    ]  # fmt: skip


async def test_a_version_is_shown_with_which_part_it_changed_by_whom_from_what_and_why(
    engine: str, tmp_path: Path
) -> None:
    own = holding(tmp_path / "acme.yaml", IN_GERMAN)
    by = ("--author", "Ana", "-m", "in German")
    await run("tenant", "apply", "--tenant", "acme", own, *by, REDIS__URL=engine)

    newer, older = [
        (await run("tenant", "show", "acme", "--version", version, REDIS__URL=engine)).err for version in "21"
    ]

    assert newer.startswith("version 2, applied 20")
    assert " UTC by Ana (" in newer
    assert newer.endswith(f") from {own}: the tenant's part; in German\n")
    assert older.startswith("version 1, applied 20")
    assert older.endswith(" UTC: both parts\n")


HOSTILE = """\
version: 1
tenant: globex
platform: {slack: {token: {secret: slack}}, limits: {inbound: {rate: 1000000/s, burst: 1000000}}}
route: {receiver: default}
receivers:
  - {name: default, slack: {channel: "#public"}}
"""


async def test_a_file_of_another_tenant_with_its_own_limits_is_refused_and_changes_nothing(
    engine: str, redis: Connection, tmp_path: Path
) -> None:
    """A tenant's file that names its neighbour, its channel, and limits without end."""
    globex = TenantId("globex")
    victim = holding(tmp_path / "globex.yaml", changed("tenant: acme", "tenant: globex", EXAMPLE))
    await run("tenant", "apply", victim, "--author", "Olga", REDIS__URL=engine)
    before = await TenantRepository(redis).versions(globex)
    file = holding(tmp_path / "acme.yaml", HOSTILE)

    done = await run("tenant", "apply", "--tenant", "acme", file, REDIS__URL=engine)
    checked = await run("tenant", "validate", "--tenant", "acme", file)

    for one in (done, checked):
        refused(
            one, 2,
            f"{file}:2:9: tenant: `globex` is another tenant; with --tenant acme only its own file is taken",
            f"{file}:3:1: platform: is the operator's part, which stays as it is; leave it out",
            "alert-router platform apply",
        )  # fmt: skip
    assert await TenantRepository(redis).versions(globex) == before
    assert len(await TenantRepository(redis).versions(ACME)) == 1
    history = json.loads((await run("tenant", "history", "globex", "--json", REDIS__URL=engine)).out)
    assert [(one["author"], one["from"]) for one in history] == [("Olga", victim)]


async def test_a_channel_that_the_operator_does_not_allow_is_refused_where_it_stands(
    engine: str, redis: Connection, tmp_path: Path
) -> None:
    own = holding(tmp_path / "acme.yaml", changed('channel: "#alerts"', 'channel: "#public"', RULES))

    assert (await run("tenant", "validate", "--tenant", "acme", own)).code == 0
    done = await run("tenant", "apply", "--tenant", "acme", "--dry-run", own, REDIS__URL=engine)

    refused(done, 2, f"{own}:13:38: receivers[0].slack.channel: `#public` is not among platform.slack.channels")
    assert len(await TenantRepository(redis).versions(ACME)) == 1


async def test_an_operator_may_not_forbid_what_the_tenants_words_use_without_noticing(
    engine: str, redis: Connection, tmp_path: Path
) -> None:
    file = holding(tmp_path / "platform.yaml", changed('"#alerts", "#storage"', '"#alerts"', PLATFORM))

    done = await run("platform", "apply", file, REDIS__URL=engine)

    refused(done, 2, "error: the tenant's part: receivers[2].slack.channel: `#storage` is not among")
    assert len(await TenantRepository(redis).versions(ACME)) == 1


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (PLATFORM + "locale: en\n", ":5:1: locale: is the tenant's part; leave it out"),
        (PLATFORM + "plattform: 1\n", ":5:1: plattform: unknown, did you mean `platform`?"),
        ("tenant: acme\n", ":1:1: platform: missing"),
        ("platform: {slack: {token: {secret: slack}}}\n", ":1:1: tenant: missing"),
        (
            changed("rate: 60/m", "rate: 60", PLATFORM),
            ":4:34: platform.limits.notifications.rate: `60` is not a valid",
        ),
        ("", "the document is empty"),
    ],
)
async def test_a_mistake_in_the_operators_file_is_named_where_it_stands(
    engine: str, tmp_path: Path, text: str, printed: str
) -> None:
    refused(await run("platform", "apply", holding(tmp_path / "p.yaml", text), REDIS__URL=engine), 2, printed)


async def test_a_tenant_that_is_new_starts_with_the_operators_part_and_notifies_nobody(
    engine: str, tmp_path: Path
) -> None:
    first = changed("tenant: acme", "tenant: beta", PLATFORM)
    own = holding(tmp_path / "beta.yaml", changed("tenant: acme", "tenant: beta", RULES))

    early = await run("tenant", "apply", "--tenant", "beta", own, REDIS__URL=engine)
    begun = await run("platform", "apply", holding(tmp_path / "p.yaml", first), REDIS__URL=engine)
    done = await run("tenant", "apply", "--tenant", "beta", own, REDIS__URL=engine)

    refused(early, 1, "tenant 'beta' has no operator's part yet", "`alert-router platform apply FILE`")
    assert (begun.code, begun.out) == (0, "tenant beta: version 1 is active: new tenant\n")
    assert begun.err == "tenant beta has no rules yet: nobody is notified until it applies its own part\n"
    assert "tenant beta: version 2 is active: " in done.out, done


async def test_a_rollback_of_the_tenants_part_keeps_the_operators(engine: str, tmp_path: Path) -> None:
    await run("tenant", "apply", "--tenant", "acme", holding(tmp_path / "a.yaml", IN_GERMAN), REDIS__URL=engine)
    await run("platform", "apply", holding(tmp_path / "p.yaml", SLOWER), REDIS__URL=engine)

    back = await run("tenant", "rollback", "--tenant", "acme", REDIS__URL=engine)
    history = json.loads((await run("tenant", "history", "acme", "--json", REDIS__URL=engine)).out)

    assert back.out.endswith("tenant acme: version 4 is active: locale: `de-DE` -> `fr-FR`\n"), back
    assert (history[0]["part"], history[0]["from"]) == ("tenant", "acme version 1, the tenant's part")
    assert (await run("platform", "show", "acme", REDIS__URL=engine)).out == "version: 1\n" + SLOWER
    assert (await shown(engine)).startswith(RULES)


async def test_a_rollback_to_what_the_operator_allows_no_more_is_refused(engine: str, tmp_path: Path) -> None:
    without = changed("storage}", "default}", changed('"#storage"', '"#alerts"', RULES))
    await run("tenant", "apply", "--tenant", "acme", holding(tmp_path / "a.yaml", without), REDIS__URL=engine)
    narrower = changed('"#alerts", "#storage"', '"#alerts"', PLATFORM)
    applied = await run("platform", "apply", holding(tmp_path / "p.yaml", narrower), REDIS__URL=engine)
    assert applied.code == 0, applied

    done = await run("tenant", "rollback", "--tenant", "acme", "--to", "1", REDIS__URL=engine)

    refused(done, 1, "acme version 1, the tenant's part: receivers[2].slack.channel: `#storage` is not among")


@pytest.mark.parametrize("arguments", [(), ("acme", "--tenant", "globex")])
async def test_a_rollback_is_of_one_tenant(arguments: tuple[str, ...]) -> None:
    refused(await run("tenant", "rollback", *arguments), 2, "name one tenant")


async def test_without_another_tenants_part_there_is_nothing_to_go_back_to(engine: str, tmp_path: Path) -> None:
    await run("platform", "apply", holding(tmp_path / "p.yaml", SLOWER), REDIS__URL=engine)

    done = await run("tenant", "rollback", "--tenant", "acme", REDIS__URL=engine)

    refused(done, 1, "has another tenant's part", "alert-router tenant history acme")


async def test_one_tenant_has_one_file(engine: str, tmp_path: Path) -> None:
    own = holding(tmp_path / "acme.yaml", RULES)

    for files in ((own, own), (str(tmp_path),)):
        refused(await run("tenant", "apply", "--tenant", "acme", *files, REDIS__URL=engine), 2, "takes one file")


async def test_both_parts_in_two_files_of_a_folder_are_one_configuration(engine: str, tmp_path: Path) -> None:
    holding(tmp_path / "acme.yaml", IN_GERMAN)
    holding(tmp_path / "platform.yaml", SLOWER)

    done = await run("tenant", "apply", str(tmp_path), REDIS__URL=engine)

    assert "tenant acme: version 2 is active: " in done.out, done
    assert (await run("platform", "show", "acme", REDIS__URL=engine)).out == "version: 1\n" + SLOWER


async def test_rules_are_tried_without_the_operators_part(tmp_path: Path) -> None:
    own = holding(tmp_path / "acme.yaml", RULES)

    done = await run("route", "test", "--config", own, "team=db")

    assert (done.code, done.out) == (0, "storage\n")


async def test_limits_above_the_ceilings_are_applied_and_named(engine: str, tmp_path: Path) -> None:
    greedy = changed("rate: 60/m, burst: 20", "rate: 1000000/s, burst: 1000000", PLATFORM)

    done = await run("platform", "apply", holding(tmp_path / "p.yaml", greedy), "--dry-run", REDIS__URL=engine)
    higher = await run(
        "platform", "apply", str(tmp_path / "p.yaml"), "--dry-run", "--json",
        REDIS__URL=engine, CEILINGS__NOTIFICATIONS_PER_MIN="1",
    )  # fmt: skip

    warning = "warning: tenant acme: platform.limits.notifications: is above what this installation allows"
    assert done.err.startswith(warning), done
    assert json.loads(higher.out)[0]["lowered"] == ["platform.limits.notifications"]


async def test_the_tenants_own_part_is_shown_as_its_own_file(engine: str, tmp_path: Path) -> None:
    own = await shown_own(engine)
    file = holding(tmp_path / "acme.yaml", own)

    done = await run("tenant", "apply", "--tenant", "acme", file, "--dry-run", "--json", REDIS__URL=engine)

    assert own == RULES
    assert json.loads(done.out)[0]["summary"] == "the same rules, written differently"


async def shown_own(engine: str) -> str:
    done = await run("tenant", "show", "--tenant", "acme", REDIS__URL=engine)
    assert done.code == 0, done
    return done.out


async def test_a_part_does_not_come_beside_what_somebody_has_changed_in_redis(
    engine: str, tmp_path: Path, raw: Any
) -> None:
    own = holding(tmp_path / "acme.yaml", IN_GERMAN)
    await run("tenant", "apply", holding(tmp_path / "both.yaml", EXAMPLE + "# again\n"), REDIS__URL=engine)
    key = "alert-router:{acme}:config:2"
    await raw.set(key, (await raw.get(key)).replace("1000/s", "9999/s"))

    done = await run("tenant", "apply", "--tenant", "acme", own, REDIS__URL=engine)

    refused(done, 1, "version 2 of 'acme' is not what was applied", "apply its file again")


async def test_all_files_of_operators_are_valid_or_none_is_stored(
    engine: str, redis: Connection, tmp_path: Path
) -> None:
    holding(tmp_path / "acme.yaml", SLOWER)
    holding(tmp_path / "again.yaml", SLOWER)
    holding(tmp_path / "beta.yaml", "tenant: beta\n")

    done = await run("platform", "apply", str(tmp_path), REDIS__URL=engine)

    refused(done, 2, "beta.yaml:1:1: platform: missing", "again.yaml: tenant acme is in", "acme.yaml already")
    assert len(await TenantRepository(redis).versions(ACME)) == 1
