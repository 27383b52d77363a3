"""`alert-router tenant delete`: shows what would go, and leaves nothing of it."""

import json
from typing import Any

from router.adapters.redis.connection import Connection
from router.adapters.redis.secrets import SecretRepository
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.core.model.rules.names import SecretName
from router.ports.secrets import SealedSecrets
from router.roles.tenants import ActiveTenants
from tests.adapters.builders import ACME, BETA, new_token
from tests.cli.running import refused, run
from tests.config.samples import EXAMPLE


async def test_first_it_shows_what_would_go(engine: str, redis: Connection, raw: Any) -> None:
    await new_token(TokenRepository(redis), ACME)
    before = sorted(await raw.keys("*"))

    done = await run("tenant", "delete", "acme", REDIS__URL=engine)

    assert done.code == 0
    assert "1 version of its configuration" in done.out
    assert "nothing was deleted" in done.err
    assert "tenant delete acme --yes" in done.err
    assert sorted(await raw.keys("*")) == before


async def test_then_nothing_of_it_is_left_and_nobody_else_is_touched(
    engine: str, redis: Connection, raw: Any
) -> None:
    tenants, tokens = TenantRepository(redis), TokenRepository(redis)
    await tenants.publish(BETA, EXAMPLE.replace("acme", "beta"))
    theirs = await new_token(tokens, BETA)
    await new_token(tokens, ACME)
    await SecretRepository(redis).replace(ACME, SealedSecrets(), SealedSecrets({SecretName("slack"): "sealed"}))

    done = await run("tenant", "delete", "acme", "--yes", "--json", REDIS__URL=engine)

    assert done.code == 0
    assert json.loads(done.out)["secrets"] == ["slack"]
    assert await raw.keys("*{acme}*") == []
    assert [one.id for one in await tokens.live(BETA)]
    assert theirs
    assert await tenants.active(BETA) is not None
    refused(await run("tenant", "delete", "acme", "--yes", REDIS__URL=engine), 1, "nothing is stored")


async def test_who_has_it_in_memory_forgets_it_and_takes_it_in_again(engine: str, redis: Connection) -> None:
    tenants = TenantRepository(redis)
    active = ActiveTenants(tenants)
    await active.load()
    document = await tenants.active(ACME)
    assert document is not None

    await run("tenant", "delete", "acme", "--yes", REDIS__URL=engine)
    await active.load()
    assert list(active) == []

    await tenants.publish(ACME, document.text)
    await active.load()
    assert list(active) == [ACME]
