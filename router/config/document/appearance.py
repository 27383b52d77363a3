"""The part of the tenant document on how messages look, and what all its sections have in common."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from router.config.values import (
    AlertSource,
    AlertTextSource,
    CountsSource,
    EmojiText,
    FooterSource,
    LinksSource,
    ReplySource,
    TemplateText,
    TextSource,
    TitleSource,
)
from router.core.model.rules.receiver import Style
from router.core.template.language import PARTS


class Section(BaseModel):
    """What all parts of the document have in common: immutable, exact types, no unknown keys.

    The string below a key describes it in the JSON Schema, for editors.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)
    refused: ClassVar[Mapping[str, str]] = {}


_LONGEST_LANE: Final = 100


def _threshold(value: int) -> int:
    if not 0 <= value <= _LONGEST_LANE:
        raise ValueError(f"{value} is out of range; use 1 to {_LONGEST_LANE}, or 0 for no digests")
    return value


class DigestRule(Section):
    """When new problems are counted in one message, because a channel takes no more messages of their own."""

    threshold: Annotated[int, AfterValidator(_threshold)] = Field(default=10, examples=[10, 30, 0])
    """How many new problems may wait for a message of their own before a digest takes them; 0: no digests."""


class EmojiRule(Section):
    """Emoji in front of titles, to be seen at a glance; none by default."""

    severity: Mapping[str, EmojiText] = Field(default={}, examples=[{"critical": ":red_circle:"}])
    """By severity, while alerts fire."""
    state: Mapping[Literal["firing", "unreported", "muted", "rerouted", "stale", "ended", "resolved"], EmojiText] = (
        Field(default={}, examples=[{"resolved": ":white_check_mark:"}])
    )
    """By state: `firing` is for other severities, `stale` is no longer reported."""


class TemplateParts(Section):
    """The parts that a tenant writes itself, in the template language of `docs/templates.md`."""

    title: TitleSource | None = Field(default=None, examples=["{{ mention }} {{ state | bold }} {{ subject }}"])
    """Above the bar: what the message is about."""
    counts: CountsSource | None = Field(default=None, examples=["{{ counts.firing }} {{ t.firing }}"])
    """How many alerts are in which state."""
    alert: AlertSource | None = Field(default=None, examples=["{{ labels.instance | code }} {{ summary }}"])
    """One alert of the list."""
    links: LinksSource | None = Field(default=None, examples=["{{ t.runbook | link(links.runbook) }}"])
    """The links that all alerts have."""
    footer: FooterSource | None = Field(default=None, examples=["{{ tenant }}, {{ updated }}"])
    """The small print at the end."""
    reply: ReplySource | None = Field(default=None, examples=["{{ mention }} {{ news | bold }} {{ totals }}"])
    """The first lines of a reply in the thread."""
    text: TextSource | None = Field(
        default=None, examples=["{{ mention }} {{ heading }}: {{ subject }}. {{ tally }}"]
    )
    """The whole message in one line without markup, for phones and screen readers."""
    alert_text: AlertTextSource | None = Field(default=None, examples=["{{ name }}: {{ summary }}"])
    """One alert in that line."""


class TemplateEntry(Section):
    """A style of messages, made of a built-in one and the tenant's own parts."""

    refused = dict.fromkeys(PARTS, "belongs below parts: parts: {title: ..., alert: ...}")

    name: TemplateText = Field(examples=["ours"])
    """What receivers call it."""
    base: Style = Field(default=Style.DEFAULT, examples=["default", "compact", "detailed"])
    """The built-in style of all other parts, and of these if they fail."""
    parts: TemplateParts = Field(examples=[{"title": "{{ mention }} {{ state | bold }} {{ subject }}"}])
    """The parts that differ."""
