"""Our own errors as problem documents."""

from collections.abc import Sequence
from typing import Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from router.api.once import in_flight
from router.diagnostic import Diagnostic, path_text
from router.errors import (
    ChangedMeanwhileError,
    ConfigurationError,
    OperationError,
    RepeatedError,
    RouterError,
    SecretNotFoundError,
    UnavailableError,
    UnconfirmedError,
)
from router.http.problems import Fault, Problem, as_response

RETRY_AFTER_S: Final = 5


def problem_of(error: RouterError) -> Problem:
    """What a client gets to read of an error; of an engine that is away no more than that."""
    if isinstance(error, ConfigurationError):
        return invalid(error.diagnostics)
    if isinstance(error, UnconfirmedError):
        return Problem(503, "unavailable", "an engine does not answer; look whether it was changed", RETRY_AFTER_S)
    if isinstance(error, UnavailableError):
        return Problem(503, "unavailable", "an engine does not answer; nothing was changed", RETRY_AFTER_S)
    if isinstance(error, RepeatedError):
        return in_flight()
    if isinstance(error, SecretNotFoundError):
        return Problem(409, "secret-not-found", error.problem)
    if isinstance(error, ChangedMeanwhileError):
        return Problem(412, "changed-meanwhile", error.problem, faults=[Fault(error.problem, remedy=error.remedy)])
    if isinstance(error, OperationError):
        return Problem(409, "not-possible", error.problem, faults=[Fault(error.problem, remedy=error.remedy)])
    return Problem(500, "internal-error", "an error of ours; it was logged")


def invalid(found: Sequence[Diagnostic]) -> Problem:
    """A document that is not valid, with each mistake and where it is."""
    return Problem(
        422, "invalid-document", f"{len(found)} mistakes; nothing was changed", faults=list(map(fault, found))
    )


def fault(one: Diagnostic) -> Fault:
    """A mistake as a client reads it: what is wrong, and after the first semicolon what to do."""
    message, _, remedy = one.message.partition("; ")
    position = one.position
    return Fault(
        f"{path_text(one.path)}: {message}" if one.path else message,
        remedy,
        one.source,
        position.line if position else 0,
        position.column if position else 0,
    )


async def on_error(_: Request, error: Exception) -> JSONResponse:
    """Answer with the problem that an error is."""
    assert isinstance(error, RouterError)  # noqa: S101 - it is registered for these
    return as_response(problem_of(error))


async def on_invalid_request(_: Request, error: Exception) -> JSONResponse:
    """Answer a request whose path, query, headers or JSON are not of the form; values are not repeated."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    faults = [Fault(f"{'.'.join(map(str, one['loc']))}: {one['msg']}") for one in error.errors()[:20]]
    return as_response(Problem(400, "invalid-request", "the request is not of the form of the API", faults=faults))
