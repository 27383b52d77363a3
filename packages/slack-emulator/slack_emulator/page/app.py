"""The page's addresses.

`/` and `/client/{team}/{channel}` are the page, `/feed...` the changes of the same place: a stream of events, or with
`?once=1` one answer for browsers that poll. Only GET is answered, and a strict policy lets the page load nothing and
run only the script that came with the same answer.
"""

import asyncio
import json
import secrets
from typing import Final, get_args

from aiohttp import web
from slack_view import Appearance
from slack_view.document import Theme

from slack_emulator.director import Director
from slack_emulator.page.feed import events
from slack_emulator.page.view import View, changes
from slack_emulator.page.window import Window

_MISSING: Final = "There is no such channel in this emulator.\n"
_THEMES: Final = {str(theme): theme for theme in get_args(Theme)}
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What every answer carries, errors included; the page adds its content policy."""


def page_app(director: Director, stopped: asyncio.Event, appearance: Appearance) -> web.Application:
    """The application; feeds end when `stopped` is set."""
    page = Page(director, stopped, appearance)
    app = web.Application()
    app.on_response_prepare.append(_add_headers)
    place = "{team}/{channel}"
    for path, handler in (
        ("/", page.show),
        (f"/client/{place}", page.show),
        ("/feed", page.feed),
        (f"/feed/{place}", page.feed),
    ):
        app.router.add_get(path, handler, allow_head=False)
    return app


class Page:
    """Answers requests by looking at the emulator; it never changes anything there."""

    def __init__(self, director: Director, stopped: asyncio.Event, appearance: Appearance) -> None:
        self._director = director
        self._stopped = stopped
        self._appearance = appearance

    async def show(self, request: web.Request) -> web.Response:
        """The page at one channel, or at the first one."""
        window, nonce = self._window(request), secrets.token_urlsafe(16)
        return web.Response(
            text=window.document(nonce, _theme(request)),
            content_type="text/html",
            headers={"Content-Security-Policy": _policy(nonce)},
        )

    async def feed(self, request: web.Request) -> web.StreamResponse:
        """The changes at one channel, or at the first one, until the reader disconnects."""
        window = self._window(request)
        if request.query.get("once"):
            body = json.dumps(changes(View(), window.view()), ensure_ascii=False)
            return web.Response(body=body.encode("utf-8", "replace"), content_type="application/json")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        async for event in events(window, self._stopped):
            await response.write(event)
        return response

    def _window(self, request: web.Request) -> Window:
        """The window that the address names.

        Raises:
            HTTPNotFound: there is no such channel.
        """
        names = request.match_info
        window = Window(self._director, self._appearance, (names["team"], names["channel"]) if names else None)
        if names and window.place() is None:
            raise web.HTTPNotFound(text=_MISSING)
        return window


def _theme(request: web.Request) -> Theme | None:
    name = request.query.get("theme")
    if name is not None and name not in _THEMES:
        raise web.HTTPBadRequest(text=f"theme is one of: {', '.join(_THEMES)}\n")
    return _THEMES[name] if name else None


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
    response.headers.popall("Server", None)


def _policy(nonce: str) -> str:
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
