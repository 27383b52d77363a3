"""The access document over HTTP: applied, soon in force everywhere, and never one that locks everybody out."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from router.app.access_stored import LOOK_EACH_S
from router.app.offered import open_access
from router.errors import ChangedMeanwhileError, ConfigurationError, OperationError
from router.ports.provenance import Provenance
from tests.api.offering import BY_API, HERE, offer, written
from tests.api.serving import OPERATOR, Asking, asking
from tests.cli.running import fed, refused
from tests.issuer import Issuer
from tests.record_at import RecordAt
from tests.redis_at import redis_at
from tests.waiting import eventually

NEW: Final = {"If_None_Match": "*", "Content_Type": "application/yaml"}
PATH: Final = "/access"


def document(issuer: Issuer, *operators: str, eyes: str = "[]") -> str:
    """An access document in which these people may do everything."""
    bound = "".join(
        f'  - {{name: {one}, role: operator, tenants: ["*"], who: {{issuer: company, subject: {one}}}}}\n'
        for one in operators
    )
    return (
        "# who may do what\nversion: 1\nissuers:\n"
        f"  - {{name: company, url: '{issuer.url}', audience: alert-router}}\n"
        f"bindings:\n{bound}conditions: {{four_eyes: {eyes}}}\n"
    )


def seen(version: int) -> dict[str, str]:
    return {"If_Match": f'"{version}"', "Content_Type": "application/yaml"}


async def applied(api: Asking, text: str, who: str = OPERATOR, **headers: str) -> Any:
    return await api.ask(who, "PUT", PATH, text, **(headers or NEW))


def may(api: Asking, who: str, *, be: bool = True) -> Callable[[], Awaitable[bool]]:
    """Whether somebody may do what concerns no single tenant, or may not any more."""

    async def asked() -> bool:
        return ((await api.ask(who, "GET", PATH)).status == 200) is be

    return asked


async def test_a_document_is_applied_as_it_was_written_and_holds_soon(api: Asking, issuer: Issuer) -> None:
    first, second = document(issuer, "ana"), document(issuer, "ana", "ben")
    assert (await api.ask(OPERATOR, "GET", PATH)).problem == "no-access-document"
    assert (await api.ask("ana", "GET", PATH)).status in {401, 403}

    made = await applied(api, first)
    assert (made.status, made.headers["ETag"], made.json["stored"], made.json["version"]) == (200, '"1"', True, 1)
    await eventually(may(api, "ana"), within_s=3 * LOOK_EACH_S)
    shown = await api.ask("ana", "GET", PATH)
    assert (shown.text, shown.headers["ETag"], shown.headers["Content-Type"]) == (
        first, '"1"', "application/yaml"
    )  # fmt: skip

    same = await applied(api, first, "ana", **seen(1))
    changed = await applied(api, second, "ana", **seen(1))
    assert (same.json["changed"], changed.json["summary"]) == (False, "+bindings/ben")
    assert '+  - {name: ben, role: operator, tenants: ["*"]' in changed.json["diff"]
    listed = (await api.ask("auditor@all", "GET", f"{PATH}/versions")).json["items"]
    assert [(one["version"], one["active"], one["author"]) for one in listed] == [
        (2, True, "ana"),
        (1, False, OPERATOR),
    ]
    assert (await api.ask("auditor@all", "GET", f"{PATH}/versions/1")).text == first
    assert (await api.ask("auditor@all", "GET", f"{PATH}/versions/9")).problem == "unknown-version"


async def test_a_change_names_the_version_that_it_was_made_of_and_a_dry_run_stores_nothing(
    api: Asking, issuer: Issuer
) -> None:
    text = document(issuer, "ana")
    dry = await api.ask(OPERATOR, "PUT", f"{PATH}?dry_run=true&file=access.yaml", text, **NEW)
    assert (dry.status, dry.json["stored"], dry.json["version"]) == (200, False, 1)
    assert [(one["file"], one["line"]) for one in dry.json["warnings"]] == [("access.yaml", 6)]  # no second factor
    assert (await api.ask(OPERATOR, "GET", PATH)).status == 404
    assert (await api.ask(OPERATOR, "PUT", PATH, text, Content_Type="application/yaml")).status == 428
    await applied(api, text)
    for late in (NEW, seen(7)):
        answer = await applied(api, document(issuer, "ben"), **late)
        assert (answer.status, answer.problem) == (412, "changed-meanwhile")


async def test_a_mistake_is_refused_with_its_place_and_so_is_what_nobody_could_change_again(
    api: Asking, issuer: Issuer
) -> None:
    good = document(issuer, "ana")
    await applied(api, good)
    wrong = good.replace("role: operator", "role: operater")
    answer = await api.ask(OPERATOR, "PUT", f"{PATH}?file=access.yaml", wrong, **seen(1))
    [one] = answer.json["errors"]
    assert (answer.status, answer.problem) == (422, "invalid-document")
    assert (one["file"], one["line"], one["column"]) == ("access.yaml", 6, 23)
    assert "operator" in one["message"]
    for old, new in (("role: operator", "role: auditor"), ("four_eyes: []", "four_eyes: [access.write]")):
        answer = await applied(api, good.replace(old, new), **seen(1))
        assert (answer.status, "nobody could change this document again" in answer.text) == (422, True)
    assert (await api.ask(OPERATOR, "GET", PATH)).text == good
    await eventually(may(api, "ana"))


async def test_what_the_file_of_the_settings_says_holds_whatever_is_stored(api: Asking, issuer: Issuer) -> None:
    await applied(api, document(issuer, "ana"))
    await eventually(may(api, "ana"))
    assert (await api.ask(OPERATOR, "GET", PATH)).status == 200  # bound by the root alone
    assert (await applied(api, document(issuer, "ben"), **seen(1))).status == 200


async def test_a_change_holds_in_every_process_of_the_api(
    api: Asking, record: RecordAt, emptied: str, issuer: Issuer
) -> None:
    redis = redis_at(emptied)
    async with asking(record, redis, issuer) as other:
        await applied(api, document(issuer, "ana", "ben"))
        for one in (api, other):
            await eventually(may(one, "ben"), within_s=3 * LOOK_EACH_S)
        await applied(other, document(issuer, "ana"), **seen(1))
        for one in (api, other):
            await eventually(may(one, "ben", be=False), within_s=3 * LOOK_EACH_S)
    await redis.close()


async def test_an_earlier_version_comes_back_and_each_change_is_audited(api: Asking, issuer: Issuer) -> None:
    await applied(api, document(issuer, "ana"))
    await applied(api, document(issuer, "ana", "ben"), **seen(1))
    back = await api.ask(OPERATOR, "POST", f"{PATH}/rollback?to=1&message=oh", **seen(2))
    assert (back.status, back.json["version"], back.json["summary"]) == (200, 3, "-bindings/ben")
    assert (await api.ask(OPERATOR, "POST", f"{PATH}/rollback?to=9", **seen(3))).status == 409
    entries = (await api.ask("auditor@all", "GET", "/audit")).json["items"]
    found = [
        (one.get("reason", ""), one["after"]["version"], len(one["diff"]))
        for one in entries
        if one["action"] == "access.apply"
    ]
    assert found == [("oh", 3, 1), ("", 2, 1), ("", 1, 3)]


async def test_where_it_takes_two_a_second_person_lets_it_take_effect(api: Asking, issuer: Issuer) -> None:
    await applied(api, document(issuer, "ana", "ben", eyes="[access.write]"))
    await eventually(may(api, "ben"))

    proposed = await applied(api, document(issuer, "ana", "ben", "cid", eyes="[access.write]"), "ana", **seen(1))
    assert (proposed.status, proposed.json["stored"], proposed.json["proposal"]) == (202, False, 1)
    assert proposed.headers["Location"] == "/control/v1/access/proposals/1"
    [one] = (await api.ask("auditor@all", "GET", f"{PATH}/proposals")).json["items"]
    shown = (await api.ask("auditor@all", "GET", f"{PATH}/proposals/1")).json
    assert (one["author"], shown["summary"], "cid" in shown["document"]) == ("ana", "+bindings/cid", True)
    for who in ("ana", await api.key("operator"), "auditor@all"):
        assert (await api.ask(who, "POST", f"{PATH}/proposals/1/approve")).problem == "not-allowed"
    assert (await api.ask("ben", "POST", f"{PATH}/proposals/9/approve")).problem == "unknown-proposal"

    done = await api.ask("ben", "POST", f"{PATH}/proposals/1/approve")
    assert (done.status, done.json["version"]) == (200, 2)
    await eventually(may(api, "cid"))
    await applied(api, document(issuer, "ben", eyes="[]"), "ana", **seen(2))
    assert (await api.ask("ana", "POST", f"{PATH}/proposals/2/reject")).json["state"] == "withdrawn"


@pytest.mark.parametrize("way", [HERE, BY_API])
async def test_commands_have_it_of_the_record_and_of_the_api(
    way: str, api: Asking, emptied: str, issuer: Issuer
) -> None:
    first, second = document(issuer, "ana"), document(issuer, "ana", "ben")
    offered = await offer(way, api, emptied)
    async with open_access(offered.settings) as access:
        with pytest.raises(OperationError):
            await access.show()
        new = await access.plan(first, "access.yaml")
        assert (new.before, new.after, new.unchanged) == (0, 1, False)
        await access.publish(new, Provenance(message="first"))
        assert (await access.plan(first, "a.yaml")).unchanged
        late, other = await access.plan(second, "b.yaml"), await access.plan(f"#\n{second}", "c.yaml")
        await access.publish(late)
        with pytest.raises(ChangedMeanwhileError):
            await access.publish(other)
        assert (late.summary, late.diff.splitlines()[:2]) == (
            "+bindings/ben", ["--- access document version 1", "+++ b.yaml"]
        )  # fmt: skip
        with pytest.raises(ConfigurationError) as wrong:
            await access.plan(first.replace("role: operator", "role: x"), "wrong.yaml")
        assert str(wrong.value.diagnostics[0]).startswith("wrong.yaml:6:23: bindings[0].role: ")
        await access.publish(await access.plan_rollback())
        newest, _, oldest = await access.history()
        assert (newest.kept.version, newest.kept.active, newest.summary) == (3, True, "-bindings/ben")
        assert oldest.kept.recorded is not None
        assert oldest.kept.recorded.provenance.message == "first"
        assert ((await access.show()).text, (await access.show(2)).text) == (first, second)
        with pytest.raises(OperationError):
            await access.plan_rollback(9)


async def test_the_commands_print_what_changes(api: Asking, issuer: Issuer, tmp_path: Any) -> None:
    file = written(tmp_path, "access.yaml", document(issuer, "ana"))
    ours = {"SERVER": api.url, "TOKEN": await api.key("operator")}
    steps = [
        (f"apply {file} --dry-run", "access document: version 1 would be in force: +issuers/company, "),
        (f"apply {file} -m first", "access document: version 1 is in force: "),
        (f"apply {file}", "access document: unchanged, version 1 stays in force\n"),
        ("history", "1\t"),
        ("print", "# who may do what\n"),
        ("print --json", '{"version": 1, '),
    ]
    for command, begins in steps:
        done = await fed(b"", "access", *command.split(), **ours)
        assert (command, done.code, begins in done.out) == (command, 0, True), done
    refused(await fed(b"", "access", "apply", str(file), "--author", "ana", **ours), 2, "--author")
    viewer = {**ours, "TOKEN": await api.key("viewer")}
    refused(await fed(b"", "access", "print", **viewer), 1, "denied (not_in_role)")
