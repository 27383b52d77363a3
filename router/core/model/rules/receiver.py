"""Receivers: named destinations, and how messages look there."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from router.core.model.rules.names import ReceiverName

NO_CHANNEL: Final = ""


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
    """Who is notified: a channel and how to write there, or nobody."""

    name: ReceiverName
    channel: str
    """A channel ID, or `#name`; `NO_CHANNEL` where nothing is sent."""
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
    def sends_nothing(self) -> bool:
        """Whether it has no destination, like the receiver "null" of many configurations of Alertmanager."""
        return self.channel == NO_CHANNEL

    @property
    def link_form(self) -> LinkForm:
        """How its messages show links: as buttons, in the compact style in the line."""
        return self.links or (LinkForm.TEXT if self.layout.style is Style.COMPACT else LinkForm.BUTTONS)


def null_receiver(name: ReceiverName, locale: str) -> Receiver:
    """A receiver without a destination."""
    return Receiver(
        name=name,
        channel=NO_CHANNEL,
        mention=(),
        locale=locale,
        send_resolved=True,
        on_change=OnChange.EDIT,
        digest_above=0,
    )
