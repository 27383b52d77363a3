"""What commands ask, by both ways: the record and Redis here, and a control API over the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from router.adapters.crypto.ring import fresh_key
from router.settings import AuditSettings, PostgresSettings, RedisSettings, SecretsSettings, Settings
from tests.adapters.postgres.recording import recording
from tests.api.serving import Asking
from tests.redis_at import redis_at

HERE: Final = "here"
BY_API: Final = "by the API"


@dataclass(frozen=True, slots=True)
class Offer:
    """Settings with which a command asks one or the other."""

    settings: Settings
    by_api: bool


async def offer(way: str, api: Asking, redis_url: str, role: str = "operator", tenant: str | None = None) -> Offer:
    """The settings; by the API with a key of this role."""
    if way == BY_API:
        key = await api.key(role, tenant)
        return Offer(Settings(server=api.url, token=SecretStr(key)), by_api=True)
    here = Settings(
        redis=RedisSettings(url=SecretStr(redis_url)),
        postgres=PostgresSettings(url=SecretStr(api.at.url("ar_api"))),
        audit=AuditSettings(url=SecretStr(api.at.url("ar_auditor"))),
        secrets=SecretsSettings(key=SecretStr(fresh_key())),
    )
    return Offer(here, by_api=False)


@asynccontextmanager
async def projecting(api: Asking, redis_url: str) -> AsyncIterator[None]:
    """What is recorded comes into force meanwhile."""
    redis = redis_at(redis_url)
    async with recording(api.at, redis) as made:
        running = asyncio.create_task(made.projector.run(0.05))
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    await redis.close()


def written(folder: Path, name: str, text: str) -> Path:
    """A file with this text."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
