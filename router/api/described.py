"""Keys of answers that no model describes: left out of the answer, and reported when the request is done.

What was asked for may be done by then, so that an error in its place would have it asked for again.
"""

from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar

from starlette.types import ASGIApp, Receive, Scope, Send

Report = Callable[[Sequence[str]], None]
"""What is done about keys that were left out, each with its model; their values are never handed on."""

_left_out: ContextVar[set[str]] = ContextVar("left_out")


def leave_out(model: str, keys: Iterable[str]) -> None:
    """Remember keys that the answer to this request leaves out."""
    _left_out.get(set()).update(f"{model}.{key}" for key in keys)


class Described:
    """The same application; what its answers leave out is reported."""

    def __init__(self, app: ASGIApp, report: Report) -> None:
        self._app = app
        self._report = report

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        found = set[str]()
        before = _left_out.set(found)
        try:
            await self._app(scope, receive, send)
        finally:
            _left_out.reset(before)
        if found:
            self._report(sorted(found))
