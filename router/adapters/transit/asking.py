"""One request to OpenBao or Vault, and its answer within bounds of time and bytes.

No redirect is followed, no cookie is kept and no proxy of the environment is used: the token goes to the address that
was named and nowhere else. A connection is made for each request, since a process asks for a key once. Who does not
answer is left alone for some seconds, so that tenants whose keys are elsewhere, or here already, do not wait for it.
"""

import asyncio
import json
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from router.adapters.transit.access import TransitAccess
from router.errors import KeyUnavailableError
from router.http.bounded import body_of

MAX_ANSWER: Final = 256 * 1024
"""Bytes of an answer; one with all versions of a key has the most, about 25 a version."""

_AT_ONCE: Final = 8

TIMEOUT_S: Final = 2.0
"""Seconds for a request and its answer."""

PAUSE_S: Final = 5.0
"""Seconds for which a server is not asked that did not answer."""

_AWAY: Final = frozenset({412, 429, 472, 473})
"""Statuses of a server that cannot answer now; those from 500 on as well, among them 503 for a sealed one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status below 500, `data` and `auth` of what came with it, and why it was refused."""

    status: int
    data: Mapping[str, Any]
    auth: Mapping[str, Any]
    errors: str


class TransitServer:
    """Asks one server."""

    def __init__(self, access: TransitAccess, steady: Callable[[], float] = time.monotonic) -> None:
        self._access = access
        self._steady = steady
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._away: tuple[float, str] = (float("-inf"), "")

    async def ask(self, method: str, path: str, token: str = "", body: Mapping[str, object] | None = None) -> Answer:
        """What it answers; refusals are answers.

        Raises:
            KeyUnavailableError: it does not answer in time, not in this form, or did not a moment ago.
        """
        self._refuse_while_away()
        async with self._room:
            self._refuse_while_away()
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    return await self._sent(method, path, token, body)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError) as error:
                raise self._is_away(f"{self._access.url} does not answer: {_reason(error)}") from None

    def _refuse_while_away(self) -> None:
        until, why = self._away
        if self._steady() < until:
            raise KeyUnavailableError(why)

    def _is_away(self, why: str) -> KeyUnavailableError:
        self._away = self._steady() + PAUSE_S, why
        return KeyUnavailableError(why)

    async def _sent(self, method: str, path: str, token: str, body: Mapping[str, object] | None) -> Answer:
        headers = {"X-Vault-Request": "true", "Accept-Encoding": "identity"} | (
            {"X-Vault-Token": token} if token else {}
        )
        async with (
            _session() as session,
            session.request(
                method,
                f"{self._access.url}/v1/{path}",
                headers=headers,
                json=body,
                ssl=self._access.trust,
                allow_redirects=False,
            ) as response,
        ):
            if 300 <= response.status < 400:
                raise ValueError("it redirects, and nobody follows; name the address that it redirects to")
            if response.status in _AWAY or response.status >= 500:
                raise ValueError(f"HTTP {response.status}")
            return _read(response.status, await body_of(response, MAX_ANSWER))


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=None),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )


def _read(status: int, body: bytes) -> Answer:
    found = json.loads(body) if body else {}
    if not isinstance(found, dict):
        raise ValueError("its answer is not of its API")  # noqa: TRY004 - counts as no answer
    errors = found.get("errors")
    refused = " ".join(" ".join(map(str, errors)).split())[:_LONGEST_ERROR] if isinstance(errors, list) else ""
    return Answer(status, _below(found, "data"), _below(found, "auth"), refused)


_LONGEST_ERROR: Final = 300
"""Characters of a refusal that are passed on."""


def _below(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    one = found.get(name)
    return one if isinstance(one, dict) else {}


def _reason(error: Exception) -> str:
    """Short: an error of TLS repeats the certificate otherwise, one of JSON the document."""
    if isinstance(error, (aiohttp.ClientConnectorCertificateError, ssl.SSLError)):
        return "its certificate is not trusted; name who signed it with ALERT_ROUTER_TRANSIT__CA_FILE"
    if isinstance(error, TimeoutError):
        return f"not within {TIMEOUT_S:g} s"
    if isinstance(error, json.JSONDecodeError):
        return "its answer is not JSON"
    text = str(getattr(error, "os_error", "") or error).splitlines()
    return text[0] if text else type(error).__name__
