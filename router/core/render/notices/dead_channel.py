"""The message for a tenant's fallback receiver: nothing can be posted in the channel of another one."""

from router.core.model.rules.receiver import Receiver
from router.core.render.localizer import Localizer
from router.core.slack.markup import inline
from router.core.slack.message import Attachment, SlackMessage, section

_RED = "#B3261E"
_MAX_NAME_CHARS = 100


def render_dead_channel(dead: Receiver, error: str, localizer: Localizer) -> SlackMessage:
    """What is wrong, where, and what to do; `error` is Slack's code, as people find it in Slack's documentation."""
    names = {
        "receiver": inline(dead.name, _MAX_NAME_CHARS),
        "channel": inline(dead.channel, _MAX_NAME_CHARS),
        "error": inline(error, _MAX_NAME_CHARS),
    }
    words = localizer.lines("unreachable", **names)
    bar = Attachment(_RED, localizer.line("unreachable", **names), (section(words),))
    title = localizer.line("unreachable_title")
    return SlackMessage(localizer.line("unreachable_text", **names), (section(title),), (bar,))
