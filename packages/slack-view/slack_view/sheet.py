"""A sheet of panels, each of which shows a channel: languages side by side, or one incident step by step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from slack_view.appearance import Appearance
from slack_view.channel import draw_channel
from slack_view.document import Assets, Theme, document, resource
from slack_view.markup import classed, el, joined
from slack_view.reading import Json


@dataclass(frozen=True, slots=True)
class Panel:
    """A channel under its name; `note` distinguishes it from the other panels, `language` is an IETF tag."""

    channel: str
    note: str
    language: str
    messages: Sequence[Json]


def sheet(
    title: str, panels: Sequence[Panel], appearance: Appearance | None = None, *, theme: Theme | None = None
) -> str:
    """A document that shows all panels, to be written to a file."""
    drawn = [_panel(panel, appearance or Appearance()) for panel in panels]
    many = " many" if len(panels) > 1 else ""
    body = joined([classed("h1", "page-title", title), classed("main", f"sheet{many}", *drawn)])
    lang = panels[0].language if panels else "en"
    return document(title, body, assets=Assets(style=resource("sheet.css")), lang=lang, theme=theme)


def _panel(panel: Panel, appearance: Appearance) -> Markup:
    heading = el(
        "h2",
        None,
        classed("span", "hash", "#"),
        classed("span", "channel", panel.channel.removeprefix("#")),
        classed("span", "note", panel.note) if panel.note else None,
    )
    spoken = replace(appearance, language=panel.language)
    entries = [el("li", None, one.html) for one in draw_channel(panel.messages, spoken)]
    empty = classed("p", "empty", "No messages.")
    shown = el("ol", {"class": "messages"}, *entries) if entries else empty
    attributes = {"class": "panel", "lang": panel.language, "data-language": panel.language}
    return el("section", attributes, heading, shown)
