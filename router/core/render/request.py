"""One notification to be rendered: all that a message depends on, as a value."""

from dataclasses import dataclass

from router.core.context.context import NO_CONTEXT, Context
from router.core.decide.notification import Notification
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.rules.receiver import Receiver
from router.core.model.rules.tenant import Tenant
from router.core.render.localizer import Localizer
from router.core.render.redaction import Redactor, redactor_for
from router.core.slack.new_block import NewBlock


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """What is sent about which group, to which receiver of which tenant, in which language, and when."""

    group: AlertGroup
    notification: Notification
    receiver: Receiver
    tenant: Tenant
    localizer: Localizer
    now: Instant
    context: Context = NO_CONTEXT
    takes: frozenset[NewBlock] = frozenset()
    """Which of Slack's newer blocks the message may hold; the others are replaced by what every workspace takes."""

    @property
    def redactor(self) -> Redactor:
        """What hides the tenant's redacted values in this group."""
        return redactor_for(self.tenant.redaction, self.group)

    @property
    def reopened(self) -> int:
        """How often the message was reopened, this call included."""
        return self.group.reopened + int(self.notification.reopens)
