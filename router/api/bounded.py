"""Bodies of requests are bounded: FastAPI reads JSON whole, and before it asks who sends it."""

from typing import Final

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from router.http.problems import Problem, as_response

MAX_BODY: Final = 2 << 20
"""Bytes of the body of any request to the control API."""


class BodyTooLarge(HTTPException):
    """A body of more bytes; FastAPI lets it pass where it reads a body."""

    def __init__(self) -> None:
        super().__init__(413)


class Bounded:
    """The same application, with bodies of so many bytes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        taken = 0

        async def counting() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MAX_BODY:
                raise BodyTooLarge
            return message

        await self._app(scope, counting, send)


async def on_too_large(_: Request, __: Exception) -> JSONResponse:
    """Answer a body that is too large."""
    return as_response(Problem(413, "body-too-large", f"a body may have {MAX_BODY} bytes"))
