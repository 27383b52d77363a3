"""Commands that cannot do what is asked: each with its exit code and two words that its message must hold."""

import socket
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from alert_router_local.process import HOST, free_port

from tests.e2e.system import Finished, Json, command
from tests.e2e.tenants import document, write

WRONG: Final = """version: 1
tenant: wrong
platform: {slack: {token: {secret: slack}}}
route: {recevier: all}
receivers: [{name: all, slack: {channel: "#alerts"}}]
"""

REFUSED: Final = {
    "up, busy port": (1, "cannot listen on", "--port"),
    "up, busy page port": (1, "the emulator cannot listen", "ALERT_ROUTER_EMULATOR__PAGE_PORT"),
    "up, no folder": (2, "missing-folder", "No such file or directory"),
    "up, invalid file": (2, "wrong.yaml:4:", "recevier"),
    "up, unknown setting": (2, "ALERT_ROUTER_SLACK__BASE_URI", ""),
    "worker, nothing set": (2, "ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS", "alert-router up"),
    "gateway, nothing set": (2, "ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS", "alert-router up"),
    "worker, Redis wants a password": (2, "ALERT_ROUTER_REDIS__URL", "password"),
    "gateway, Redis wants a password": (2, "ALERT_ROUTER_REDIS__URL", "password"),
    "worker, no URL of Redis": (2, "ALERT_ROUTER_REDIS__URL", "redis://"),
    "worker, no Kafka there": (1, "ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS", "that the broker runs"),
    "gateway, busy operations port": (1, "cannot listen on", "ALERT_ROUTER_GATEWAY__OPERATIONS_PORT"),
    "worker, busy port": (1, "cannot listen on", "ALERT_ROUTER_WORKER__PORT"),
    "tenant list, no Redis there": (1, "Redis", ""),
    "tenant show, nobody's": (1, "'nobody'", "tenant list"),
    "tenant apply, no file": (2, "missing.yaml", "No such file or directory"),
    "token create, nobody's": (1, "'nobody'", "apply one first"),
    "route test, bad label": (2, "'critical'", "severity=critical"),
}


async def refuse_all(ready: Json, folder: Path) -> Mapping[str, Finished]:
    """Run them all, one after another, so as not to slow down what runs beside."""
    with closing(socket.create_server((HOST, 0))) as holder:
        asked = _commands(ready, folder, holder.getsockname()[1])
        return {case: await command(*arguments, **settings) for case, (arguments, settings) in asked.items()}


def _commands(ready: Json, folder: Path, busy: int) -> dict[str, tuple[list[str], dict[str, str]]]:
    good = str(write(folder / "good", [document("good")]) / "good.yaml")
    (folder / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    redis, kafka = {"REDIS__URL": ready["redis"]}, {"KAFKA__BOOTSTRAP_SERVERS": ready["kafka"]}
    no_redis = {"REDIS__URL": f"redis://{HOST}:{free_port()}/0"}
    wrong_password = {"REDIS__URL": f"redis://nobody:wrong@{HOST}:{urlsplit(ready['redis']).port}/0"}
    no_kafka = {"KAFKA__BOOTSTRAP_SERVERS": f"{HOST}:{free_port()}"}
    free = {"WORKER__PORT": "0", "GATEWAY__PORT": "0", "GATEWAY__OPERATIONS_PORT": "0"}
    return {
        "up, busy port": (["up", "--port", str(busy)], {}),
        "up, busy page port": (["up", "--port", "0"], redis | kafka | {"EMULATOR__PAGE_PORT": str(busy)}),
        "up, no folder": (["up", "--tenants", str(folder / "missing-folder")], {}),
        "up, invalid file": (["up", "--tenants", str(folder), "--port", "0"], {}),
        "up, unknown setting": (["up"], {"SLACK__BASE_URI": "http://127.0.0.1/"}),
        "worker, nothing set": (["worker"], {}),
        "gateway, nothing set": (["gateway"], {}),
        "worker, Redis wants a password": (["worker"], kafka | wrong_password | free),
        "gateway, Redis wants a password": (["gateway"], kafka | wrong_password | free),
        "worker, no URL of Redis": (["worker"], kafka | {"REDIS__URL": f"{HOST}:6379"} | free),
        "worker, no Kafka there": (["worker"], redis | no_kafka | free),
        "gateway, busy operations port": (
            ["gateway"],
            redis | kafka | free | {"GATEWAY__OPERATIONS_PORT": str(busy)},
        ),
        "worker, busy port": (["worker"], redis | kafka | {"WORKER__PORT": str(busy)}),
        "tenant list, no Redis there": (["tenant", "list"], no_redis),
        "tenant show, nobody's": (["tenant", "show", "nobody"], redis),
        "tenant apply, no file": (["tenant", "apply", str(folder / "missing.yaml")], redis),
        "token create, nobody's": (["token", "create", "nobody"], redis),
        "route test, bad label": (["route", "test", "--config", good, "critical"], {}),
    }
