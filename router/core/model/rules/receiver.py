"""Receivers: named destinations, and how messages look there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from router.core.match.labels import Labels
from router.core.model.rules.by_label import ByLabel
from router.core.model.rules.names import ReceiverName

Mentions = tuple[str, ...]
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
    mention: Mentions
    locale: str
    send_resolved: bool
    on_change: OnChange
    layout: Layout = Layout()
    links: LinkForm | None = None
    """None: as its style has them."""
    digest_above: int = 10
    """A digest begins when more alert groups than this wait for a message of their own; 0: never."""
    channel_label: ByLabel[str] | None = None
    """Which label names another channel than `channel`."""
    mention_label: ByLabel[Mentions] | None = None
    """Which label says to mention others than `mention`."""
    chart: bool = True
    """Whether its messages show how the value behind an alert moved, where that is known."""

    @property
    def sends_nothing(self) -> bool:
        """Whether it has no destination, like the receiver "null" of many configurations of Alertmanager."""
        return self.channel == NO_CHANNEL

    @property
    def link_form(self) -> LinkForm:
        """How its messages show links: as buttons, in the compact style in the line."""
        return self.links or (LinkForm.TEXT if self.layout.style is Style.COMPACT else LinkForm.BUTTONS)

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel where it may post, the usual one first; none of a receiver without a destination."""
        named = self.channel_label.choices.values() if self.channel_label is not None else ()
        return () if self.sends_nothing else tuple(dict.fromkeys([self.channel, *named]))

    @property
    def looks_at_labels(self) -> bool:
        """Whether labels say where it posts or whom it mentions."""
        return self.channel_label is not None or self.mention_label is not None

    def addressed_by(self, labels: Labels) -> Mapping[str, str]:
        """Those of an alert's labels that say where it goes and whom it mentions; they are part of its group."""
        rules = [one for one in (self.channel_label, self.mention_label) if one is not None]
        return {one.label: labels[one.label] for one in rules if one.chosen(labels) is not None}

    def addressed(self, group: Labels) -> "Receiver":
        """The receiver as it is for a group with these labels."""
        if not self.looks_at_labels:
            return self
        channel = self.channel_label.chosen(group) if self.channel_label is not None else None
        mention = self.mention_label.chosen(group) if self.mention_label is not None else None
        return replace(self, channel=channel or self.channel, mention=self.mention if mention is None else mention)

    def posting_in(self, channel: str) -> "Receiver":
        """The receiver as it is for what is posted there; as it is where it may not post there."""
        return replace(self, channel=channel) if channel != self.channel and channel in self.channels else self


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
