"""Gateways and workers need nothing of the extra `control`: they import none of it, and start without it."""

import asyncio
import subprocess
import sys
from typing import Final

import aiohttp
import pytest
from alert_router_local.process import HOST, Engine, free_port

from router.adapters.kafka.connecting import KafkaConnection
from router.app.storing import CONTROL_PACKAGES
from tests import brokers
from tests.conftest import an_empty_redis
from tests.e2e.system import clean_environment
from tests.waiting import eventually

OWN: Final = ("router.adapters.postgres", "router.adapters.oidc", "router.api", "router.app.control_api")
"""What of our own is control's alone."""

OPERATIONS: Final = {"gateway": "GATEWAY__OPERATIONS_PORT", "worker": "WORKER__PORT"}

WITHOUT: Final = f"""
import sys
for name in {sorted(CONTROL_PACKAGES)!r}:
    sys.modules[name] = None
"""
IMPORTING: Final = f"{WITHOUT}\nimport router.cli.serve\nprint(*sorted(sys.modules), sep=chr(10))"
STARTING: Final = f"{WITHOUT}\nfrom router.__main__ import main\nmain()"


def test_what_gateways_and_workers_import_has_nothing_of_control() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTING], capture_output=True, check=True, text=True)
    modules = done.stdout.split()
    assert {"router.app.lifecycle", "router.app.worker", "fastapi"} <= {*modules}
    assert [one for one in modules if one.startswith(OWN)] == []


@pytest.mark.long
@pytest.mark.parametrize("role", OPERATIONS)
async def test_they_start_where_it_is_not_installed(role: str, valkey: Engine, kafka: KafkaConnection) -> None:
    port = free_port()
    async with an_empty_redis(valkey) as redis_url:
        named = {
            "REDIS__URL": redis_url,
            "KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
            "GATEWAY__PORT": str(free_port()),
            OPERATIONS[role]: str(port),
            **brokers.SETTINGS,
        }
        environment = clean_environment(**named)
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", STARTING, role, env=environment)
        try:
            await eventually(lambda: _lives(port), within_s=45)
        finally:
            process.terminate()
            await process.wait()


async def _lives(port: int) -> bool:
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://{HOST}:{port}/live") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False
