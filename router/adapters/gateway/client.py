"""Ask a gateway for a tenant's public keys, and hand it what was sealed.

No redirect is followed, no cookie is kept and no proxy of the environment is used: the token goes to the address that
was named and nowhere else. Answers are bounded in bytes and in time.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from router.adapters.gateway.answers import Answer, accepted_in, offer_in, problem_in
from router.core.model.alert import TenantId
from router.core.seal.sent import MEDIA_TYPE
from router.http.bounded import body_of
from router.http.problems import Problem
from router.ports.sender import Offer, SealedBody, Shown

_LARGEST: Final = 64 * 1024
"""Bytes of a gateway's answer: all public keys of a tenant have less."""
_TIMEOUT_S: Final = 30.0
"""Seconds for a request and its answer."""
_CONNECT_S: Final = 5.0
_AT_ONCE: Final = 64
_RETRY_AFTER_S: Final = 5
_EARLIER: Final = 3
_NOT_MODIFIED: Final = 304


@dataclass(frozen=True, slots=True)
class GatewayAccess:
    """Its address without a path, and by which certificates it is trusted, with a client's own where it shows one."""

    url: str
    trust: ssl.SSLContext | bool = True


class GatewayClient:
    """See `SenderGateway`. Every method raises the Problem that the gateway answers with, or 502."""

    def __init__(self, access: GatewayAccess, timeout_s: float = _TIMEOUT_S) -> None:
        self._access = access
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=min(_CONNECT_S, timeout_s))
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the session; nothing may be asked any more."""
        if self._session is not None:
            await self._session.close()

    async def offer(self, tenant: TenantId, shown: Shown, tag: str) -> Offer | None:
        """The tenant's public keys, with earlier ones; None while they are those of the tag."""
        headers = {"If-None-Match": tag} if tag else {}
        answer = await self._ask("GET", f"{tenant}/key?earlier={_EARLIER}", shown, headers)
        if answer.status == _NOT_MODIFIED and tag:
            return None
        return offer_in(answer)

    async def post(self, tenant: TenantId, shown: Shown, body: SealedBody) -> int:
        """Hand in a sealed body; how many alerts were accepted."""
        stated = {"Content-Type": MEDIA_TYPE, "Alerts": str(body.alerts), "Alert-Group": body.group}
        return accepted_in(await self._ask("POST", f"{tenant}/alerts", shown, stated, body.data))

    async def reached(self) -> bool:
        """Whether a connection to it can be made now, with TLS where it has it; nothing is asked."""
        address = urlsplit(self._access.url)
        trust = self._access.trust if isinstance(self._access.trust, ssl.SSLContext) else address.scheme == "https"
        port = address.port or (443 if address.scheme == "https" else 80)
        try:
            async with asyncio.timeout(_CONNECT_S):
                _, writer = await asyncio.open_connection(address.hostname, port, ssl=trust or None)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    async def _ask(
        self, method: str, path: str, shown: Shown, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        """Its answer, unless that is a problem."""
        try:
            async with self._opened().request(
                method,
                f"{self._access.url}/v1/tenants/{path}",
                headers={**headers, **_shown(shown)},
                data=None if body is None else BytesIO(body),
                ssl=self._access.trust,
                allow_redirects=False,
            ) as response:
                answer = Answer(response.status, response.headers, await body_of(response, _LARGEST))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            detail = f"{self._access.url} does not answer: {_reason(error)}"
            raise Problem(502, "gateway-unreachable", detail, _RETRY_AFTER_S) from None
        if answer.status >= 400:
            raise problem_in(answer)
        return answer

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=self._timeout,
                connector=aiohttp.TCPConnector(limit=_AT_ONCE, keepalive_timeout=30),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
        return self._session


def _shown(shown: Shown) -> dict[str, str]:
    named = {"Authorization": shown.authorization, "traceparent": shown.traceparent}
    return {"User-Agent": "alert-router-seal", **{name: text for name, text in named.items() if text}}


def _reason(error: Exception) -> str:
    """Short: an error of TLS repeats the certificate otherwise."""
    if isinstance(error, (aiohttp.ClientConnectorCertificateError, ssl.SSLError)):
        return "its certificate is not trusted; name who signed it with --ca-file"
    if isinstance(error, TimeoutError):
        return "not in time"
    text = str(getattr(error, "os_error", "") or error).splitlines()
    return text[0] if text else type(error).__name__
