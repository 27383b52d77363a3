"""Draws Slack messages, given as Slack's JSON, as HTML that looks like Slack.

Pure functions, and no other part of `router` is known here, so that the emulator's page and `preview` draw alike.
Whatever the JSON holds is shown as text: it can bring neither an element nor a script of its own into the page, and
nothing outside the page is ever loaded.
"""

from markupsafe import Markup

from slack_view.appearance import Appearance
from slack_view.channel import Drawn, draw_channel
from slack_view.document import document, page
from slack_view.markup import el, joined
from slack_view.message import draw_message

__all__ = ["Appearance", "Drawn", "Markup", "document", "draw_channel", "draw_message", "el", "joined", "page"]
