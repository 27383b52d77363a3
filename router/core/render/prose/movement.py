"""How the value behind the alerts of a message moved, as the message shows it."""

from dataclasses import dataclass
from typing import Final

from router.core.slack.markup import Safe
from router.core.slack.message import Block


@dataclass(frozen=True, slots=True)
class Moved:
    """What is known of the value: `words` for a sentence, and the chart, None where there is to be none.

    `in_title`: the words stand above the chart, and need not stand anywhere else.
    """

    words: Safe = Safe()  # noqa: RUF009 - a constant
    chart: Block | None = None
    in_title: bool = False


NOT_MOVED: Final = Moved()
