"""PostgreSQL stops under the running role, and comes back: nobody has to start the control API again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

import aiohttp
import pytest
from alert_router_local.process import free_port
from pydantic import SecretStr

from router.adapters.crypto.ring import fresh_key
from router.api.control import PREFIX
from router.app.control_api import recorded_keys
from router.app.controlling import run_control
from router.app.shutdown import Shutdown
from router.core.model.instant import Instant
from router.core.model.token import token_digest, token_id
from router.ports.identity import NewKey
from router.settings import ControlSettings, PostgresSettings, RedisSettings, SecretsSettings, Settings
from tests.adapters.postgres.breaking import Engines, started_engines
from tests.config.samples import SMALL
from tests.waiting import eventually

pytestmark = pytest.mark.long

_YEAR_3000: Final = Instant(32_503_680_000 * 1_000_000)
_CONFIGURATION: Final = "/tenants/acme/configuration"


@dataclass(frozen=True, slots=True)
class Serving:
    """The role as it runs, and somebody with a key."""

    settings: Settings
    key: str
    session: aiohttp.ClientSession

    async def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        """The status, and when to come again."""
        headers = {"Authorization": f"Bearer {self.key}", "If-None-Match": "*", "Content-Type": "application/yaml"}
        url = f"http://127.0.0.1:{self.settings.control.port}{PREFIX}{path}"
        async with self.session.request(method, url, headers=headers, data=body) as answer:
            return answer.status, answer.headers.get("Retry-After", "")

    async def stands(self, path: str) -> int:
        """How it says that it is."""
        async with self.session.get(f"http://127.0.0.1:{self.settings.control.operations_port}{path}") as answer:
            return answer.status


async def test_while_postgresql_is_away_it_says_when_to_come_again_and_goes_on_by_itself(tmp_path: Path) -> None:
    async with started_engines(tmp_path) as engines, _serving(engines) as api:
        assert await api.ask("GET", "/tenants") == (200, "")
        assert (await api.stands("/live"), await api.stands("/ready")) == (200, 200)

        await engines.stop_postgres()
        for asked in (("GET", "/tenants"), ("GET", _CONFIGURATION), ("PUT", _CONFIGURATION, SMALL)):
            status, again = await api.ask(*asked)
            assert (asked, status, again.isdigit()) == (asked, 503, True)

        async def is_not_ready() -> bool:
            return await api.stands("/ready") == 503

        await eventually(is_not_ready, within_s=15)
        assert await api.stands("/live") == 200

        await engines.start()

        async def answers() -> bool:
            return (await api.ask("GET", "/tenants"))[0] == 200 and await api.stands("/ready") == 200

        await eventually(answers, within_s=30)
        assert (await api.ask("GET", _CONFIGURATION))[0] == 404  # what was refused was not made
        assert (await api.ask("PUT", _CONFIGURATION, SMALL))[0] in {200, 201}


@asynccontextmanager
async def _serving(engines: Engines) -> AsyncIterator[Serving]:
    settings = Settings(
        postgres=PostgresSettings(url=SecretStr(engines.postgres.url("ar_api"))),
        redis=RedisSettings(url=SecretStr(engines.valkey.url)),
        secrets=SecretsSettings(key=SecretStr(fresh_key())),
        control=ControlSettings(port=free_port(), operations_port=free_port()),
    )
    text = f"ark_{uuid4().hex}"
    async with recorded_keys(settings) as keys:
        await keys.add(NewKey(
            id=token_id(text), tenant=None, name="", role="operator", networks=(), maker="ana", maker_issuer="",
            expires_at=_YEAR_3000, digest=token_digest(text),
        ))  # fmt: skip
    shutdown = Shutdown()
    running = asyncio.create_task(run_control(settings, shutdown))
    async with aiohttp.ClientSession() as session:
        api = Serving(settings, text, session)

        async def listens() -> bool:
            try:
                return await api.stands("/live") == 200
            except aiohttp.ClientError:
                return False

        await eventually(listens, within_s=30)
        yield api
        assert not running.done()
        shutdown.request()
        await running
