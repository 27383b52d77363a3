"""Renders Slack messages, given as Slack's JSON, as HTML that looks like Slack.

Pure functions that know nothing else, so that every caller's page looks the same. Whatever the JSON contains is shown
as text: it cannot add an element or a script to the page, and nothing outside the page is ever loaded.
"""

from markupsafe import Markup

from slack_view.appearance import Appearance
from slack_view.channel import Drawn, draw_channel
from slack_view.document import document, page
from slack_view.markup import el, joined
from slack_view.message import draw_message

__all__ = ["Appearance", "Drawn", "Markup", "document", "draw_channel", "draw_message", "el", "joined", "page"]
