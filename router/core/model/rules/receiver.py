"""Receivers: named destinations, and how messages look there."""

from dataclasses import dataclass
from enum import StrEnum

from router.core.model.rules.names import ReceiverName


class OnChange(StrEnum):
    """How a receiver shows changes of an alert group."""

    EDIT = "edit"
    THREAD = "thread"
    POST = "post"


class Style(StrEnum):
    """The messages that are built in; each lies in a folder of this name in `templates/`."""

    DEFAULT = "default"
    COMPACT = "compact"
    DETAILED = "detailed"


class LinkForm(StrEnum):
    """How a receiver's messages show the links that all alerts have."""

    BUTTONS = "buttons"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Layout:
    """How messages look: a built-in style, and the sources of the parts that the tenant writes itself."""

    style: Style = Style.DEFAULT
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Receiver:
    """A named destination: a channel and how to speak there."""

    name: ReceiverName
    channel: str
    """A channel ID, or `#name`."""
    mention: tuple[str, ...]
    locale: str
    send_resolved: bool
    on_change: OnChange
    layout: Layout = Layout()
    links: LinkForm | None = None
    """None: as its style has them."""
    digest_above: int = 10
    """A digest begins when more alert groups than this wait for a message of their own; 0: never."""

    @property
    def link_form(self) -> LinkForm:
        """How its messages show links: as buttons, in the compact style in the line."""
        return self.links or (LinkForm.TEXT if self.layout.style is Style.COMPACT else LinkForm.BUTTONS)
