"""Messages that say in plain text what they show, so that a test can read them back."""

from router.core.model.instant import Instant
from router.core.slack.message import SlackMessage
from router.roles.notify.in_flight import Delivery
from router.roles.notify.rendering import Rendering


class FakeRendering(Rendering):
    """Renders `A firing, B resolved`; nothing at all while `broken`."""

    def __init__(self) -> None:
        self.broken = False

    def render(self, delivery: Delivery, now: Instant) -> SlackMessage | None:
        """The message."""
        shown = delivery.claim.notification.shown
        text = ", ".join(f"{one.partition('-')[0]} {state.name.lower()}" for one, state in sorted(shown.items()))
        return None if self.broken else SlackMessage(text)
