"""A live web page that shows the emulator's channels as Slack would, to people who watch a demonstration or a test.

It is read-only: every request is a GET. `slack_view` draws the messages; this package decides which channel is shown
and what has changed, and draws the page around it.
"""

from slack_emulator.page.server import PageServer

__all__ = ["PageServer"]
