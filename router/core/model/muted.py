"""What holds an alert back from being notified, while it fires."""

from dataclasses import dataclass
from enum import StrEnum

from router.core.model.instant import NEVER, Instant


class MutedBy(StrEnum):
    """By what, in Alertmanager's words; the reason in the books of what ends before it is shown."""

    SILENCED = "silenced"
    INHIBITED = "inhibited"
    MUTE_TIME_INTERVAL = "mute_time_interval"
    ACTIVE_TIME_INTERVAL = "active_time_interval"


@dataclass(frozen=True, slots=True)
class Muted:
    """By which silence, inhibition rule or interval it is held back, and until when at the latest.

    `until` is NEVER where nobody knows: an inhibition ends with its source. `author` and `comment` are a silence's.
    """

    by: MutedBy
    name: str
    until: Instant = NEVER
    author: str = ""
    comment: str = ""
