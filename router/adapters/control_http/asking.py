"""One request to a control API, and its answer within bounds.

No redirect is followed, no cookie is kept and no proxy of the environment is used: the credential goes to the address
that was named and nowhere else.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

import aiohttp

from router.adapters.control_http.problems import error_of, retry_after_s
from router.errors import UnavailableError, UnconfirmedError
from router.http.bounded import body_of

PREFIX: Final = "/control/v1"
_LARGEST: Final = 32 << 20
"""Bytes of an answer: a page of two hundred of the largest audit entries has fewer."""
_LONGEST_S: Final = 60.0
_PATIENCE: Final = 20
"""How often a request is sent again that came too fast."""

YAML: Final = "application/yaml"
_AGENT: Final = "alert-router"


@dataclass(frozen=True, slots=True)
class Access:
    """Which API is asked, by which certificates it is trusted, and what it is shown."""

    url: str
    token: str = field(repr=False)
    trust: ssl.SSLContext | bool = True


Query = Mapping[str, str | int | Sequence[str] | None]
"""What stands behind the path: several under one name where it is a sequence, left out where it is None."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request: `body` is YAML where it is text, else JSON, None for none."""

    method: str
    path: str
    query: Query = field(default_factory=dict)
    body: str | Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back of a request that was not refused."""

    headers: Mapping[str, str]
    body: bytes


class ControlServer:
    """Asks one API over one session."""

    def __init__(
        self,
        access: Access,
        session: aiohttp.ClientSession,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._access = access
        self._session = session
        self._sleep = sleep

    async def ask(self, question: Question) -> Answer:
        """The answer; where requests come too fast, it waits as long as the API asks for.

        Raises:
            RouterError: the problem that it answers with; see `problems.error_of`.
            UnavailableError: it does not answer; UnconfirmedError where it may have done what was asked all the same.
        """
        status, answer = await self._once(question)
        for _ in range(_PATIENCE):
            if status != 429:
                break
            await self._sleep(retry_after_s(answer.headers))
            status, answer = await self._once(question)
        if status >= 300:
            raise error_of(status, answer.body)
        return answer

    async def _once(self, question: Question) -> tuple[int, Answer]:
        try:
            async with asyncio.timeout(_LONGEST_S):
                return await self._sent(question)
        except (aiohttp.ClientConnectorError, ssl.SSLError) as error:
            raise UnavailableError(f"{self._access.url} does not answer: {_reason(error)}") from None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            why = f"{self._access.url} does not answer: {_reason(error)}"
            if question.method == "GET":
                raise UnavailableError(why) from None
            raise UnconfirmedError(why, "what was asked is done or not: look before you ask it again") from None

    async def _sent(self, question: Question) -> tuple[int, Answer]:
        headers = {"Authorization": f"Bearer {self._access.token}", "User-Agent": _AGENT, **question.headers}
        if question.body is not None:
            headers["Content-Type"] = YAML if isinstance(question.body, str) else "application/json"
        async with self._session.request(
            question.method,
            f"{self._access.url}{PREFIX}{question.path}",
            params={name: value for name, value in question.query.items() if value is not None},
            data=_bytes(question.body),
            headers=headers,
            ssl=self._access.trust,
            allow_redirects=False,
        ) as response:
            return response.status, Answer(response.headers, await body_of(response, _LARGEST))


@asynccontextmanager
async def opened(access: Access) -> AsyncIterator[ControlServer]:
    """A control API, for one command; nothing is asked yet."""
    async with aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=None), cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    ) as session:
        yield ControlServer(access, session)


def _bytes(body: str | Mapping[str, object] | None) -> BytesIO | None:
    if body is None:
        return None
    return BytesIO((body if isinstance(body, str) else json.dumps(body)).encode())


def _reason(error: Exception) -> str:
    """Short: an error of TLS repeats the certificate otherwise."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not trusted; name the certificates of who signed it with --ca-file"
    text = str(getattr(error, "os_error", "") or error).splitlines()
    return text[0] if text else type(error).__name__
