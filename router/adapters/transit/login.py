"""The token that we show: from a file as it stands there, or by logging in, again before it ends."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from router.adapters.transit.access import LoginMethod, TransitAccess
from router.adapters.transit.asking import TransitServer
from router.errors import KeyUnavailableError

_USED_OF_LEASE: Final = 0.8


class Login:
    """Logs in where there is no token, or where most of its time is over."""

    def __init__(
        self, access: TransitAccess, server: TransitServer, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._credential = access.credential
        self._server = server
        self._steady = steady
        self._token, self._fresh_until, self._ends = "", 0.0, 0.0
        self._one_at_a_time = asyncio.Lock()

    async def token(self) -> str:
        """A token.

        Raises:
            KeyUnavailableError: the server does not answer or refuses, or a file cannot be read.
        """
        if self._credential.method is LoginMethod.TOKEN:
            return self._credential.secret()
        async with self._one_at_a_time:
            if not self._token or self._steady() >= self._fresh_until:
                await self._renew()
            return self._token

    def forget(self, refused: str) -> None:
        """This token was refused: the next one is another."""
        if self._token == refused:
            self._token = ""

    async def _renew(self) -> None:
        """Log in; where that fails before the token has ended, it goes on."""
        try:
            await self._log_in()
        except KeyUnavailableError:
            if not self._token or self._steady() >= self._ends:
                raise

    async def _log_in(self) -> None:
        asked = self._steady()
        mount = self._credential.mount
        answer = await self._server.ask("POST", f"auth/{mount}/login", body=self._credential.body())
        token, lease = answer.auth.get("client_token"), answer.auth.get("lease_duration")
        if answer.status != 200 or not isinstance(token, str) or not isinstance(lease, int):
            raise KeyUnavailableError(
                f"auth/{mount} refuses to let us in: HTTP {answer.status} {answer.errors}".strip(),
                "compare ALERT_ROUTER_TRANSIT__ROLE and ALERT_ROUTER_TRANSIT__CREDENTIAL_FILE with the role there",
            )
        self._token = token
        lasts = lease or float("inf")
        self._fresh_until, self._ends = asked + lasts * _USED_OF_LEASE, asked + lasts
