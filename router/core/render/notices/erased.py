"""The last line of a message whose tenant is erased: nothing of its alerts is left in it."""

from router.core.render.localizer import Localizer
from router.core.slack.message import SlackMessage, context


def render_erased(localizer: Localizer) -> SlackMessage:
    """The message from now on."""
    words = localizer.line("erased")
    return SlackMessage(words, (context(words),))
