"""An issuer of access tokens: signs what a test wants, and publishes its keys as OpenID Connect has it.

As a program, `python -m tests.issuer NAME=GROUP...`, it prints its address and believes whoever claims a name.
"""

import asyncio
import json
import ssl
import sys
import time
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

AUDIENCE: Final = "alert-router"
NOW_S: Final = 1_780_000_000
"""When the tests of tokens take place."""

_HOUR_S: Final = 3600
_RSA: Final = [RSAKey.generate_key(2048, {"kid": f"rsa-{number}"}) for number in range(2)]
_EC: Final = ECKey.generate_key("P-256", {"kid": "ec"})


class Issuer:
    """One issuer: what it publishes can be taken away, and its keys changed."""

    def __init__(self) -> None:
        self.key: RSAKey | ECKey = _RSA[0]
        self.published: list[RSAKey | ECKey] = [_RSA[0], _EC]
        self.asked = 0
        self.is_away = False
        self.groups: dict[str, str] = {}
        self.url = ""
        self._runner = web.AppRunner(self._app(), access_log=None)

    async def start(self, tls: ssl.SSLContext | None = None) -> None:
        """Answer from now on, on a free port; with `tls` by what it shows."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=tls).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"{'https' if tls else 'http'}://{host}:{port}"

    async def stop(self) -> None:
        """Answer no more."""
        await self._runner.cleanup()

    def rotate(self) -> None:
        """Sign with another key, and publish that alone."""
        self.key = _RSA[1]
        self.published = [_RSA[1]]

    def claims(self, now_s: int = NOW_S, **others: Any) -> dict[str, Any]:
        """What a good token says; None takes a claim away."""
        good = {"iss": self.url, "aud": AUDIENCE, "sub": "ana", "iat": now_s, "exp": now_s + 300}
        return {name: value for name, value in {**good, **others}.items() if value is not None}

    def token(self, now_s: int = NOW_S, **others: Any) -> str:
        """A token as it signs them."""
        return self.signed(self.claims(now_s, **others))

    def signed(self, claims: Mapping[str, Any], key: RSAKey | ECKey | None = None, **header: Any) -> str:
        """Any claims, signed by one of its keys or any other."""
        key = key or self.key
        algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
        named = {"alg": algorithm, "kid": key.kid, "typ": "at+jwt"} | header
        kept = {name: value for name, value in named.items() if value is not None}
        return jws.serialize_compact(kept, json.dumps(claims).encode(), key, algorithms=[algorithm])

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discovery)
        app.router.add_get("/keys", self._keys)
        app.router.add_post("/token", self._login)
        return app

    async def _discovery(self, _: web.Request) -> web.Response:
        self.asked += 1
        if self.is_away:
            return web.Response(status=503)
        return web.json_response({"issuer": self.url, "jwks_uri": f"{self.url}/keys"})

    async def _login(self, request: web.Request) -> web.Response:
        name = str((await request.post()).get("username"))
        if name not in self.groups:
            return web.json_response({"error": "invalid_grant"}, status=400)
        now_s = int(time.time())
        token = self.token(now_s, sub=name, groups=[self.groups[name]], exp=now_s + _HOUR_S)
        return web.json_response({"access_token": token, "token_type": "Bearer", "expires_in": _HOUR_S})

    async def _keys(self, _: web.Request) -> web.Response:
        return web.json_response({"keys": [one.as_dict(private=False) for one in self.published]})


async def _serve(people: dict[str, str]) -> None:
    issuer = Issuer()
    issuer.groups = people
    await issuer.start()
    sys.stdout.write(f"{issuer.url}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def other_key() -> RSAKey:
    """A key that nobody publishes at first."""
    return _RSA[1]


def ec_key() -> ECKey:
    """The issuer's second key."""
    return _EC


if __name__ == "__main__":
    asyncio.run(_serve(dict(one.split("=", 1) for one in sys.argv[1:])))
