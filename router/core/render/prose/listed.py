"""The alerts of a message as paragraphs and small print."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from router.core.slack.markup import Safe, join
from router.core.slack.message import MAX_SECTION, Block, context, section


@dataclass(frozen=True, slots=True)
class Listed:
    """One alert of a list; dim where it is over."""

    text: Safe
    is_dim: bool


def blocks_of(alerts: Sequence[Listed]) -> Iterator[Block]:
    """The alerts as blocks: what goes on as paragraphs, then what has ended as small print."""
    for is_dim, block in ((False, section), (True, context)):
        yield from map(block, together([alert.text for alert in alerts if alert.is_dim is is_dim]))


def together(alerts: Sequence[Safe]) -> list[Safe]:
    """The alerts as paragraphs: where each is one line they stand together, as many as fit in one."""
    if any("\n" in alert for alert in alerts):
        return list(alerts)
    together: list[Safe] = []
    for alert in alerts:
        if together and len(together[-1]) + len(alert) < MAX_SECTION:
            together[-1] = join((together[-1], alert), "\n")
        else:
            together.append(alert)
    return together
