"""Ask an Alertmanager what it knows: `GET /api/v2/alerts`, and the silences that it names.

Its address is the operator's; its answer is not trusted with our memory or time: it is bounded in bytes, no redirect
is followed, and what is not of the form of the API counts as no answer.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import quote

import aiohttp
from pydantic_core import from_json

from router.adapters.alertmanager.reading import (
    alerts_in,
    known_alerts,
    listed_alerts,
    silences_named,
    until_and_author,
)
from router.core.match.labels import Labels
from router.core.model.muted import KnownAlert, ListedAlert, Muted
from router.core.model.rules.context import AlertmanagerAccess
from router.errors import UnavailableError
from router.http.bounded import TooMuchError, body_of

MAX_LIST_BYTES: Final = 8 * 1024 * 1024
"""Bytes of one answer that are read: some thousand alerts."""

MAX_SILENCES: Final = 10
"""Silences that are looked up for one answer; of more, only that alerts are silenced is known."""

MAX_ASKED_LABELS: Final = 10
"""Labels by which alerts are asked for; by fewer, more come back."""

_ALL: Final = "active=true&silenced=true&inhibited=true"
_AT_ONCE: Final = 16
_TIMEOUT_S: Final = 10.0
_CONNECT_S: Final = 3.0
_LARGE: Final = 64 * 1024
_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_LONGEST_VALUE: Final = 300


class AlertmanagerClient:
    """The API of any Alertmanager over one session, at most so many requests at once."""

    def __init__(self, timeout_s: float = _TIMEOUT_S) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=min(_CONNECT_S, timeout_s))
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the session; nobody may be asked any more."""
        if self._session is not None:
            await self._session.close()

    async def alerts(self, access: AlertmanagerAccess, token: str, labels: Labels) -> Sequence[KnownAlert]:
        """What fires there with these labels.

        Raises:
            UnavailableError: it does not answer in time, or not in this form.
        """
        listed = await self._list(f"{access.url}/api/v2/alerts?{_ALL}{_query(labels)}", token)
        with _of_its_api():
            return known_alerts(listed, await self._silences(access, token, listed))

    async def listed(self, access: AlertmanagerAccess, token: str, receiver: str) -> Sequence[ListedAlert]:
        """All that fires there and goes to a receiver, in its groups.

        Raises:
            UnavailableError: as above.
        """
        named = quote(re.escape(receiver), safe="")
        groups = await self._list(f"{access.url}/api/v2/alerts/groups?{_ALL}&muted=true&receiver={named}", token)
        with _of_its_api():
            silences = await self._silences(access, token, alerts_in(groups))
            return await asyncio.to_thread(listed_alerts, groups, silences)

    async def _silences(self, access: AlertmanagerAccess, token: str, listed: Sequence[Any]) -> Mapping[str, Muted]:
        names = silences_named(listed)[:MAX_SILENCES]
        return {name: await self._silence(access, token, name) for name in names}

    async def _list(self, url: str, token: str) -> list[Any]:
        listed = await self._get(url, token)
        if not isinstance(listed, list):
            raise UnavailableError("Alertmanager's answer is not of its API: not a list")
        return listed

    async def _silence(self, access: AlertmanagerAccess, token: str, name: str) -> Muted:
        return until_and_author(name, await self._get(f"{access.url}/api/v2/silence/{quote(name, safe='')}", token))

    async def _get(self, url: str, token: str) -> Any:  # noqa: ANN401 - JSON
        """A JSON answer.

        Raises:
            UnavailableError: as above.
        """
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            async with self._room, self._opened().get(url, headers=headers, allow_redirects=False) as response:
                if response.status != 200:
                    raise UnavailableError(f"Alertmanager answers with HTTP {response.status}")
                body = await _bounded(response)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise UnavailableError(f"Alertmanager does not answer: {type(error).__name__}") from None
        return await _parsed(body)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=self._timeout,
                connector=aiohttp.TCPConnector(limit=_AT_ONCE, keepalive_timeout=15),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


@contextmanager
def _of_its_api() -> Iterator[None]:
    """What is not of the form of the API counts as no answer."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnavailableError(f"Alertmanager's answer is not of its API: {type(error).__name__}") from None


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    try:
        return await body_of(response, MAX_LIST_BYTES)
    except TooMuchError:
        raise UnavailableError(f"Alertmanager's answer is larger than {MAX_LIST_BYTES} bytes") from None


async def _parsed(body: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        return await asyncio.to_thread(from_json, body) if len(body) > _LARGE else from_json(body)
    except ValueError:
        raise UnavailableError("Alertmanager's answer is not JSON") from None


def _query(labels: Labels) -> str:
    """All alerts with these labels, as far as every release can be asked for them."""
    filters = [f'{name}="{_escaped(value)}"' for name, value in sorted(labels.items()) if _can_be_asked(name, value)]
    parts = [f"filter={quote(one, safe='')}" for one in filters[:MAX_ASKED_LABELS]]
    return "".join(f"&{part}" for part in ["unprocessed=true", *parts])


def _can_be_asked(name: str, value: str) -> bool:
    return _NAME.fullmatch(name) is not None and len(value) <= _LONGEST_VALUE


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
