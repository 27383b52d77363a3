"""Messages that say in plain text what they show, so that a test can read them back."""

from router.core.model.group import Digest
from router.core.model.instant import Instant
from router.core.slack.message import Block, SlackMessage
from router.core.slack.new_block import NewBlock
from router.roles.notify.in_flight import Delivery
from router.roles.notify.rendering import NO_CHARTS, Charts, Rendering
from router.roles.notify.taken import TakenBlocks


class FakeRendering(Rendering):
    """Renders `A firing, B resolved with a chart`, of a digest its counts; nothing at all while `broken`."""

    def __init__(self, charts: Charts = NO_CHARTS) -> None:
        self.broken = False
        self._charts = charts
        self.taken = TakenBlocks()

    def render(self, delivery: Delivery, now: Instant) -> SlackMessage | None:
        """The message."""
        digest = delivery.claim.snapshot.digest
        if digest is not None:
            return SlackMessage(_counts(delivery, digest))
        shown = delivery.claim.notification.shown
        text = ", ".join(f"{one.partition('-')[0]} {state.name.lower()}" for one, state in sorted(shown.items()))
        drawn = self._context(delivery).chart and NewBlock.CHART in self.taken.of(delivery.request.workspace)
        blocks: tuple[Block, ...] = ({"type": NewBlock.CHART.value},) if drawn else ()
        return None if self.broken else SlackMessage(text + (" with a chart" if drawn else ""), blocks)


def _counts(delivery: Delivery, digest: Digest) -> str:
    """What a digest counts, or what its reply announces."""
    if not delivery.claim.notification.op.shows_group:
        return "again" if delivery.claim.notification.reopens else "over"
    rows = sorted(f"{row.name} {row.firing} firing {row.total - row.firing} ended" for row in digest.rows)
    return f"{digest.groups} groups: {', '.join(rows)}"
