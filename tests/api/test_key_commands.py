"""API keys by the command line: the first one of an installation is made so, and the API takes it."""

import json

from tests.api.serving import Asking
from tests.cli.running import fed


async def test_a_key_is_printed_once_taken_by_the_api_listed_and_revoked(api: Asking) -> None:
    async def run(*arguments: str) -> str:
        done = await fed(b"", "key", *arguments, POSTGRES__URL=api.at.url("ar_api"))
        assert done.code == 0, done.err
        return done.out

    made = json.loads(await run("create", "operator", "--name", "first", "--json"))
    assert (await api.ask(made["key"], "GET", "/tenants")).status == 200
    listed = json.loads(await run("list", "--json"))
    assert [(one["id"], one["role"], one["name"]) for one in listed] == [(made["id"], "operator", "first")]
    assert made["key"] not in str(listed)

    await run("revoke", made["id"])
    assert (await api.ask(made["key"], "GET", "/tenants")).status == 401


async def test_a_role_that_there_is_not_is_refused_before_anything_is_asked() -> None:
    done = await fed(b"", "key", "create", "root")
    assert (done.code, "the roles are" in done.err) == (2, True)
