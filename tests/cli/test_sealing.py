"""`alert-router sealing`: nobody makes gateways able to read what senders seal without being warned."""

from typing import Final

from router.adapters.redis.connection import Connection
from router.adapters.redis.tenant_keys import KeyRepository
from tests.adapters.builders import ACME
from tests.adapters.test_sealing import NEW, OLD, text_of
from tests.cli.running import run

ALL: Final = {"SEALING__KEY": text_of(NEW)}
APART: Final = {**ALL, "SEALING__SENDER_KEY": text_of(OLD)}


async def test_a_rotation_warns_where_gateways_could_open_what_senders_seal(engine: str) -> None:
    readable = await run("sealing", "rotate", "acme", REDIS__URL=engine, **ALL)
    as_json = await run("sealing", "rotate", "acme", "--json", REDIS__URL=engine, **ALL)
    rewrapped = await run("sealing", "rewrap", "acme", REDIS__URL=engine, **APART)
    apart = await run("sealing", "rotate", "acme", REDIS__URL=engine, **APART)

    for one in (readable, as_json):
        assert one.code == 0
        assert one.err.startswith("warning: the key that opens what senders of tenant acme seal")
        assert "ALERT_ROUTER_SEALING__SENDER_KEY, then run alert-router sealing rewrap acme" in one.err
    assert (rewrapped.code, rewrapped.out) == (0, "2 keys of 1 tenants are wrapped again\n")
    assert (apart.code, apart.err) == (0, "")


async def test_a_rotation_without_the_key_of_senders_is_refused_where_workers_have_it(
    engine: str, redis: Connection
) -> None:
    await run("sealing", "rotate", "acme", REDIS__URL=engine, **APART)
    before = await KeyRepository(redis).of(ACME)

    rotated = await run("sealing", "rotate", "acme", REDIS__URL=engine, **ALL)
    rewrapped = await run("sealing", "rewrap", "acme", REDIS__URL=engine, **ALL)

    for one in (rotated, rewrapped):
        assert one.code != 0
        assert "set ALERT_ROUTER_SEALING__SENDER_KEY as workers have it" in one.err
        assert "which is not in ALERT_ROUTER_SEALING__SENDER_KEY or ALERT_ROUTER_SEALING__KEY" in one.err
    assert await KeyRepository(redis).of(ACME) == before
