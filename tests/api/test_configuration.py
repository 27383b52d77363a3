"""Configurations over HTTP: as they are written, and changed from the version that was seen."""

import json

import pytest

from router.api.bodies import MAX_DOCUMENT
from tests.api.serving import OPERATOR, Asking
from tests.bounds import tries
from tests.config.samples import SMALL, changed

PATH = "/tenants/acme/configuration"
YAML = "application/yaml"
COMMENTED = "# why: see the wiki\n" + SMALL
RULES = "".join(line for line in SMALL.splitlines(keepends=True) if not line.startswith("platform"))


async def test_a_configuration_is_read_as_it_was_written_with_its_version(api: Asking) -> None:
    made = await api.apply(OPERATOR, "acme", COMMENTED)
    read = await api.ask("viewer@acme", "GET", PATH)
    assert (made.status, made.json["version"], made.headers["ETag"]) == (200, 1, '"1"')
    assert (read.status, read.text, read.headers["ETag"]) == (200, COMMENTED, '"1"')
    assert read.headers["Content-Type"].startswith(YAML)


@pytest.mark.parametrize(("headers", "status", "problem"), [
    ({}, 428, "precondition-required"),
    ({"If_Match": '"1"'}, 412, "changed-meanwhile"),
    ({"If_None_Match": "*"}, 412, "changed-meanwhile"),
    ({"If_Match": "2"}, 400, "invalid-precondition"),
    ({"If_Match": "*"}, 400, "invalid-precondition"),
    ({"If_Match": 'W/"2"'}, 400, "invalid-precondition"),
    ({"If_Match": '"2"', "If_None_Match": "*"}, 400, "invalid-precondition"),
    ({"If_Match": '"2"'}, 200, ""),
])  # fmt: skip
async def test_a_change_is_made_of_the_version_that_was_seen(
    api: Asking, headers: dict[str, str], status: int, problem: str
) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    await api.ask(OPERATOR, "PUT", PATH, COMMENTED, Content_Type=YAML, If_Match='"1"')
    answer = await api.ask("editor@acme", "PUT", PATH, RULES, Content_Type=YAML, **headers)
    assert (answer.status, answer.problem if problem else "") == (status, problem)


async def test_a_dry_run_says_what_would_change_and_changes_nothing(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    other = changed("matchers: ['a=\"b\"']", "matchers: ['a=\"c\"']")
    answer = await api.ask("editor@acme", "PUT", f"{PATH}?dry_run=true", other, Content_Type=YAML, If_Match='"1"')
    assert (answer.json["changed"], answer.json["stored"], 'a="c"' in answer.json["diff"]) == (True, False, True)
    assert (await api.ask("viewer@acme", "GET", PATH)).text == SMALL


async def test_mistakes_come_with_their_places(api: Asking) -> None:
    answer = await api.apply(OPERATOR, "acme", changed("receiver: default", "receiver: defualt"))
    [one] = answer.json["errors"]
    assert (answer.status, answer.problem) == (422, "invalid-document")
    assert (one["file"], one["line"], one["column"]) == ("configuration", 5, 13)
    assert "default" in one["message"]


async def test_a_tenant_changes_its_own_part_and_not_the_operators(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    whole = changed("matchers: ['a=\"b\"']", "matchers: ['a=\"c\"']")
    beyond = changed('channels: ["#alerts", C0123456]', 'channels: ["#alerts", C0123456, "#secret"]')

    same_operators_part = await api.ask("editor@acme", "PUT", PATH, whole, Content_Type=YAML, If_Match='"1"')
    more_channels = await api.ask("editor@acme", "PUT", PATH, beyond, Content_Type=YAML, If_Match='"2"')

    assert (same_operators_part.status, same_operators_part.json["part"]) == (200, "tenant")
    assert (more_channels.status, more_channels.problem) == (403, "not-allowed")
    assert "platform.write of role operator" in more_channels.json["detail"]
    assert (await api.ask("viewer@acme", "GET", PATH)).headers["ETag"] == '"2"'


async def test_a_document_of_another_tenant_is_refused_whoever_sends_it(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    for text in (SMALL.replace("acme", "globex"), RULES.replace("acme", "globex")):
        answer = await api.ask(OPERATOR, "PUT", PATH, text, Content_Type=YAML, If_Match='"1"')
        assert (answer.status, answer.json["errors"][0]["line"]) == (422, 2)


async def test_versions_are_kept_and_one_of_them_comes_back(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    await api.ask("editor@acme", "PUT", f"{PATH}?message=more&source=git:abc", "# 2\n" + RULES,
                  Content_Type=YAML, If_Match='"1"')  # fmt: skip
    listed = (await api.ask("viewer@acme", "GET", f"{PATH}/versions?limit=1")).json
    rest = (await api.ask("viewer@acme", "GET", f"{PATH}/versions?limit=1&cursor={listed['next']}")).json
    back = await api.ask("editor@acme", "POST", f"{PATH}/rollback?to=1", If_Match='"2"')

    [newest], [oldest] = listed["items"], rest["items"]
    assert (newest["version"], newest["author"], newest["message"], newest["source"]) == (
        2, "editor@acme", "more", "git:abc"
    )  # fmt: skip
    assert (oldest["version"], "next" in rest) == (1, False)
    assert (back.status, back.json["version"]) == (200, 3)
    assert (await api.ask("viewer@acme", "GET", f"{PATH}/versions/1")).text == SMALL
    assert (await api.ask("viewer@acme", "GET", f"{PATH}/versions/9")).problem == "unknown-version"


async def test_every_change_and_denial_is_in_the_audit_log_with_who_and_by_which_rule(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    await api.ask("viewer@acme", "PUT", PATH, RULES, Content_Type=YAML, If_Match='"1"')
    await api.ask("tenant_admin@globex", "GET", PATH)
    entries = (await api.ask("auditor@acme", "GET", "/tenants/acme/audit")).json["items"]

    found = [(one["action"], one["outcome"], one["actor"]["subject"], one["decision"]["rule"]) for one in entries]
    assert found == [
        ("access.denied", "denied", "tenant_admin@globex",
         "binding tenant_admin@globex: role tenant_admin for tenant globex"),
        ("access.denied", "denied", "viewer@acme", "binding viewer@acme: role viewer for tenant acme"),
        ("tenant.apply", "done", OPERATOR, "binding operator@all: role operator for all tenants"),
    ]  # fmt: skip
    assert entries[1]["resource"] == "configuration.write: PUT /control/v1/tenants/{tenant}/configuration"


@tries("document that is sent to the control API")
async def test_a_larger_document_is_not_read(api: Asking, beyond: int) -> None:
    text = SMALL + "#" * (MAX_DOCUMENT + beyond - len(SMALL))
    answer = await api.apply(OPERATOR, "acme", text)
    assert (answer.status == 413) is (beyond > 0)


@pytest.mark.parametrize(("text", "kind", "status"), [
    ("a: &a [x]\nb: [*a, *a]", YAML, 422),
    ("[" * 5_000, YAML, 422),
    (json.dumps({"version": 1}), "application/json", 422),
    (SMALL, "text/plain", 415),
    ("", YAML, 422),
    ("!!python/object/apply:os.system ['true']", YAML, 422),
])  # fmt: skip
async def test_what_is_no_document_is_refused(api: Asking, text: str, kind: str, status: int) -> None:
    assert (await api.apply(OPERATOR, "acme", text, Content_Type=kind)).status == status


async def test_text_that_is_not_utf_8_is_refused(api: Asking) -> None:
    async with api.session.put(
        f"{api.url}/control/v1{PATH}",
        data=b"\xff",
        headers={"Authorization": f"Bearer {await api.key('operator')}", "If-None-Match": "*", "Content-Type": YAML},
    ) as answer:
        assert answer.status == 400


async def test_what_two_versions_have_otherwise_is_named_rule_by_rule(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    other = changed("matchers: ['a=\"b\"']", "matchers: ['a=\"c\"']")
    await api.ask(OPERATOR, "PUT", PATH, other, Content_Type=YAML, If_Match='"1"')
    found = (await api.ask("viewer@acme", "GET", f"{PATH}/diff?from=1&to=2")).json
    same = (await api.ask("viewer@acme", "GET", f"{PATH}/diff?from=2&to=2")).json

    assert (found["from"], found["to"], found["part"], len(found["changes"])) == (1, 2, "tenant", 1)
    assert 'a="c"' in found["changes"][0] + found["diff"]
    assert same == {"from": 2, "to": 2, "part": None, "changes": [], "diff": ""}
    assert (await api.ask("viewer@acme", "GET", f"{PATH}/diff?from=1&to=9")).problem == "unknown-version"
