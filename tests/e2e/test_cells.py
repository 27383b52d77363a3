"""Two cells beside one record: what is a tenant's is in its own cell, and what befalls the other leaves it alone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from alert_router_local.process import HOST, free_port
from pydantic import SecretStr

from router.app.toolbox import open_tenants, open_tokens
from router.config.read import read_document
from router.config.stored import StoredDocument
from router.core.model.alert import TenantId
from router.core.model.token import token_digest
from router.settings import CellSettings, PostgresSettings, RedisSettings, Settings
from tests import brokers
from tests.config.samples import changed
from tests.e2e.cell import Cell, running_cell
from tests.e2e.webhooks import body, firing
from tests.record_at import RecordAt
from tests.waiting import eventually

EU, US = TenantId("acme"), TenantId("globex")


@dataclass(frozen=True)
class Two:
    """Both cells, with a tenant in each and its token."""

    eu: Cell
    us: Cell
    tokens: dict[TenantId, str]


async def _applied(cell: Cell, tenant: TenantId, record: RecordAt) -> str:
    """A tenant of a cell; its token."""
    redis = RedisSettings(url=SecretStr(f"redis://{HOST}:{cell.redis_engine.port}/0"))
    postgres = PostgresSettings(url=SecretStr(record.url("ar_api")))
    cells = {cell.name: CellSettings(url=cell.url)}
    settings = Settings(redis=redis, postgres=postgres, cell=cell.name, cells=cells)
    text = changed("platform: {", f"platform: {{cell: {cell.name}, ").replace("acme", tenant)
    async with open_tenants(settings) as tenants:
        document = StoredDocument(read_document(text, "file.yaml"), text)
        await tenants.publish(await tenants.plan(document, "file.yaml"))
    async with open_tokens(settings) as tokens:
        return await tokens.create(tenant)


@pytest.fixture
async def two(record: RecordAt, tmp_path: Path) -> AsyncIterator[Two]:
    ports = {"eu-1": free_port(), "us-1": free_port()}
    async with AsyncExitStack() as stack:
        eu, us = [await stack.enter_async_context(running_cell(one, ports, record, tmp_path)) for one in ports]
        yield Two(eu, us, {EU: await _applied(eu, EU, record), US: await _applied(us, US, record)})


async def taken(cell: Cell, tenant: TenantId, token: str, marker: str) -> None:
    """The marker is sent to the tenant's cell, and arrives in an alert group there."""

    async def is_accepted() -> bool:
        return (await cell.send(tenant, token, body(firing(marker, f"host-{marker}"))))[0] == 202

    async def is_folded() -> bool:
        return "redis g" in await cell.places(marker)

    await eventually(is_accepted, within_s=10)
    await eventually(is_folded, within_s=40)


@pytest.mark.long
@pytest.mark.night
@pytest.mark.timeout(200)
@brokers.tansu_alone
async def test_what_is_sent_for_a_tenant_is_in_no_byte_of_another_cell(two: Two) -> None:
    await taken(two.eu, EU, two.tokens[EU], "markereu")
    await taken(two.us, US, two.tokens[US], "markerus")
    status, problem = await two.us.send(EU, two.tokens[EU], body(firing("markerlost")))

    assert (status, problem["type"].rpartition(":")[2], problem["url"]) == (421, "wrong-cell", two.eu.url)
    assert await two.eu.places("markereu") >= {"redis g", "alerts.inbound"}
    assert await two.us.places("markerus") >= {"redis g", "alerts.inbound"}
    assert await two.us.places("markereu") == await two.eu.places("markerus") == set()
    assert await two.us.places("markerlost") == await two.eu.places("markerlost") == set()

    digest = token_digest(two.tokens[EU])
    assert "redis tokens" in await two.eu.places(digest)
    assert await two.us.places(digest) == set()
    assert await two.us.places("eu-1") == {"redis elsewhere"}
    assert await two.us.places(EU) <= {"redis elsewhere", "redis projected", "redis removed", "redis tenants"}


@pytest.mark.long
@pytest.mark.night
@pytest.mark.timeout(200)
@brokers.tansu_alone
async def test_a_redis_that_is_full_or_gone_leaves_the_other_cell_alone(two: Two) -> None:
    await taken(two.eu, EU, two.tokens[EU], "before")
    await two.eu.redis.config_set("maxmemory", "1mb")
    await taken(two.us, US, two.tokens[US], "whilefull")

    await two.eu.redis_engine.stop()

    await taken(two.us, US, two.tokens[US], "whilegone")
    assert (await two.us.is_ready(), await two.eu.is_ready()) == (True, False)
