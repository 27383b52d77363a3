"""The KMS of moto on loopback, as `make moto` installs it: it forgets all when it ends, and judges no policies."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alert_router_local.process import HOST, Engine, free_port, start_engine

from router.adapters.aws_kms.access import KmsAccess
from router.adapters.aws_kms.asking import TIMEOUT_S, KmsServer
from router.adapters.aws_kms.client import KmsClient
from router.adapters.aws_kms.keys import KmsKeys
from tests.fakes.aws_kms import REGION, session

PROGRAM: Final = Path(__file__).parents[2] / ".moto/bin/moto_server"
_START_S: Final = 60


@dataclass
class Moto:
    """A server, and what creates keys there."""

    url: str
    engine: Engine

    async def call(self, operation: str, **parameters: object) -> dict[str, Any]:
        """What it answers to whoever may do all."""
        client = session().create_client("kms", region_name=REGION, endpoint_url=self.url)
        found: dict[str, Any] = await asyncio.to_thread(getattr(client, operation), **parameters)
        return found

    async def create(self, alias: str = "") -> str:
        """The ARN of a new key, which has this alias too."""
        arn = str((await self.call("create_key"))["KeyMetadata"]["Arn"])
        if alias:
            await self.call("create_alias", AliasName=alias, TargetKeyId=arn)
        return arn

    def service(self, *keys: str, steady: Callable[[], float] | None = None) -> KmsKeys:
        """What wraps with the first of these."""
        access = KmsAccess(keys, REGION, self.url)
        client = KmsClient(access, TIMEOUT_S, session())
        return KmsKeys(access, KmsServer(access, client, steady) if steady else KmsServer(access, client))

    async def kill(self) -> None:
        """End it at once."""
        if self.engine.process.returncode is None:
            self.engine.process.kill()
            await self.engine.process.wait()


@asynccontextmanager
async def started() -> AsyncIterator[Moto]:
    """One that listens."""
    port = free_port()
    command = [str(PROGRAM), "-H", HOST, "-p", str(port)]
    moto = Moto(f"http://{HOST}:{port}", await start_engine("moto", command, port, within_s=_START_S))
    try:
        yield moto
    finally:
        await moto.kill()


def is_missing() -> bool:
    """Whether it is not here, and nobody requires it."""
    return not PROGRAM.exists() and not os.environ.get("CI_REQUIRES_MOTO")
