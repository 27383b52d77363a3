"""The page's addresses.

`/` and `/client/{team}/{channel}` are the page, `/feed...` the same place's changes: a stream of events, or with
`?once=1` one answer for browsers that poll. Nothing but GET is answered, and a strict policy lets the page load
nothing and run only what it brought with this very answer.
"""

import asyncio
import json
import secrets

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from slack_view import Appearance
from slack_view.document import Theme

from slack_emulator.director import Director
from slack_emulator.page.feed import events
from slack_emulator.page.view import View, changes
from slack_emulator.page.window import Window

_MISSING = "There is no such channel in this emulator.\n"


def page_app(director: Director, stopped: asyncio.Event, appearance: Appearance | None = None) -> FastAPI:
    """The application; feeds end when `stopped` is set."""
    page = Page(director, stopped, appearance or Appearance())
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_api_route("/", page.show_first, methods=["GET"])
    app.add_api_route("/client/{team}/{channel}", page.show, methods=["GET"])
    app.add_api_route("/feed", page.feed_first, methods=["GET"])
    app.add_api_route("/feed/{team}/{channel}", page.feed, methods=["GET"])
    return app


class Page:
    """Answers requests by looking at the emulator; it never changes anything there."""

    def __init__(self, director: Director, stopped: asyncio.Event, appearance: Appearance) -> None:
        self._director = director
        self._stopped = stopped
        self._appearance = appearance

    async def show_first(self, theme: Theme | None = None) -> Response:
        """The page at the first channel there is."""
        return self._show(Window(self._director, self._appearance), theme)

    async def show(self, team: str, channel: str, theme: Theme | None = None) -> Response:
        """The page at one channel."""
        window = Window(self._director, self._appearance, (team, channel))
        return self._show(window, theme) if window.place() else _missing()

    async def feed_first(self, once: str = "") -> Response:
        """What changes at the first channel there is."""
        return self._feed(Window(self._director, self._appearance), once)

    async def feed(self, team: str, channel: str, once: str = "") -> Response:
        """What changes at one channel."""
        window = Window(self._director, self._appearance, (team, channel))
        return self._feed(window, once) if window.place() else _missing()

    def _show(self, window: Window, theme: Theme | None) -> Response:
        nonce = secrets.token_urlsafe(16)
        return HTMLResponse(window.document(nonce, theme), headers={"Content-Security-Policy": _policy(nonce)})

    def _feed(self, window: Window, once: str) -> Response:
        if once:
            body = json.dumps(changes(View(), window.view()), ensure_ascii=False).encode("utf-8", "replace")
            return Response(body, media_type="application/json")
        return StreamingResponse(events(window, self._stopped), media_type="text/event-stream")


def _missing() -> Response:
    return Response(_MISSING, status_code=404, media_type="text/plain")


def _policy(nonce: str) -> str:
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
