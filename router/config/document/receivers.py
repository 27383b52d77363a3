"""Receivers as written."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from router.config.document.addresses import Channel, ChannelRule, Mention, MentionRule
from router.config.document.appearance import DigestRule, Section
from router.config.values import (
    LocaleText,
    ReceiverText,
    TemplateText,
)
from router.core.model.rules.receiver import LinkForm, OnChange, Style


class SlackReceiver(Section):
    """A Slack channel, and how messages are written there."""

    channel: Channel = Field(examples=["#alerts"])
    """"#name" in quotes, or a channel's ID, which survives renaming; or the label that names it. Invite the bot."""
    mention: Mention = Field(default=(), examples=[["<!subteam^S012>"], ["<@U012>"], ["<!here>"]])
    """Who is mentioned in first messages, when a problem reopens, and when its severity gets worse."""
    locale: LocaleText | None = Field(default=None, examples=["en", "fr-FR"])
    """The language of this receiver; by default, the tenant's."""
    send_resolved: bool = Field(default=True, examples=[False])
    """Whether the end of a problem is also posted as a reply; the message turns green in any case."""
    on_change: OnChange = Field(default=OnChange.THREAD, examples=["edit", "thread", "post"])
    """edit: the message is edited; thread: and important changes get a reply; post: a new message each time."""
    template: TemplateText = Field(default=Style.DEFAULT.value, examples=["default", "compact", "detailed"])
    """How messages look: default; compact, a line per alert; detailed, with everything; or one of the templates."""
    links: LinkForm | None = Field(default=None, examples=["buttons", "text"])
    """The links that all alerts have: buttons, in compact text; see `docs/decisions/0013-link-buttons.md`."""
    chart: bool = Field(default=True, examples=[False])
    """Whether messages show how the alert's value moved, where the operator has named a Prometheus."""
    digest: DigestRule | None = Field(default=None, examples=[{"threshold": 30}])
    """When a flood of new problems becomes one message here; by default, as for the whole tenant."""

    @property
    def usual_channel(self) -> str:
        """The channel, unless a label names another one."""
        return self.channel.else_ if isinstance(self.channel, ChannelRule) else self.channel

    @property
    def usual_mention(self) -> tuple[str, ...]:
        """Who is mentioned, unless a label says others."""
        return self.mention.else_ if isinstance(self.mention, MentionRule) else self.mention


class ReceiverEntry(Section):
    """A named destination, or one that is none: alerts that nobody is to be notified of."""

    refused: ClassVar[Mapping[str, str]] = {
        "template": "belongs below slack: slack: {channel: ..., template: compact}"
    }

    name: ReceiverText = Field(examples=["default"])
    """What routes call it."""
    slack: SlackReceiver | None = Field(default=None, examples=[{"channel": "#alerts"}])
    """The channel, and how messages are written there; a receiver without sends nothing, and that is counted."""
