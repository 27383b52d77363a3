"""Draws Slack messages, given as Slack's JSON, as HTML that looks like Slack.

Pure functions, and no other part of `router` is known here, so that the emulator's page and `preview` draw alike.
Whatever the JSON holds is shown as text: it can bring neither an element nor a script of its own into the page, and
nothing outside the page is ever loaded.
"""

from slack_view.channel import Drawn, draw_channel
from slack_view.document import document, page
from slack_view.look import Look
from slack_view.markup import Html, el, joined
from slack_view.message import draw_message

__all__ = ["Drawn", "Html", "Look", "document", "draw_channel", "draw_message", "el", "joined", "page"]
