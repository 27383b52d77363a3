"""Which tenants somebody is shown: their own, a page at a time."""

from typing import Any

import pytest

from router.adapters.postgres.versions import RecordedVersions
from router.api.pages import MAX_CURSOR, MAX_PAGE
from tests.api.serving import OPERATOR, Asking
from tests.bounds import tries
from tests.config.samples import SMALL


async def test_tenants_are_listed_to_whoever_may_read_them_a_page_at_a_time(api: Asking) -> None:
    for tenant in ("acme", "globex"):
        await api.apply(OPERATOR, tenant, SMALL.replace("acme", tenant))

    async def names(who: str, query: str = "") -> list[str]:
        return [one["tenant"] for one in (await api.ask(who, "GET", f"/tenants{query}")).json["items"]]

    first = (await api.ask(OPERATOR, "GET", "/tenants?limit=1")).json
    assert [one["tenant"] for one in first["items"]] == ["acme"]
    assert await names(OPERATOR, f"?limit=1&cursor={first['next']}") == ["globex"]
    assert (await names("viewer@globex"), await names("viewer@globex", "?limit=1")) == (["globex"], ["globex"])


async def test_a_page_of_some_tenants_betrays_no_others(api: Asking) -> None:
    """No next page where only others' tenants would follow."""
    for tenant in ("acme", "globex"):
        await api.apply(OPERATOR, tenant, SMALL.replace("acme", tenant))
    assert "next" not in (await api.ask("viewer@acme", "GET", "/tenants?limit=1")).json


async def test_a_cursor_that_is_none_is_refused(api: Asking) -> None:
    for cursor in ("%", "////", "é"):
        answer = await api.ask(OPERATOR, "GET", f"/audit?cursor={cursor}")
        assert (answer.status, answer.problem) == (400, "invalid-cursor")


async def test_a_tenant_stands_as_the_record_has_it(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    assert (await api.ask("viewer@acme", "GET", "/tenants/acme")).json == {
        "tenant": "acme", "state": "active", "version": 1, "in_force": False
    }  # fmt: skip


@tries("cursor of a page of the control API")
async def test_a_cursor_has_so_many_characters_at_most(api: Asking, beyond: int) -> None:
    answer = await api.ask(OPERATOR, "GET", f"/audit?cursor={'x' * (MAX_CURSOR + beyond)}")
    assert answer.problem == ("invalid-request" if beyond > 0 else "invalid-cursor")


@tries("rows of a page of the control API")
async def test_a_page_has_so_many_rows_at_most(api: Asking, beyond: int) -> None:
    answer = await api.ask(OPERATOR, "GET", f"/tenants?limit={MAX_PAGE + beyond}")
    assert answer.status == (400 if beyond > 0 else 200)


async def test_a_change_in_between_is_not_deleted_with_the_tenant(
    api: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    token = await api.ask(OPERATOR, "POST", "/tenants/acme/tokens")
    remove = RecordedVersions.remove

    async def late(versions: RecordedVersions, *asked: Any) -> None:
        await api.apply(OPERATOR, "acme", "# 2\n" + SMALL, If_None_Match="", If_Match='"1"')
        await remove(versions, *asked)

    monkeypatch.setattr(RecordedVersions, "remove", late)
    answer = await api.ask(OPERATOR, "DELETE", "/tenants/acme", If_Match='"1"')
    left = await api.ask(OPERATOR, "GET", "/tenants/acme/tokens")

    assert (answer.status, answer.problem) == (412, "changed-meanwhile")
    assert (await api.ask(OPERATOR, "GET", "/tenants/acme")).json["version"] == 2
    assert [one["id"] for one in left.json["items"]] == [token.json["id"]]


async def test_a_tenant_is_deleted_whole_by_the_version_that_was_read(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    await api.ask(OPERATOR, "POST", "/tenants/acme/tokens")
    answers = [
        (await api.ask(OPERATOR, "DELETE", "/tenants/acme", **seen)).status
        for seen in ({}, {"If_None_Match": "*"}, {"If_Match": '"2"'}, {"If_Match": '"1"'}, {"If_Match": '"1"'})
    ]
    assert answers == [428, 412, 412, 204, 404]
    assert await api.at.ask("postgres", "select digest from control.token where revoked_at is null") == []
