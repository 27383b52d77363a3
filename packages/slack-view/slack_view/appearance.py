"""What a message does not contain: the name of the app that posted it, and the names behind ids."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Appearance:
    """How to draw messages; `names` maps the id of a user, a user group or a channel to the name shown for it."""

    app_name: str = "Alert Router"
    names: Mapping[str, str] = field(default_factory=dict)
