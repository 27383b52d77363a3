"""The chart's processes start as its pods start them, on engines that hold nothing yet, and end in their grace."""

import base64
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import aiohttp
import pytest
from alert_router_local.engines import start_redis
from alert_router_local.process import HOST, Engine, free_port

from router.adapters.kafka.connecting import KafkaConnection
from tests import brokers
from tests.conftest import url_of
from tests.deploy.objects import Pod, Thing, of_kind, pod_of, read
from tests.deploy.reading import PREFIX
from tests.e2e.system import command, service
from tests.waiting import eventually
from tools.chart.rendering import RENDERED

MOUNTED: Final = "/etc/alert-router/"
KEY: Final = base64.b64encode(bytes(32)).decode()
ELSEWHERE: Final = ("KAFKA__S", "KAFKA__REPLICATION_FACTOR")
"""How the brokers of production are reached, and how many there are."""


@pytest.fixture(scope="module")
def things() -> list[Thing]:
    return read(RENDERED / "production.yaml")


@pytest.fixture
async def fresh_valkey() -> AsyncIterator[Engine]:
    """With nothing in it."""
    engine = await start_redis()
    yield engine
    await engine.stop()


def files(pods: list[Pod], folder: Path) -> None:
    """What Secrets would hold."""
    for path in {path for pod in pods for path in pod.files}:
        file = folder / path.removeprefix(MOUNTED)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(KEY if "keys/" in path else "xoxb-none", encoding="utf-8")


def mounted(config_map: Thing, folder: Path) -> Path:
    """The folder of a ConfigMap as a kubelet makes it: each file leads through `..data` to the version of today."""
    version = folder / "..2026_11_27"
    version.mkdir(parents=True)
    (folder / "..data").symlink_to(version.name)
    for name, text in config_map["data"].items():
        (version / name).write_text(text, encoding="utf-8")
        (folder / name).symlink_to(f"..data/{name}")
    return folder


def settings(pod: Pod, folder: Path) -> Iterator[tuple[str, str]]:
    """The pod's own, with its files in this folder, without what leads to the engines of production."""
    for name, value in pod.environment().items():
        short = name.removeprefix(PREFIX)
        if not short.startswith(ELSEWHERE):
            yield short, value.replace(MOUNTED, f"{folder}/")


@pytest.mark.long
@pytest.mark.night
@pytest.mark.timeout(240)
async def test_gateway_and_worker_become_ready_before_there_is_a_tenant_and_the_job_brings_one(
    kafka: KafkaConnection, fresh_valkey: Engine, unique: str, things: list[Thing], tmp_path: Path
) -> None:
    pods = {role: pod_of(things, role) for role in ("gateway", "worker", "tenant")}
    files(list(pods.values()), tmp_path / "files")
    ports = {"GATEWAY__OPERATIONS_PORT": str(free_port()), "WORKER__PORT": str(free_port()), "GATEWAY__PORT": "0"}
    here = {
        "KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers, "KAFKA__GROUP_ID": unique,
        "KAFKA__INBOUND_TOPIC": unique, "REDIS__URL": url_of(fresh_valkey),
        "SLACK__BASE_URL": f"http://{HOST}:1/api/", **brokers.SETTINGS, **ports,
    }  # fmt: skip
    own = {role: dict(settings(pod, tmp_path / "files")) | here for role, pod in pods.items()}
    async with (
        service(tmp_path / "gateway.log", *pods["gateway"].command, **own["gateway"]) as gateway,
        service(tmp_path / "worker.log", *pods["worker"].command, **own["worker"]) as worker,
        aiohttp.ClientSession() as http,
    ):
        for port in ("GATEWAY__OPERATIONS_PORT", "WORKER__PORT"):
            await eventually(partial(is_ready, http, f"http://{HOST}:{ports[port]}/ready"), within_s=90)

        tenants = mounted(of_kind(things, "ConfigMap")[0], tmp_path / "tenants")
        words = [str(tenants) if one == "/tenants" else one for one in pods["tenant"].command]
        applied = await command(*words, **own["tenant"])
        assert applied.code == 0, applied.err
        assert "acme" in applied.out

        for process, role in ((gateway, "gateway"), (worker, "worker")):
            process.terminate()
            assert await process.ended(within_s=pods[role].spec["terminationGracePeriodSeconds"]) == 0


async def is_ready(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(url) as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False
