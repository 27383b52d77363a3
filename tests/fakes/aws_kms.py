"""KMS over HTTP as AWS answers, for what neither AWS nor moto is made to do; any credentials are taken."""

import base64
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import web
from aiohttp.test_utils import TestServer
from botocore.session import Session
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from router.adapters.aws_kms.access import KmsAccess
from router.adapters.aws_kms.asking import TIMEOUT_S, KmsServer
from router.adapters.aws_kms.client import KmsClient
from router.adapters.aws_kms.keys import KmsKeys

REGION: Final = "eu-central-1"
NAMES: Final = ("alias/new", "alias/old")
_NONCE_BYTES: Final = 12
_ID_BYTES: Final = 16
_TYPE: Final = "application/x-amz-json-1.1"
Fault = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FakeKms:
    """Keys by alias; what was asked, and on which connections; `fault` answers in its place."""

    def __init__(self) -> None:
        self.keys = {name: (os.urandom(_ID_BYTES), AESGCM(os.urandom(32))) for name in NAMES}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.connections = list[object]()
        self.refused: dict[str, str] = {}
        self.fault: Fault | None = None
        self.url = ""

    def access(self, *names: str) -> KmsAccess:
        return KmsAccess(names or NAMES[:1], REGION, self.url)

    def service(self, *names: str, steady: Callable[[], float] | None = None) -> KmsKeys:
        """What asks it with credentials of its own."""
        access = self.access(*names)
        client = KmsClient(access, TIMEOUT_S, session())
        return KmsKeys(access, KmsServer(access, client, steady) if steady else KmsServer(access, client))

    def arn(self, name: str) -> str:
        return f"arn:aws:kms:{REGION}:111122223333:key/{self.keys[name][0].hex()}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        operation = request.headers["X-Amz-Target"].partition(".")[2]
        body = await request.json()
        self.asked.append((operation, body))
        self.connections.append(request.transport)
        if self.fault is not None:
            return await self.fault(request)
        name = body["KeyId"]
        if code := self.refused.get(name, "" if name in self.keys else "NotFoundException"):
            return refusal(code, f"{name} is refused")
        if operation == "DescribeKey":
            return answered({"KeyMetadata": {"KeyId": self.keys[name][0].hex(), "Arn": self.arn(name)}})
        return self._encrypted(name, body) if operation == "Encrypt" else self._decrypted(name, body)

    def _encrypted(self, name: str, body: dict[str, Any]) -> web.Response:
        (key, cipher), nonce = self.keys[name], os.urandom(_NONCE_BYTES)
        sealed = cipher.encrypt(nonce, base64.b64decode(body["Plaintext"]), _bound(body))
        blob = base64.b64encode(key + nonce + sealed).decode()
        return answered({"CiphertextBlob": blob, "KeyId": self.arn(name)})

    def _decrypted(self, name: str, body: dict[str, Any]) -> web.Response:
        (key, cipher), blob = self.keys[name], base64.b64decode(body["CiphertextBlob"])
        if blob[:_ID_BYTES] not in {one for one, _ in self.keys.values()}:
            return refusal("InvalidCiphertextException")
        if blob[:_ID_BYTES] != key:
            return refusal("IncorrectKeyException", "The key ID in the request does not identify a CMK that can")
        sealed = blob[_ID_BYTES:]
        try:
            found = cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound(body))
        except InvalidTag:
            return refusal("InvalidCiphertextException")
        return answered({"Plaintext": base64.b64encode(found).decode(), "KeyId": self.arn(name)})


@asynccontextmanager
async def kms() -> AsyncIterator[FakeKms]:
    """One that listens on loopback."""
    fake = FakeKms()
    app = web.Application()
    app.router.add_post("/", fake.answer)
    async with TestServer(app) as server:
        fake.url = str(server.make_url("")).rstrip("/")
        yield fake


def session() -> Session:
    """A session with credentials that nobody looks at."""
    made = Session()
    made.set_credentials("an-id", "a-secret")
    return made


def answered(body: dict[str, Any]) -> web.Response:
    return web.json_response(body, content_type=_TYPE)


def refusal(code: str, why: str = "", status: int = 400) -> web.Response:
    return web.json_response({"__type": code, "message": why}, status=status, content_type=_TYPE)


def _bound(body: dict[str, Any]) -> bytes:
    return json.dumps(body["EncryptionContext"], sort_keys=True).encode()
