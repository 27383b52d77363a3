"""Nothing that is written into Redis without a key is taken for a token, rule, secret or silence, beside a victim."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from router.adapters.crypto.sealing import Sealer
from router.adapters.redis import keys
from router.adapters.redis.connection import Connection
from router.adapters.redis.secrets import SecretRepository
from router.control.secrets import SecretStore
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from router.core.model.token import token_digest
from tests.adapters.test_sealing import NEW
from tests.e2e.system import System, Tenant
from tests.e2e.tenants import document
from tests.e2e.test_tenants import apply
from tests.e2e.webhooks import body, firing
from tests.waiting import eventually


@asynccontextmanager
async def victim(system: System, name: str) -> AsyncIterator[Tenant]:
    """A tenant beside, whose alert is shown in time after all that was done."""
    async with system.tenant(name) as beside:
        yield beside
        await beside.send(firing("Beside"))
        await beside.settled(within_s=10)
        assert "Beside" in (await beside.message()).text


def key(tenant: Tenant, part: keys.TenantPart, *more: str) -> str:
    return keys.tenant_key(TenantId(tenant.name), part, *more)


async def announce(tenant: Tenant) -> None:
    """As `apply` does, so that everybody looks at it again."""
    number = await tenant.system.redis.incr(keys.SEQUENCE)
    await tenant.system.redis.zadd(keys.TENANTS, {tenant.name: number})


async def logged(system: System, event: str, tenant: str) -> list[dict[str, Any]]:
    return [row for row in system.log_lines() if (row["event"], row.get("tenant")) == (event, tenant)]


async def test_a_token_that_is_written_into_redis_lets_nobody_in(fast: System) -> None:
    async with fast.tenant("minted") as forged, victim(fast, "beside-minted"):
        row = json.dumps({"v": 1, "tenant": "minted", "created_at": "2026-11-26T12:00:00.000000Z"})
        await fast.redis.hset(keys.TOKENS, mapping={token_digest("forged"): "minted", token_digest("dated"): row})

        answers = [await forged.post(body(firing()), Authorization=f"Bearer {one}") for one in ("forged", "dated")]

        assert [(one.status, one.body["type"].rpartition(":")[2]) for one in answers] == [(401, "unknown-token")] * 2
        await eventually(lambda: [row for row in fast.log_lines() if row["event"] == "tokens_refused"], within_s=5)
        listed = await fast.command("token", "list", "minted")
        assert listed.out.count("refused: unsigned") == 2
        await fast.redis.hdel(keys.TOKENS, token_digest("forged"), token_digest("dated"))


async def test_a_token_that_is_moved_to_another_tenant_lets_nobody_in_there(fast: System) -> None:
    async with fast.tenant("moved-from") as one, victim(fast, "moved-to") as other:
        token = fast.ready["tokens"]["moved-from"]
        row = json.loads(await fast.redis.hget(keys.TOKENS, token_digest(token)))
        await fast.redis.hset(keys.TOKENS, token_digest(token), json.dumps({**row, "tenant": "moved-to"}))

        answer = await other.post(body(firing()), Authorization=f"Bearer {token}")

        assert answer.status in {401, 403}
        await fast.redis.hset(keys.TOKENS, token_digest(token), json.dumps(row))
        await one.send(firing())
        await one.settled()


@pytest.mark.long
@pytest.mark.night
async def test_of_a_configuration_that_is_changed_in_redis_the_last_good_version_goes_on(
    fast: System, tmp_path: Path
) -> None:
    async with fast.tenant("rewritten") as tenant, victim(fast, "beside-rewritten"):
        version = await fast.redis.get(key(tenant, "active"))
        text = await fast.redis.get(key(tenant, "config", str(version)))
        await fast.redis.set(key(tenant, "config", str(version)), text.replace("#alerts", "#general"))
        await announce(tenant)
        await eventually(lambda: logged(fast, "configuration_untrusted", tenant.name), within_s=5)

        _, ready = await fast.get("/ready")
        assert json.loads(ready)["troubled"]["configuration_untrusted"] == ["rewritten"]
        _, metrics = await fast.get("/metrics")
        assert 'tenant_problems_total{reason="configuration_untrusted",tenant="rewritten"} 1.0' in metrics
        await tenant.send(firing())
        await tenant.settled()
        assert len(await tenant.messages("alerts")) == 1
        assert "signature_wrong" in (await fast.command("tenant", "check", tenant.name)).out

        await apply(fast, tmp_path, document("rewritten"))
        await eventually(lambda: is_trusted(tenant), within_s=5)


async def is_trusted(tenant: Tenant) -> bool:
    troubled = json.loads((await tenant.system.get("/ready"))[1]).get("troubled", {})
    return tenant.name not in troubled.get("configuration_untrusted", [])


async def test_a_silence_that_is_written_into_redis_mutes_nobody(fast: System) -> None:
    async with fast.tenant("unmuted") as tenant:
        added = await fast.command("silence", "add", tenant.name, "alertname=Never", "--comment", "new disks")
        id_ = added.out.strip()
        await eventually(lambda: logged(fast, "silences_changed", tenant.name), within_s=5)
        text = await fast.redis.hget(key(tenant, "silences"), id_)
        await fast.redis.hset(key(tenant, "silences"), "forged", text.replace("Never", "DiskFull"))
        await announce(tenant)
        await eventually(lambda: logged(fast, "silence_refused", tenant.name), within_s=5)

        await tenant.send(firing())
        await tenant.settled()

        assert len(await tenant.messages()) == 1
        await fast.redis.hdel(key(tenant, "silences"), "forged")
        await announce(tenant)


@pytest.mark.long
@pytest.mark.night
async def test_an_old_secret_that_is_put_back_is_not_used_and_the_reason_is_named(
    fast: System, tmp_path: Path
) -> None:
    async with fast.tenant("put-back") as tenant, victim(fast, "beside-put-back"):
        connection = Connection(fast.ready["redis"])
        store, name = SecretStore(SecretRepository(connection), Sealer([NEW])), SecretName("stored")
        await store.put(TenantId(tenant.name), name, "xoxb-stolen")
        old = await fast.redis.hget(key(tenant, "secrets"), name)
        await store.put(TenantId(tenant.name), name, "xoxb-emulated-put-back")
        await apply(fast, tmp_path, document("put-back", secret="stored"))
        await tenant.send(firing("Good"))
        await tenant.settled()

        await fast.redis.hset(key(tenant, "secrets"), name, old)

        numbers = count()

        async def is_named() -> bool:
            await tenant.send(firing(f"Again{next(numbers)}"))
            return bool(await logged(fast, "secret_not_found", tenant.name))

        await eventually(is_named, within_s=20, every_s=1)
        [first, *_] = await logged(fast, "secret_not_found", tenant.name)
        assert "another was put back" in first["error"]
        await store.put(TenantId(tenant.name), name, "xoxb-emulated-put-back")
        await connection.close()
        await tenant.settled(within_s=30)
        assert await shown(tenant, f"Again{next(numbers) - 1}")
        assert "xoxb-stolen" not in fast.log.read_text("utf-8")


async def shown(tenant: Tenant, name: str) -> bool:
    return any(name in message.text for message in await tenant.messages())
