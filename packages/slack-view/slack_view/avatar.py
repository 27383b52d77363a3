"""The avatars beside messages, as inline SVG, so that nothing is loaded."""

from typing import Final

from markupsafe import Markup

from slack_view.markup import classed, el

_BELL: Final = (
    "M12 2.6a1.5 1.5 0 0 1 1.5 1.5v.5A6 6 0 0 1 18 10.4v3.7l1.6 2.6a.9.9 0 0 1-.8 1.4H5.2a.9.9 0 0 1-.8-1.4L6 14.1"
    "v-3.7a6 6 0 0 1 4.5-5.8v-.5A1.5 1.5 0 0 1 12 2.6Zm-2.2 16.7h4.4a2.2 2.2 0 0 1-4.4 0Z"
)
_BIN: Final = "M9 4h6l1 2h4v2H4V6h4Zm-3 5h12l-1 11H7Z"


def app_avatar() -> Markup:
    """The app's avatar: a bell."""
    return classed("span", "avatar app-avatar", _drawn(_BELL))


def small_avatar() -> Markup:
    """The app's avatar in small, beside a thread."""
    return classed("span", "avatar app-avatar small", _drawn(_BELL))


def deleted_avatar() -> Markup:
    """What replaces the avatar of a deleted message."""
    return classed("span", "avatar deleted-avatar", _drawn(_BIN))


def bell() -> Markup:
    """A bell to stand in a line of text; an emoji would need a font."""
    return classed("span", "bell", _drawn(_BELL))


def person_avatar(name: str) -> Markup:
    """A person's avatar: the first letter of the name."""
    return el("span", {"class": "avatar person-avatar", "aria-hidden": "true"}, name[:1].upper() or "?")


def _drawn(path: str) -> Markup:
    return el("svg", {"viewBox": "0 0 24 24", "aria-hidden": "true"}, el("path", {"d": path, "fill": "currentColor"}))
