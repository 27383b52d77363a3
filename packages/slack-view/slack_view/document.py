"""A self-contained HTML document: its style and its few lines of script are inside.

It is light or dark as the reader's system is, unless `theme` forces one. A document that is not served with a content
policy has its own: nothing may be loaded, and no script or style may run but those inside.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Literal

from markupsafe import Markup

from slack_view.appearance import Appearance
from slack_view.channel import Drawn, draw_channel
from slack_view.markup import classed, el, joined
from slack_view.reading import Json

Theme = Literal["light", "dark"]

_ICON: Final = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='4' fill='%234A154B'/%3E"
    "%3Ccircle cx='8' cy='8' r='4' fill='%23ECB22E'/%3E%3C/svg%3E"
)


@dataclass(frozen=True, slots=True)
class Assets:
    """Style and script that a document has in addition to those that messages need."""

    style: str = ""
    script: str = ""


def resource(name: str, package: str = __package__) -> str:
    """A text file of the package."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def page(
    title: str,
    messages: Sequence[Json],
    appearance: Appearance | None = None,
    *,
    lang: str = "en",
    theme: Theme | None = None,
) -> str:
    """A document that shows these messages, to be written to a file."""
    heading = classed("h1", "page-title", title)
    return document(title, joined([heading, listed(draw_channel(messages, appearance))]), lang=lang, theme=theme)


def listed(drawn: Sequence[Drawn]) -> Markup:
    """The drawn messages as a list; each entry has the message's key as its id, and its version."""
    entries = (el("li", {"id": f"m{one.key}", "data-version": one.version}, one.html) for one in drawn)
    return el("ol", {"class": "messages", "id": "messages"}, *entries)


def document(
    title: str,
    body: Markup,
    *,
    assets: Assets | None = None,
    nonce: str | None = None,
    lang: str = "en",
    theme: Theme | None = None,
) -> str:
    """A document around the body.

    With a `nonce` the document expects its content policy from the server.
    """
    assets = assets or Assets()
    styles, scripts = resource("slack.css") + assets.style, resource("time.js") + assets.script
    head = el(
        "head",
        None,
        el("meta", {"charset": "utf-8"}),
        None if nonce else _policy(styles, scripts),
        el("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        el("meta", {"name": "color-scheme", "content": "light dark"}),
        el("title", None, title),
        el("link", {"rel": "icon", "href": _ICON}),
        el("style", {"nonce": nonce}, Markup(styles)),  # noqa: S704 - from our packages
    )
    whole = el("body", None, body, el("script", {"nonce": nonce}, Markup(scripts)))  # noqa: S704 - same
    return Markup("<!doctype html>\n") + el("html", {"lang": lang, "data-theme": theme}, head, whole)


def _policy(styles: str, scripts: str) -> Markup:
    allowed = f"default-src 'none'; style-src {_hash(styles)}; script-src {_hash(scripts)}; img-src data:"
    return el("meta", {"http-equiv": "Content-Security-Policy", "content": f"{allowed}; base-uri 'none'"})


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
