"""What a message does not contain: the name of its app, the language of its readers, and the names behind ids."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Appearance:
    """How to draw messages.

    `names` maps the id of a user, a user group or a channel to the name shown for it. `language` is the IETF tag of
    the language in which readers use Slack: English if it is empty or not known here.
    """

    app_name: str = "Alert Router"
    names: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
