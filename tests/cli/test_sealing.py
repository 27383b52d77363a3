"""`alert-router sealing`: slips of the pen are refused, and nobody makes gateways able to read what senders seal."""

from typing import Final

import pytest
from pydantic import SecretStr

from router.adapters.redis.connection import Connection
from router.adapters.redis.tenant_keys import KeyRepository
from router.settings import SealingSettings
from tests.adapters.builders import ACME
from tests.adapters.test_sealing import NEW, OLD, text_of
from tests.cli.keyed import keyed
from tests.cli.running import run

ALL: Final = {"SEALING__KEY": text_of(NEW)}
APART: Final = {**ALL, "SEALING__SENDER_KEY": text_of(OLD)}


async def test_a_rotation_warns_where_gateways_could_open_what_senders_seal(engine: str) -> None:
    await keyed(engine, SealingSettings(key=SecretStr(text_of(NEW))))
    readable = await run("sealing", "rotate", "acme", REDIS__URL=engine, **ALL)
    as_json = await run("sealing", "rotate", "acme", "--json", REDIS__URL=engine, **ALL)
    rewrapped = await run("sealing", "rewrap", "acme", REDIS__URL=engine, **APART)
    apart = await run("sealing", "rotate", "acme", REDIS__URL=engine, **APART)

    for one in (readable, as_json):
        assert one.code == 0
        assert one.err.startswith("warning: the key that opens what senders of tenant acme seal")
        assert "ALERT_ROUTER_SEALING__SENDER_KEY, then run alert-router sealing rewrap acme" in one.err
    assert (rewrapped.code, rewrapped.out) == (0, "3 keys of 1 tenants are wrapped again\n")
    assert (apart.code, apart.err) == (0, "")


async def test_a_rotation_without_the_key_of_senders_is_refused_where_workers_have_it(
    engine: str, redis: Connection
) -> None:
    await keyed(engine, SealingSettings(key=SecretStr(text_of(NEW)), sender_key=SecretStr(text_of(OLD))))
    before = await KeyRepository(redis).of(ACME)

    rotated = await run("sealing", "rotate", "acme", REDIS__URL=engine, **ALL)
    rewrapped = await run("sealing", "rewrap", "acme", REDIS__URL=engine, **ALL)

    for one in (rotated, rewrapped):
        assert one.code != 0
        assert "set ALERT_ROUTER_SEALING__SENDER_KEY as workers have it" in one.err
        assert "which is not in ALERT_ROUTER_SEALING__SENDER_KEY or ALERT_ROUTER_SEALING__KEY" in one.err
    assert await KeyRepository(redis).of(ACME) == before


@pytest.mark.parametrize("command", ["rotate", "rewrap"])
async def test_a_tenant_that_has_no_keys_gets_none_by_a_slip_of_the_pen(
    engine: str, redis: Connection, command: str
) -> None:
    done = await run("sealing", command, "acne", REDIS__URL=engine, **ALL)

    assert done.code == 1
    assert done.err.startswith("error: tenant 'acne' has no keys; they are made once its file has `keys: own`")
    assert await KeyRepository(redis).tenants() == []


async def test_keys_are_destroyed_by_those_who_have_seen_which_alone(engine: str, redis: Connection) -> None:
    await keyed(engine, SealingSettings(key=SecretStr(text_of(NEW))))
    shown = await run("sealing", "destroy", "acme", "--all", REDIS__URL=engine, **ALL)
    assert (shown.code, shown.err) == (
        0,
        "nothing was destroyed; to destroy them, give the command again with --yes\n",
    )
    assert shown.out.startswith("of tenant acme:\n  its key name of 20")
    assert "with them 0 values of its alert groups, and all that they have sealed in Kafka" in shown.out
    assert "" not in (await KeyRepository(redis).of(ACME)).values()

    done = await run("sealing", "destroy", "acme", "--all", "--yes", REDIS__URL=engine, **ALL)
    assert (done.code, done.err) == (0, "")
    assert set((await KeyRepository(redis).of(ACME)).values()) == {""}
