"""Keycloak on loopback, as `make keycloak` unpacks it, with the realms of this folder."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
from alert_router_local.process import HOST, Engine, free_port, start_engine

from tests.waiting import eventually

DISTRIBUTION: Final = Path(__file__).parents[2] / ".keycloak"
REALMS: Final = Path(__file__).parent / "realms"
_START_S: Final = 480
_ADMIN: Final = "admin"
_ENVIRONMENT: Final = {
    "KC_BOOTSTRAP_ADMIN_USERNAME": _ADMIN,
    "KC_BOOTSTRAP_ADMIN_PASSWORD": _ADMIN,
    "JAVA_OPTS_KC_HEAP": "-Xms64m -Xmx512m",
    "JAVA_OPTS_APPEND": "-XX:TieredStopAtLevel=1",
}


@dataclass
class Keycloak:
    """A running server."""

    url: str
    engine: Engine
    http: aiohttp.ClientSession

    async def token(self, realm: str, client: str, **form: str) -> dict[str, Any]:
        """What it answers to a grant: `access_token`, and with the scope `openid` an `id_token`."""
        where = f"{self.url}/realms/{realm}/protocol/openid-connect/token"
        async with self.http.post(where, data={"client_id": client, **form}) as answer:
            assert answer.status == 200, await answer.text()
            found: dict[str, Any] = await answer.json()
        return found

    async def person(self, name: str, client: str = "alerts", scope: str = "") -> dict[str, Any]:
        """The tokens of somebody who logs in with a password."""
        form = {"grant_type": "password", "username": name, "password": name}
        return await self.token("company", client, **form, **({"scope": scope} if scope else {}))

    async def machine(self, client: str) -> str:
        """The access token of a client that logs in as itself."""
        answer = await self.token("ci", client, grant_type="client_credentials", client_secret=client)
        return str(answer["access_token"])

    async def rotate(self, realm: str) -> None:
        """Let the realm sign with a new key; the old one stays published."""
        admin = await self.token("master", "admin-cli", grant_type="password", username=_ADMIN, password=_ADMIN)
        key = {
            "name": "newer", "providerId": "rsa-generated", "providerType": "org.keycloak.keys.KeyProvider",
            "config": {"priority": ["200"], "enabled": ["true"], "active": ["true"], "algorithm": ["RS256"]},
        }  # fmt: skip
        as_admin = {"Authorization": f"Bearer {admin['access_token']}"}
        where = f"{self.url}/admin/realms/{realm}/components"
        async with self.http.post(where, json=key, headers=as_admin) as answer:
            assert answer.status == 201, await answer.text()

    async def answers(self) -> bool:
        """Whether both realms are there."""
        for realm in ("company", "ci"):
            try:
                async with self.http.get(f"{self.url}/realms/{realm}/.well-known/openid-configuration") as answer:
                    if answer.status != 200:
                        return False
            except aiohttp.ClientError:
                return False
        return True


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[Keycloak]:
    """A server with a copy of the distribution, stopped at the end."""
    [found] = DISTRIBUTION.glob("keycloak-*")
    home, port = folder / "keycloak", free_port()
    shutil.copytree(found, home)
    shutil.copytree(REALMS, home / "data/import")
    variables = [f"{name}={value}" for name, value in _ENVIRONMENT.items()]
    options = ["--import-realm", f"--http-host={HOST}", f"--http-port={port}", "--cache=local"]
    command = ["env", *variables, "bash", str(home / "bin/kc.sh"), "start-dev", *options]
    engine = await start_engine("Keycloak", command, port, within_s=_START_S)
    try:
        async with aiohttp.ClientSession() as http:
            keycloak = Keycloak(f"http://{HOST}:{port}", engine, http)
            await eventually(keycloak.answers, within_s=_START_S, every_s=0.5)
            yield keycloak
    finally:
        await engine.stop()
