"""A web page that shows the emulator's channels as Slack would, live, to people who watch a demo or a test.

It only looks: every request is a GET, and nothing that it shows can be changed through it. Drawing is done by
`slack_view`; here is only which channel, what changed since, and the page around it.
"""

from slack_emulator.page.server import PageServer

__all__ = ["PageServer"]
