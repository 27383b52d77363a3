"""`alert-router token`: a tenant changes its token without a gap, and nobody reads one that was made before."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from router.adapters.redis.connection import Connection
from router.adapters.redis.tokens import TokenRepository
from router.core.model.token import token_digest, token_id
from tests.adapters.builders import ACME, BETA, new_token
from tests.cli.running import refused, run


async def test_a_new_token_alone_is_printed_so_that_it_can_be_piped_into_a_file(
    engine: str, redis: Connection
) -> None:
    made = await run("token", "create", "acme", REDIS__URL=engine)

    token = made.out.removesuffix("\n")
    assert made.code == 0
    assert re.fullmatch(r"ar_[\w-]{43}", token)
    assert await TokenRepository(redis).tenant_of(token_digest(token)) == ACME
    assert token_id(token) in made.err
    assert token not in made.err


async def test_a_third_token_is_refused_with_the_way_out_and_possible_once_one_is_revoked(engine: str) -> None:
    first = await run("token", "create", "acme", REDIS__URL=engine)
    await run("token", "create", "acme", REDIS__URL=engine)

    refused(await run("token", "create", "acme", REDIS__URL=engine), 1, "2 live tokens", "token revoke acme ID")

    oldest = token_id(first.out.strip())
    revoked = await run("token", "revoke", "acme", oldest, REDIS__URL=engine)
    assert (revoked.code, revoked.out) == (0, f"token {oldest} of tenant acme is revoked\n")
    assert (await run("token", "create", "acme", REDIS__URL=engine)).code == 0


async def test_a_tenant_without_configuration_gets_no_token(engine: str) -> None:
    refused(await run("token", "create", "nobody", REDIS__URL=engine), 1, "'nobody'", "apply one first")


async def test_tokens_are_listed_by_id_and_time_and_never_shown(engine: str) -> None:
    made = [await run("token", "create", "acme", REDIS__URL=engine) for _ in range(2)]
    tokens = [one.out.strip() for one in made]

    listed = await run("token", "list", "acme", REDIS__URL=engine)
    as_json = await run("token", "list", "acme", "--json", REDIS__URL=engine)

    lines = [line.split("\t") for line in listed.out.splitlines()]
    assert [id_ for id_, _, _ in lines] == [token_id(token) for token in tokens]
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC", time) for _, time, _ in lines)
    assert {used for _, _, used in lines} == {"not used yet"}
    rows = json.loads(as_json.out)
    assert [row["id"] for row in rows] == [token_id(token) for token in tokens]
    assert all(row["created_at"].endswith("Z") for row in rows)
    everything = listed.out + listed.err + as_json.out + as_json.err
    assert not any(part in everything for token in tokens for part in (token, token_digest(token)))


async def test_a_token_from_before_times_were_kept_is_listed_and_revoked(
    engine: str, redis: Connection, raw: Any
) -> None:
    digest = token_digest("ar_old")
    await raw.hset("alert-router:{:index}:tokens", digest, "acme")

    listed = await run("token", "list", "acme", REDIS__URL=engine)
    as_json = await run("token", "list", "acme", "--json", REDIS__URL=engine)
    revoked = await run("token", "revoke", "acme", digest[:8], REDIS__URL=engine)

    assert listed.out.startswith(f"{digest[:8]}\t")
    assert json.loads(as_json.out) == [{"id": digest[:8], "created_at": None, "last_used_at": None}]
    assert revoked.code == 0
    assert await TokenRepository(redis).all() == {}


async def test_rotation_leaves_the_newer_token_and_asks_back_before_it_revokes_the_one_in_use(
    engine: str, redis: Connection, raw: Any
) -> None:
    tokens = TokenRepository(redis)
    first = await run("token", "rotate", "acme", REDIS__URL=engine)
    second = await run("token", "rotate", "acme", REDIS__URL=engine)
    oldest = token_digest(first.out.strip())
    await tokens.note_uses([oldest])

    listed = await run("token", "list", "acme", REDIS__URL=engine)
    early = await run("token", "rotate", "acme", REDIS__URL=engine)
    await tokens.note_uses([token_digest(second.out.strip())])
    third = await run("token", "rotate", "acme", REDIS__URL=engine)

    assert [line.endswith("not used yet") for line in listed.out.splitlines()] == [False, True]
    refused(early, 1, oldest[:8], "is the one in use", "--force")
    assert f"token {oldest[:8]} of tenant acme is revoked" in third.err
    assert set(await tokens.all()) == {token_digest(one.out.strip()) for one in (second, third)}
    assert await raw.hkeys("alert-router:{:index}:token-uses") == [token_digest(second.out.strip())]


async def test_who_has_no_token_is_shown_how_to_make_one(engine: str) -> None:
    listed = await run("token", "list", "acme", REDIS__URL=engine)
    as_json = await run("token", "list", "acme", "--json", REDIS__URL=engine)

    assert (listed.code, listed.out) == (0, "")
    assert "alert-router token create acme" in listed.err
    assert (as_json.code, as_json.out) == (0, "[]\n")


@pytest.mark.parametrize("id_", ["00000000", "ar_the-token-itself", ""])
async def test_an_id_that_the_tenant_does_not_have_revokes_nothing_and_is_not_repeated(
    engine: str, redis: Connection, id_: str
) -> None:
    await new_token(TokenRepository(redis), ACME)

    finished = await run("token", "revoke", "acme", id_, REDIS__URL=engine)

    refused(finished, 1, "no token of that id", "alert-router token list acme")
    assert "the-token-itself" not in finished.err
    assert len(await TokenRepository(redis).all()) == 1


async def test_nobody_revokes_another_tenants_token(engine: str, redis: Connection) -> None:
    theirs = await new_token(TokenRepository(redis), BETA)

    refused(await run("token", "revoke", "acme", token_id(theirs), REDIS__URL=engine), 1, "no token of that id")

    assert await TokenRepository(redis).tenant_of(token_digest(theirs)) == BETA


async def test_a_token_in_a_file_is_made_once_and_again_only_when_it_lets_nobody_in(
    engine: str, redis: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "acme.token"
    arguments = ("token", "create", "acme", "--file", str(file))
    made = await run(*arguments, REDIS__URL=engine)
    first = file.read_text(encoding="utf-8").strip()
    again = await run(*arguments, REDIS__URL=engine)

    assert (made.code, made.out, again.code, again.out) == (0, "", 0, "")
    assert first not in made.err + again.err
    assert "it stays" in again.err
    assert file.read_text(encoding="utf-8") == f"{first}\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert await TokenRepository(redis).tenant_of(token_digest(first)) == ACME

    await run("token", "revoke", "acme", token_id(first), REDIS__URL=engine)
    fresh = await run(*arguments, REDIS__URL=engine)
    second = file.read_text(encoding="utf-8").strip()
    assert fresh.code == 0
    assert second != first
    assert await TokenRepository(redis).tenant_of(token_digest(second)) == ACME
    assert names_in(tmp_path) == [file.name]


@pytest.mark.parametrize("command", ["create", "rotate"])
async def test_the_group_of_the_file_reads_it_where_that_is_asked_for(
    engine: str, tmp_path: Path, command: str
) -> None:
    file = tmp_path / "acme.token"
    file.write_text("nothing", encoding="utf-8")
    file.chmod(0o644)

    done = await run("token", command, "acme", "--file", str(file), "--for-group", REDIS__URL=engine)

    assert done.code == 0
    assert file.stat().st_mode & 0o777 == 0o640


async def test_a_token_of_another_tenant_in_the_file_does_not_count(
    engine: str, redis: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    theirs = await new_token(TokenRepository(redis), BETA)
    file.write_text(theirs, encoding="utf-8")

    done = await run("token", "create", "acme", "--file", str(file), REDIS__URL=engine)

    assert done.code == 0
    assert await TokenRepository(redis).tenant_of(token_digest(file.read_text("utf-8").strip())) == ACME


async def test_a_file_that_cannot_be_written_costs_no_token(engine: str, redis: Connection, tmp_path: Path) -> None:
    for file in (tmp_path / "missing" / "token", tmp_path):
        refused(await run("token", "create", "acme", "--file", str(file), REDIS__URL=engine), 1, str(file.parent))

    assert await TokenRepository(redis).live(ACME) == []


def names_in(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]
