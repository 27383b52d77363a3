"""Problem documents of a control API as the errors that the same mistake would be here."""

import json
from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from router.diagnostic import Diagnostic, Position, one_line
from router.errors import (
    ChangedMeanwhileError,
    ConfigurationError,
    OperationError,
    RouterError,
    UnavailableError,
)

_CREDENTIAL: Final = "set ALERT_ROUTER_TOKEN, or name its file with --token-file"
_DENIED: Final = "have it given to you in the access document, or show another credential"
_LONGEST_WAIT_S: Final = 30


class _Fault(BaseModel):
    model_config = ConfigDict(extra="ignore")

    message: str
    remedy: str = ""
    file: str = ""
    line: int = 0
    column: int = 0


class _Document(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: str
    detail: str
    errors: tuple[_Fault, ...] = ()

    @property
    def name(self) -> str:
        """What the problem is called."""
        return self.type.rpartition(":")[2]


def error_of(status: int, body: bytes) -> RouterError:
    """The error that an answer is, with places and remedies as they came.

    ConfigurationError where a person must fix what was sent, ChangedMeanwhileError where it was made of another
    version, OperationError for what is not allowed or not possible, else UnavailableError.
    """
    problem = _read(body)
    if problem is None:
        return UnavailableError(f"HTTP {status} is not an answer of a control API", "see whether --server names one")
    detail = one_line(problem.detail)
    if status == 401:
        return ConfigurationError(f"the control API does not know who asks: {detail}; {_CREDENTIAL}")
    if status == 403:
        return OperationError(detail, _DENIED)
    if status == 412:
        return ChangedMeanwhileError(detail, _remedy(problem) or "plan it again")
    if status == 422 and problem.errors:
        return ConfigurationError(*map(_diagnostic, problem.errors))
    if status in {400, 413, 415} and problem.errors:
        return ConfigurationError(*(Diagnostic(f"{detail}: {one_line(one.message)}") for one in problem.errors))
    if status < 500 and status != 429:
        return OperationError(detail, _remedy(problem))
    return UnavailableError(f"the control API: {detail}", _remedy(problem))


def retry_after_s(headers: Mapping[str, str]) -> float:
    """How long a request that came too fast waits, in seconds."""
    text = headers.get("Retry-After", "")
    return min(max(1, int(text)), _LONGEST_WAIT_S) if text.isdecimal() else 1


def _read(body: bytes) -> _Document | None:
    try:
        return _Document.model_validate(json.loads(body))
    except (ValueError, RecursionError, ValidationError):
        return None


def _remedy(problem: _Document) -> str:
    return next((one_line(one.remedy) for one in problem.errors if one.remedy), "")


def _diagnostic(one: _Fault) -> Diagnostic:
    message = f"{one.message}; {one.remedy}" if one.remedy else one.message
    position = Position(one.line, one.column) if one.line else None
    return Diagnostic(message, source=one_line(one.file), position=position)
