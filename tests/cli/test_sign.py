"""`alert-router sign`: an installation begins to sign, and changes its key, without a gap."""

import json
from typing import Any

from router.core.model.token import token_id
from tests.adapters.test_sealing import NEW, OLD, text_of
from tests.cli.running import refused, run

TOKENS = "alert-router:{:index}:tokens"


async def test_what_was_stored_before_there_was_a_key_is_named_first_and_then_signed(engine: str) -> None:
    token = token_id((await run("token", "create", "acme", REDIS__URL=engine)).out.strip())
    keyed = {"REDIS__URL": engine, "SIGNING__KEY": text_of(NEW)}
    listed = await run("token", "list", "acme", **keyed)

    planned = await run("sign", "--dry-run", **keyed)
    done = await run("sign", **keyed)
    again = await run("sign", "--json", **keyed)

    assert listed.out.rstrip().endswith("refused: unsigned")
    assert f"would sign token {token} of tenant 'acme'\n" in planned.out
    assert planned.code == done.code == again.code == 0
    assert done.out.endswith("0 had its signature already\n")
    body = json.loads(again.out)
    assert (body["signed"], body["left"], body["dry_run"]) == ([], [], False)
    assert body["unchanged"] >= 1
    assert (await run("token", "list", "acme", **keyed)).out.rstrip().endswith("not used yet")


async def test_with_a_new_key_in_front_all_is_signed_again_and_the_older_one_can_go(engine: str) -> None:
    old = {"REDIS__URL": engine, "SIGNING__KEY": text_of(OLD)}
    await run("sign", **old)
    await run("token", "create", "acme", **old)

    done = await run("sign", **{**old, "SIGNING__KEY": f"{text_of(NEW)},{text_of(OLD)}"})

    assert done.code == 0
    listed = await run("token", "list", "acme", "--json", REDIS__URL=engine, SIGNING__KEY=text_of(NEW))
    assert [row.keys() & {"refused"} for row in json.loads(listed.out)] == [set()]


async def test_what_has_a_wrong_signature_is_left_named_and_the_exit_code(engine: str, raw: Any) -> None:
    await raw.hset(TOKENS, "f" * 64, '{"v":1,"tenant":"acme","signature":"v1:00000000:AAAA"}')

    finished = await run("sign", REDIS__URL=engine, SIGNING__KEY=text_of(NEW))

    assert finished.code == 1
    assert "token ffffffff of tenant 'acme': key_unknown" in finished.err
    assert "1 left as they are" in finished.out


async def test_without_a_key_the_setting_is_named(engine: str) -> None:
    refused(await run("sign", REDIS__URL=engine), 2, "ALERT_ROUTER_SIGNING__KEY", "alert-router secret key")
