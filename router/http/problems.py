"""Errors over HTTP as problem documents (RFC 9457): what was wrong, and what to do."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

_NOT_FOUND: Final = 404
_NO_PATH: Final = "there is no such path; a gateway takes alerts by POST at /v1/tenants/TENANT/alerts"


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in what was sent: where it is as far as that is known, and what to do."""

    message: str
    remedy: str = ""
    file: str = ""
    line: int = 0
    column: int = 0


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """A request that is refused."""

    def __init__(
        self,
        status: int,
        name: str,
        detail: str,
        retry_after_s: int | None = None,
        faults: Sequence[Fault] = (),
        url: str = "",
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.name = name
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.faults = tuple(faults)
        self.url = url
        """Where the same request is answered; "" where nobody knows."""


def as_response(problem: Problem) -> JSONResponse:
    """The problem as an HTTP answer."""
    headers = {"Retry-After": str(problem.retry_after_s)} if problem.retry_after_s is not None else {}
    if problem.status == 401:  # RFC 9110 asks for this header with 401
        headers["WWW-Authenticate"] = "Bearer"
    body = {
        "type": f"urn:alert-router:problem:{problem.name}",
        "title": problem.name.replace("-", " "),
        "status": problem.status,
        "detail": problem.detail,
        **({"url": problem.url} if problem.url else {}),
        **({"errors": [known(one) for one in problem.faults]} if problem.faults else {}),
    }
    return JSONResponse(body, problem.status, headers, media_type="application/problem+json")


def known(fault: Fault) -> dict[str, object]:
    """What of a mistake is known, for JSON."""
    return {name: value for name, value in asdict(fault).items() if value}


async def on_problem(_: Request, error: Exception) -> JSONResponse:
    """Answer a refused request."""
    if isinstance(error, Problem):
        return as_response(error)
    if isinstance(error, HTTPException):
        detail = _NO_PATH if error.status_code == _NOT_FOUND else str(error.detail)
        return as_response(Problem(error.status_code, "http-error", detail))
    return as_response(Problem(500, "internal-error", "an error of ours; it was logged"))
