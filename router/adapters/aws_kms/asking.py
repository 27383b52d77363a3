"""One request to KMS, in a thread, and its answer within a bound of time.

A thread that still waits when the time is over is left to its own bounds, and there are few of them. Who does not
answer is left alone for some seconds, so that tenants whose keys are elsewhere, or here already, do not wait for it.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from router.adapters.aws_kms.access import KmsAccess
from router.adapters.aws_kms.client import KmsClient, Operation
from router.errors import KeyUnavailableError

_AT_ONCE: Final = 8

TIMEOUT_S: Final = 2.0
"""Seconds for a request and its answer, credentials included."""

PAUSE_S: Final = 5.0
"""Seconds for which KMS is not asked after it did not answer."""

_LONGEST_ERROR: Final = 300
"""Characters of an error that are passed on."""

_AWAY: Final = frozenset(
    {
        "DependencyTimeoutException", "KMSInternalException", "KeyUnavailableException", "LimitExceededException",
        "RequestLimitExceeded", "Throttling", "ThrottlingException",
    }
)  # fmt: skip
"""Codes of refusals that pass by themselves; some come with status 400."""
_NO_ANSWER: Final = (
    BotoCoreError, ResponseParserError, OSError, TimeoutError, ValueError, TypeError, AttributeError, KeyError,
)  # fmt: skip
"""What botocore raises where nobody answers, or somebody in another form: its parsers judge no form."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came, or by which code and why it was refused."""

    found: Mapping[str, Any] = field(default_factory=dict, repr=False)
    code: str = ""
    why: str = ""


class Asked(Protocol):
    """What waits for KMS."""

    def ask(self, operation: Operation, parameters: Mapping[str, object]) -> Mapping[str, Any]:
        """What KMS answers; raises what botocore does."""


class KmsServer:
    """Asks KMS of one region."""

    def __init__(
        self, access: KmsAccess, client: Asked | None = None, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client or KmsClient(access, TIMEOUT_S)
        self._steady = steady
        self._threads = ThreadPoolExecutor(_AT_ONCE, "aws-kms")
        self._where = access.endpoint or f"AWS KMS in {access.region}"
        self._away: tuple[float, str] = (float("-inf"), "")

    async def ask(self, operation: Operation, parameters: Mapping[str, object]) -> Answer:
        """What it answers; refusals are answers.

        Raises:
            KeyUnavailableError: it does not answer in time, is too busy, or was so a moment ago.
        """
        self._refuse_while_away()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return Answer(await loop.run_in_executor(self._threads, self._client.ask, operation, parameters))
        except ClientError as error:
            return self._refused(error)
        except _NO_ANSWER as error:
            raise self._is_away(_reason(error)) from None

    def _refuse_while_away(self) -> None:
        until, why = self._away
        if self._steady() < until:
            raise KeyUnavailableError(why)

    def _is_away(self, why: str) -> KeyUnavailableError:
        why = f"{self._where} does not answer: {why}"
        self._away = self._steady() + PAUSE_S, why
        return KeyUnavailableError(why)

    def _refused(self, error: ClientError) -> Answer:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in _AWAY or not 400 <= status < 500:
            raise self._is_away(_reason(error)) from None
        return Answer(code=code, why=_reason(error))


def _reason(error: Exception) -> str:
    """Short, in one line."""
    if isinstance(error, TimeoutError):
        return f"not within {TIMEOUT_S:g} s"
    if not isinstance(error, (BotoCoreError, ClientError, OSError)):
        return "its answer is not of its API"
    return " ".join(str(error).split())[:_LONGEST_ERROR] or type(error).__name__
