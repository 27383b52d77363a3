"""One question to one Prometheus, and the bytes of its answer within bounds.

No redirect is followed, nothing is unpacked, no cookie is kept and no proxy of the environment is used: the token
goes to the address of the access and nowhere else. No text of an error has anything of the answer or the token.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from router.adapters.prometheus.trust import Trust
from router.core.model.instant import SECOND
from router.core.model.rules.context import OnlyHeader, PrometheusAccess
from router.errors import UnavailableError
from router.http.bounded import TooMuchError, body_of

MAX_GET: Final = 2_000
"""Characters of a question that is asked by GET, since proxies bound addresses; a longer one goes by POST."""

MAX_AT_ONCE: Final = 4
"""Questions by one access at once; more wait, and the time of each begins when it is asked."""

_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"
_IDENTITY: Final = {"", "identity"}


@dataclass(frozen=True, slots=True)
class Question:
    """A path of the API, what is asked there as a form, and how many bytes of an answer are read."""

    path: str
    form: str
    max_bytes: int


@dataclass(slots=True)
class _Room:
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_AT_ONCE))
    users: int = 0


class Asking:
    """Asks over one session; by each access a few questions at once, so that a slow one holds up nobody else's."""

    def __init__(self) -> None:
        self._trust = Trust()
        self._rooms: dict[PrometheusAccess, _Room] = {}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()

    async def ask(self, access: PrometheusAccess, token: str, question: Question) -> bytes:
        """The body of its answer, which says that it is JSON.

        Raises:
            UnavailableError: there is none within the time of the access, once it is asked, and within these bounds.
        """
        room = self._rooms.setdefault(access, _Room())
        room.users += 1
        try:
            async with room.places, asyncio.timeout(access.timeout / SECOND):
                return await self._asked(access, token, question)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise UnavailableError(f"Prometheus does not answer: {type(error).__name__}") from None
        finally:
            room.users -= 1
            if not room.users:
                self._rooms.pop(access, None)

    async def _asked(self, access: PrometheusAccess, token: str, question: Question) -> bytes:
        url, trusted = access.url + question.path, await self._trust.of(access.ca)
        by_post = len(question.form) > MAX_GET
        headers = _headers(access, token) | ({"Content-Type": _FORM} if by_post else {})
        async with self._opened().request(
            "POST" if by_post else "GET",
            url if by_post else f"{url}?{question.form}",
            data=question.form.encode() if by_post else None,
            headers=headers,
            ssl=trusted,
            allow_redirects=False,
        ) as response:
            try:
                _refuse_others(response)
                return await _body(response, question.max_bytes)
            except UnavailableError:
                response.close()
                raise

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=None),
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=15),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
        return self._session


def _headers(access: PrometheusAccess, token: str) -> dict[str, str]:
    headers = {"Accept": _JSON, "Accept-Encoding": "identity"}
    if isinstance(access.only, OnlyHeader):
        headers[access.only.name] = access.only.value
    return headers | ({"Authorization": f"Bearer {token}"} if token else {})


def _refuse_others(response: aiohttp.ClientResponse) -> None:
    """Only JSON as it is.

    Raises:
        UnavailableError: the answer is another one.
    """
    if response.status != 200:
        raise UnavailableError(f"Prometheus answers with HTTP {response.status}")
    if response.content_type != _JSON:
        raise UnavailableError("Prometheus' answer is not JSON")
    if response.headers.get("Content-Encoding", "").strip().lower() not in _IDENTITY:
        raise UnavailableError("Prometheus' answer is packed")


async def _body(response: aiohttp.ClientResponse, most: int) -> bytes:
    try:
        return await body_of(response, most)
    except TooMuchError:
        raise UnavailableError(f"Prometheus' answer is larger than {most} bytes") from None
