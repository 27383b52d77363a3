"""`alert-router tenant erase` on the real engines: what is left of a tenant is that it was there, of others all."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from slack_emulator import Emulator
from slack_sdk.web.async_client import AsyncWebClient

from router.adapters.redis import keys
from router.adapters.redis.activity import RedisActivity
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.adapters.redis.turns import RedisTurns
from router.adapters.redis.workspaces import WorkspaceRepository
from router.core.model.alert import TenantId
from router.core.model.group import MessageRef
from router.core.model.token import token_digest
from router.ports.slack import Identity
from router.ports.tenants import Absence
from tests.adapters.builders import ACME, BETA, NOON, idle, new_token, store, waiting, write
from tests.adapters.postgres.recording import recording
from tests.adapters.test_sealing import NEW, text_of
from tests.cli.exports import VERIFIER
from tests.cli.running import fed, refused, run
from tests.config.samples import EXAMPLE
from tests.record_at import TABLES, RecordAt

LAST_LINE: Final = "Les alertes ne sont plus suivies dans ce message\u00a0; ce qu\u2019il affichait a été effacé."
TOMBSTONES: Final = {keys.ERASED, keys.TENANTS, keys.REMOVED, keys.PROJECTED}


async def held_of(raw: Any, tenant: str) -> set[str]:
    """The keys that name a tenant, in their names or in what they hold."""
    found = set[str]()
    async for key in raw.scan_iter(count=1000):
        read = {
            "hash": raw.hgetall,
            "zset": lambda one: raw.zrange(one, 0, -1),
            "string": raw.get,
            "set": raw.smembers,
        }
        value = await read[kind](key) if (kind := await raw.type(key)) in read else ""
        if f"{{{tenant}}}" in key or re.search(rf"\b{tenant}\b", str(value)):
            found.add(key)
    return found


@pytest.fixture
async def lived_in(engine: str, redis: Connection, slack: Emulator) -> dict[str, str]:
    """Both tenants have a token, a secret and a message that is live; settings for commands."""
    where = {"REDIS__URL": engine, "SLACK__BASE_URL": f"{slack.url}/api/", "SECRETS__KEY": text_of(NEW)}
    where["SLACK__WORKSPACE_EDITS_PER_MIN"] = "6000"
    await TenantRepository(redis).publish(BETA, EXAMPLE.replace("tenant: acme", "tenant: beta"))
    client = AsyncWebClient("xoxb-acme", base_url=where["SLACK__BASE_URL"])
    await WorkspaceRepository(redis).remember(token_digest("xoxb-acme"), Identity("T1", "https://acme.slack.com/"))
    for tenant in (ACME, BETA):
        ts = str((await client.chat_postMessage(channel="C1", text=f"Disk full at {tenant}"))["ts"])
        await new_token(TokenRepository(redis), tenant)
        await fed(b"xoxb-acme", "secret", "set", tenant, "slack", **where)
        shown = idle(waiting("Shown"), message=MessageRef("C1", ts), firing=1)
        await store(GroupStore(redis), [write(waiting("Shown"), shown, tenant=tenant)])
    await RedisActivity(redis).note({ACME: 3, BETA: 5}, await redis.now())
    await RedisTurns(redis).offer({ACME: NOON, BETA: NOON})
    return where


async def shown_in(settings: dict[str, str]) -> set[str]:
    """What the messages in the channel show."""
    client = AsyncWebClient("xoxb-acme", base_url=settings["SLACK__BASE_URL"])
    return {one["text"] for one in (await client.conversations_history(channel="C1"))["messages"]}


async def test_first_it_shows_what_would_go(lived_in: dict[str, str], raw: Any) -> None:
    before = sorted(await raw.keys("*"))

    done = await run("tenant", "erase", "acme", **lived_in)

    assert (done.code, "1 alert group, 1 of them with a live message" in done.out) == (0, True)
    assert "tenant erase acme --yes" in done.err
    assert sorted(await raw.keys("*")) == before


async def test_then_that_it_was_there_is_left_and_all_of_the_others(
    lived_in: dict[str, str], redis: Connection, raw: Any
) -> None:
    others = await held_of(raw, "beta")

    done = await run("tenant", "erase", "acme", "--yes", "--json", **lived_in)

    assert (done.code, done.err) == (0, "")
    printed = json.loads(done.out)
    assert set(printed["erasure"]["steps"].values()) == {"done"}
    assert {one["kind"] for one in printed["left"] if one["until"]} >= {"Kafka:kafka.inbound_topic"}
    assert (printed["erasure"]["edited"], printed["erasure"]["unedited"]) == (1, 0)
    assert await shown_in(lived_in) == {LAST_LINE, "Disk full at beta"}
    assert await raw.keys("*{acme}*") == []
    assert await held_of(raw, "acme") <= TOMBSTONES
    assert await WorkspaceRepository(redis).find(token_digest("xoxb-acme")) is None
    assert await held_of(raw, "beta") == others
    assert [one.id for one in await TokenRepository(redis).live(BETA)]
    assert await TenantRepository(redis).active(BETA) is not None
    assert await TenantRepository(redis).absence(ACME) is Absence.ERASED


async def test_its_id_is_never_given_again_and_why_is_printed(lived_in: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text(EXAMPLE, encoding="utf-8")
    await run("tenant", "erase", "acme", "--yes", **lived_in)

    refused(await run("tenant", "apply", str(file), **lived_in), 1, "'acme' was erased", "choose another id")
    refused(await fed(b"xoxb-acme", "secret", "set", "acme", "slack", **lived_in), 1, "'acme' was erased")
    again = await run("tenant", "erase", "acme", "--yes", **lived_in)
    assert (again.code, "tenant acme is erased" in again.out) == (0, True)
    assert "was erased at" in (await run("tenant", "erase", "acme", **lived_in)).out


async def test_of_a_record_the_tombstone_and_what_is_audited_are_left_and_the_log_verifies(
    lived_in: dict[str, str], record: RecordAt, redis: Connection, raw: Any, tmp_path: Path
) -> None:
    where = lived_in | {"POSTGRES__URL": record.url("ar_api")}
    file = tmp_path / "acme.yaml"
    file.write_text(EXAMPLE, encoding="utf-8")
    async with recording(record, redis) as made:
        await fed(b"", "control", "adopt", **where)
        await made.projector.round()
        done = await fed(b"", "tenant", "erase", "acme", "--yes", **where)
        assert done.code == 0, done
        await made.projector.round()
        await made.projector.round()
        assert (made.projector.behind, made.projector.drift) == (0, [])
        refused(await fed(b"", "tenant", "apply", str(file), **where), 1, "'acme' was erased")
        await raw.hdel(keys.ERASED, "acme")
        await raw.hdel(keys.PROJECTED, "acme")
        await made.projector.round()
        assert await TenantRepository(redis).absence(ACME) is Absence.ERASED
    left = {
        table: await record.ask("postgres", f"select count(*) from control.{table} where tenant = 'acme'")
        for table in TABLES.split(", ")
        if table not in {"checkpoint", "access_document"}
    }
    assert {table for table, [(rows,)] in left.items() if rows} == {"audit", "tenant", "active", "projected"}
    assert await raw.keys("*{acme}*") == []
    rows = await record.ask(
        "ar_auditor", "select convert_from(entry, 'utf8') from audit where tenant = 'acme' order by seq"
    )
    entries = [json.loads(one) for (one,) in rows]
    assert [one["action"] for one in entries] == [
        "tenant.adopt", "tenant.erase", "token.revoke", "tenant.erase", "tenant.erased", "tenant.apply"
    ]  # fmt: skip
    [inbound] = [one for one in entries[4]["diff"] if one["path"] == "Kafka:kafka.inbound_topic"]
    assert "until 20" in inbound["after"]
    verified = await fed(b"", "audit", "verify", AUDIT__URL=record.url("ar_auditor"), AUDIT__VERIFIERS=VERIFIER)
    assert verified.code == 0, verified


async def test_without_its_record_a_managed_redis_is_not_erased(
    lived_in: dict[str, str], record: RecordAt, redis: Connection
) -> None:
    async with recording(record, redis) as made:
        await made.projection.claim("a record")
    refused(await run("tenant", "erase", "acme", "--yes", **lived_in), 1, "ALERT_ROUTER_POSTGRES__URL")
    assert await TenantRepository(redis).absence(TenantId("acme")) is not Absence.ERASED
