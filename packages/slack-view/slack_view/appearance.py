"""What a message does not say itself: the name of the app that posted it, and the names behind ids."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Appearance:
    """How to draw; `names` gives what is shown for the id of a user, a user group or a channel."""

    app_name: str = "Alert Router"
    names: Mapping[str, str] = field(default_factory=dict)
