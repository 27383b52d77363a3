"""Transit over HTTP as OpenBao 2.7 answers, one token and any mount, for what a real server is not made to do."""

import base64
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from router.adapters.transit.access import Credential, LoginMethod, TransitAccess

TOKEN: Final = "a-token"
_NONCE_BYTES: Final = 12
Fault = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FakeTransit:
    """Keys by name, each with its versions; `fault` answers in its place."""

    def __init__(self, folder: Path) -> None:
        self.keys: dict[str, list[bytes]] = {}
        self.deletable = set[str]()
        self.asked: list[str] = []
        self.token = TOKEN
        self.lease_s = 3600
        self.fault: Fault | None = None
        self.file = folder / "credential"
        self.file.write_text(TOKEN, encoding="ascii")
        self.url = ""

    def access(self, method: LoginMethod = LoginMethod.TOKEN) -> TransitAccess:
        return TransitAccess(self.url, "transit", Credential(method, self.file, "approle", "router"))

    def rotate(self, name: str) -> None:
        self.keys[name].append(os.urandom(32))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        if self.fault is not None:
            return await self.fault(request)
        body: dict[str, Any] = await request.json() if request.can_read_body else {}
        if request.path == "/v1/auth/approle/login":
            return self._logged_in(body)
        if request.headers.get("X-Vault-Token") != self.token:
            return _refusal(403, "permission denied")
        _, _, mount, what, name, *rest = request.path.split("/")
        if mount != "transit":
            return _refusal(404, "no handler for route")
        if what == "keys":
            return self._key(request.method, name, rest, body)
        if name not in self.keys:
            return _refusal(400, "encryption key not found")
        return self._encrypted(name, body) if what == "encrypt" else self._decrypted(name, body)

    def _logged_in(self, body: dict[str, Any]) -> web.Response:
        if body != {"role_id": "router", "secret_id": self.file.read_text(encoding="ascii")}:
            return _refusal(400, "invalid role or secret ID")
        return web.json_response({"auth": {"client_token": self.token, "lease_duration": self.lease_s}})

    def _key(self, method: str, name: str, rest: list[str], body: dict[str, Any]) -> web.Response:
        if rest == ["config"]:
            self.deletable |= {name} if body == {"deletion_allowed": True} else set()
        elif method == "POST":
            self.keys.setdefault(name, [os.urandom(32)])
        elif name not in self.keys:
            return web.json_response({"errors": []}, status=404)
        elif method == "DELETE":
            if name not in self.deletable:
                return _refusal(400, f"error deleting policy {name}: deletion is not allowed for this key")
            del self.keys[name]
            return web.Response(status=204)
        return web.json_response({"data": {"latest_version": len(self.keys[name])}})

    def _encrypted(self, name: str, body: dict[str, Any]) -> web.Response:
        nonce, key = os.urandom(_NONCE_BYTES), self.keys[name][-1]
        sealed = AESGCM(key).encrypt(
            nonce, *(base64.b64decode(body[one]) for one in ("plaintext", "associated_data"))
        )
        text = f"vault:v{len(self.keys[name])}:{base64.b64encode(nonce + sealed).decode()}"
        return web.json_response({"data": {"ciphertext": text}})

    def _decrypted(self, name: str, body: dict[str, Any]) -> web.Response:
        _, version, text = body["ciphertext"].split(":")
        try:
            sealed = base64.b64decode(text, validate=True)
        except ValueError:
            return _refusal(400, "invalid ciphertext: could not decode base64")
        if int(version[1:]) > len(self.keys[name]):
            return _refusal(400, "invalid ciphertext: version is too new")
        cipher, bound = AESGCM(self.keys[name][int(version[1:]) - 1]), base64.b64decode(body["associated_data"])
        try:
            found = cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
        except InvalidTag:
            return _refusal(400, "cipher: message authentication failed")
        return web.json_response({"data": {"plaintext": base64.b64encode(found).decode()}})


@asynccontextmanager
async def transit(folder: Path) -> AsyncIterator[FakeTransit]:
    """One that listens on loopback; its token is in a file of the folder."""
    fake = FakeTransit(folder)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.answer)
    async with TestServer(app) as server:
        fake.url = str(server.make_url("")).rstrip("/")
        yield fake


def _refusal(status: int, why: str) -> web.Response:
    return web.json_response({"errors": [why]}, status=status)
