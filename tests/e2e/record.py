"""The control plane of a system, each of its roles a process of its own: they and PostgreSQL stop and come back."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp
from alert_router_local.postgres import Postgres, restart_postgres, start_postgres

from router.api.control import PREFIX
from tests.e2e.system import Finished, Json, System, service
from tests.forked import Forked
from tests.waiting import eventually

_START_S: Final = 45
_PAGES: Final = "?limit=200"


@dataclass
class ControlPlane:
    """PostgreSQL, a projector and the control API beside a system; and somebody with a key."""

    system: System
    folder: Path
    postgres: Postgres
    key: str = ""
    url: str = ""
    _roles: list[Forked] = field(default_factory=list)
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)
    _starts: int = 0

    @property
    def settings(self) -> dict[str, str]:
        """The logins of whoever has the passwords of the record."""
        logins = {"POSTGRES__URL": "ar_api", "POSTGRES__PROJECTOR_URL": "ar_projector", "AUDIT__URL": "ar_auditor"}
        return {name: self.postgres.url(login) for name, login in logins.items()}

    async def command(self, *arguments: str, **more: str) -> Finished:
        """A command with the record, which must end well."""
        done = await self.system.command(*arguments, **{**self.settings, **more})
        assert done.code == 0, done
        return done

    async def take_in(self) -> None:
        """The tables are made, what Redis holds is recorded, and an operator has a key."""
        await self.command("control", "migrate", POSTGRES__MIGRATOR_URL=self.postgres.url("ar_migrator"))
        await self.command("control", "adopt")
        self.key = (await self.command("key", "create", "operator")).out.strip()

    async def start(self) -> None:
        """Start the projector and the API; both answer when this returns."""
        self._starts += 1
        engines = {
            "REDIS__URL": self.system.ready["redis"],
            "KAFKA__BOOTSTRAP_SERVERS": self.system.ready["kafka"],
            "CONTROL__PORT": "0",
            "CONTROL__OPERATIONS_PORT": "0",
            "PROJECTOR__PORT": "0",
        }
        settings = {**engines, **self.system.own_keys, **self.settings}
        logs = {name: self.folder / f"{name}-{self._starts}.log" for name in ("control", "projector")}
        for name, words in {"control": ("control", "serve"), "projector": ("projector",)}.items():
            self._roles.append(await self._running.enter_async_context(service(logs[name], *words, **settings)))
        self.url = await eventually(lambda: _served(logs["control"]), within_s=_START_S)

    async def stop(self) -> None:
        """The API and the projector end as they are asked to, then PostgreSQL at once."""
        for one in self._roles:
            one.terminate()
        assert [await one.ended(within_s=_START_S) for one in self._roles] == [0] * len(self._roles)
        self._roles.clear()
        await self.postgres.engine.stop()

    async def come_back(self) -> None:
        """PostgreSQL runs again with what it kept, then the others."""
        self.postgres.engine = (await restart_postgres(self.postgres)).engine
        await self.start()

    async def ask(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> tuple[str, str]:
        """The answer to a request of the operator, which must succeed, and its ETag."""
        sent = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/json",
            **{name.replace("_", "-"): one for name, one in headers.items()},
        }
        content = None if body is None else body.encode()
        url = f"{self.url}{PREFIX}{path}"
        async with self.system.http.request(method, url, data=content, headers=sent) as answer:
            text = await answer.text()
            assert answer.status in {200, 201, 204}, text
            return text, answer.headers.get("ETag", "")

    async def listed(self, path: str) -> list[Json]:
        """All rows of a short list."""
        found = json.loads((await self.ask(f"{path}{_PAGES}"))[0])
        assert "next" not in found
        return found["items"]  # type: ignore[no-any-return]

    async def answers(self) -> bool:
        """Whether the API can be asked."""
        try:
            async with self.system.http.get(f"{self.url}{PREFIX}/tenants"):
                return True
        except aiohttp.ClientError:
            return False

    async def end(self) -> None:
        """Nothing of it runs any more."""
        await self._running.aclose()
        await self.postgres.stop()


def _served(log: Path) -> str:
    rows = [
        json.loads(line) for line in log.read_text(encoding="utf-8").splitlines(keepends=True) if line[-1] == "\n"
    ]
    return next((row["control"] for row in rows if row.get("event") == "serving"), "")


@asynccontextmanager
async def recorded(system: System, folder: Path) -> AsyncIterator[ControlPlane]:
    """The control plane of a system, with all that its Redis holds taken in."""
    plane = ControlPlane(system, folder, await start_postgres())
    try:
        await plane.take_in()
        await plane.start()
        yield plane
    finally:
        await plane.end()
