"""Tokens of service accounts: signed by a key of ours, or judged by an API of Kubernetes that knows one of them."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

SERVICE: Final = "system:serviceaccount:alerting:alert-router-worker"
"""Who a worker may be, for the method JWT."""
ACCOUNT: Final = "system:serviceaccount:alerting:alert-router"
"""Who all pods of the chart are."""

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


def account_token(audience: str) -> str:
    """A token of the account of all pods as the kubelet writes it into one of them, for this audience."""
    account = {"namespace": "alerting", "serviceaccount": {"name": "alert-router", "uid": "aaaa-1"}}
    claims = {"iss": "https://kubernetes.default.svc", "sub": ACCOUNT, "aud": [audience], "kubernetes.io": account}
    return _signed(_EC, claims, _MINUTE_S * 10)


@asynccontextmanager
async def cluster() -> AsyncIterator[str]:
    """The address of an API of Kubernetes that reviews tokens, and believes those of its own."""
    app = web.Application()
    app.router.add_post("/apis/authentication.k8s.io/v1/tokenreviews", _reviewed)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def _reviewed(request: web.Request) -> web.Response:
    asked = (await request.json())["spec"]
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": _status(asked)}
    return web.json_response(review, status=201)


def _status(asked: dict[str, Any]) -> dict[str, Any]:
    try:
        claims = json.loads(jws.deserialize_compact(asked["token"], _EC, algorithms=["ES256"]).payload)
    except JoseError:
        return {"authenticated": False, "error": "invalid bearer token"}
    both = [one for one in claims["aud"] if one in asked["audiences"]]
    if not both:
        return {"authenticated": False, "error": "token audiences are not those that were asked for"}
    user = {"username": ACCOUNT, "uid": "aaaa-1", "groups": ["system:serviceaccounts"]}
    return {"authenticated": True, "user": user, "audiences": both}
