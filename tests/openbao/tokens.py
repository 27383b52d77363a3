"""Tokens of service accounts: signed by a key of ours, or judged by an API of Kubernetes that knows one of them."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jws
from joserfc.jwk import ECKey

SERVICE: Final = "system:serviceaccount:alerting:alert-router-worker"
"""Who a worker in Kubernetes is."""

_EC: Final = ECKey.generate_key("P-256")
_MINUTE_S: Final = 60


class JwtKey:
    """Signs what the method JWT takes."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256")

    @property
    def public(self) -> str:
        return self.key.as_pem(private=False).decode()

    def signed(self, subject: str, lasts_s: int = _MINUTE_S) -> str:
        return _signed(self.key, {"sub": subject, "aud": ["openbao"]}, lasts_s)


def _signed(key: ECKey, claims: dict[str, Any], lasts_s: int) -> str:
    now_s = int(time.time())
    all_claims = {"iat": now_s, "nbf": now_s - _MINUTE_S, "exp": now_s + lasts_s, **claims}
    return jws.serialize_compact({"alg": "ES256"}, json.dumps(all_claims).encode(), key, algorithms=["ES256"])


ACCOUNT_TOKEN: Final = _signed(
    _EC,
    {
        "iss": "https://kubernetes.default.svc",
        "sub": SERVICE,
        "aud": ["openbao"],
        "kubernetes.io": {
            "namespace": "alerting",
            "serviceaccount": {"name": "alert-router-worker", "uid": "aaaa-1"},
        },
    },
    _MINUTE_S * 10,
)


@asynccontextmanager
async def cluster() -> AsyncIterator[str]:
    """The address of an API of Kubernetes that reviews tokens, and believes ACCOUNT_TOKEN."""
    app = web.Application()
    app.router.add_post("/apis/authentication.k8s.io/v1/tokenreviews", _reviewed)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def _reviewed(request: web.Request) -> web.Response:
    asked = (await request.json())["spec"]
    user = {"username": SERVICE, "uid": "aaaa-1", "groups": ["system:serviceaccounts"]}
    known = {"authenticated": True, "user": user, "audiences": ["openbao"]}
    status = known if asked["token"] == ACCOUNT_TOKEN else {"authenticated": False}
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": status}
    return web.json_response(review, status=201)
