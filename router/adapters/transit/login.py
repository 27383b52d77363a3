"""The token that we show: from a file as it stands there, or by logging in, again before it ends."""

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
        self._token, self._until = "", 0.0

    async def token(self) -> str:
        """A token.

        Raises:
            KeyUnavailableError: the server does not answer or refuses, or a file cannot be read.
        """
        if self._credential.method is LoginMethod.TOKEN:
            return self._credential.secret()
        if not self._token or self._steady() >= self._until:
            await self._log_in()
        return self._token

    def forget(self) -> None:
        """The token was refused: the next one is another."""
        self._token = ""

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
        self._until = asked + lease * _USED_OF_LEASE if lease else float("inf")
