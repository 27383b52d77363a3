"""One reader's window on the emulator: the view of a channel, and the document around it."""

from slack_view import Appearance, Markup, document, el
from slack_view.document import Assets, Theme, listed, resource
from slack_view.markup import classed

from slack_emulator.director import Director
from slack_emulator.page.gallery import Gallery
from slack_emulator.page.place import Place, find_place, first_place
from slack_emulator.page.surroundings import banner, channel_head, sidebar
from slack_emulator.page.view import Piece, View

_EMPTY = "No messages yet. Whatever is posted appears here by itself."
_SCROLL = {"class": "scroll", "tabindex": "0", "role": "log", "aria-label": "Messages"}
_NOT_A_COMPOSER = "This is an emulator of Slack: messages arrive over its API only."


class Window:
    """Shows one channel, or the first one."""

    def __init__(self, director: Director, appearance: Appearance, ids: tuple[str, str] | None = None) -> None:
        self._director = director
        self._gallery = Gallery(appearance)
        self._ids = ids

    def place(self) -> Place | None:
        """The channel that is shown; None if there is no such channel."""
        return find_place(self._director, *self._ids) if self._ids else first_place(self._director)

    def view(self) -> View:
        """The page as it is now."""
        director, place = self._director, self.place()
        pieces = {
            "sidebar": Piece(sidebar(director, place)),
            "channel": Piece(channel_head(place)),
            "banner": Piece(banner(director.anomalies, director)),
        }
        title = f"#{place.channel.name} · {place.workspace.name}" if place else "Slack emulator"
        if place is None:
            return View(title, pieces)
        return View(title, pieces, self._gallery.drawn(place.channel), place.channel.language)

    def document(self, nonce: str, theme: Theme | None) -> str:
        """The whole page, complete without any script."""
        assets = Assets(resource("page.css", __package__), resource("page.js", __package__))
        view = self.view()
        body = _body(view, "/feed" + (f"/{'/'.join(self._ids)}" if self._ids else ""))
        return document(view.title, body, assets=assets, nonce=nonce, theme=theme)


def _body(view: View, feed: str) -> Markup:
    return el(
        "div",
        {"class": "frame", "data-feed": feed},
        el("a", {"class": "skip", "href": "#messages"}, "Skip to the messages"),
        el("div", {"class": "bar-above"}, classed("b", "product", "Slack emulator"), *_controls()),
        el(
            "nav",
            {"class": "sidebar", "aria-label": "Channels", **_piece("sidebar", view)},
            view.pieces["sidebar"].html,
        ),
        el(
            "main",
            None,
            el("header", {"class": "channel", **_piece("channel", view)}, view.pieces["channel"].html),
            el("div", {"class": "banner", "role": "status", **_piece("banner", view)}, view.pieces["banner"].html),
            el("div", {**_SCROLL, "data-language": view.language or None}, *_scrolled(view)),
            el("button", {"class": "down", "type": "button", "hidden": ""}, "↓ New messages"),
            classed("footer", "composer", _NOT_A_COMPOSER),
        ),
    )


def _controls() -> tuple[Markup, ...]:
    """The controls that need the script, which is what reveals them; the menu is for narrow screens."""
    attributes = {
        "class": "menu",
        "type": "button",
        "aria-controls": "sidebar",
        "aria-expanded": "true",
        "hidden": "",
    }
    menu = el("button", attributes, "☰ Channels")
    live = el("span", {"class": "live", "id": "live", "role": "status"}, "")
    return menu, live, el("button", {"class": "theme", "id": "theme", "type": "button", "hidden": ""}, "Theme: auto")


def _scrolled(view: View) -> tuple[Markup, Markup]:
    return classed("p", "empty", _EMPTY), listed(view.messages)


def _piece(key: str, view: View) -> dict[str, str]:
    return {"id": key, "data-version": view.pieces[key].version}
