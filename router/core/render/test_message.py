"""The message that tries a receiver: marked as a test at a glance, and calling nobody."""

from router.core.model.instant import Instant
from router.core.model.rules.receiver import Receiver
from router.core.model.rules.tenant import Tenant
from router.core.render.localizer import Localizer
from router.core.slack.markup import inline
from router.core.slack.message import Attachment, SlackMessage, context, section

_BLUE = "#1264A3"
_MAX_NAME_CHARS = 100


def render_test_message(receiver: Receiver, tenant: Tenant, localizer: Localizer, now: Instant) -> SlackMessage:
    """A test message in the receiver's language."""
    names = {
        "receiver": inline(receiver.name, _MAX_NAME_CHARS),
        "tenant": inline(tenant.tenant_id, _MAX_NAME_CHARS),
    }
    title = localizer.line("trial_title")
    words = localizer.line("trial", **names)
    sent = localizer.line("trial_footer", **names, now=now)
    bar = Attachment(_BLUE, words, (section(words), context(sent)))
    return SlackMessage(localizer.line("trial_text", **names), (section(title),), (bar,))
