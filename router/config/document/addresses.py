"""Where a receiver's messages go and whom they mention, as a label of the alerts says."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from router.config.document.appearance import Section
from router.config.document.either import EITHER, KEYS, SHORT
from router.config.pace import check_time
from router.config.values import ChannelText, MentionText, MentionTexts, WordText
from router.core.match.patterns import compiled_pattern

MAX_MENTIONING: Final = 200
"""Values of a label in one `mention.map`."""


def _pattern(text: str) -> str:
    check_time()
    compiled_pattern(text)
    return text


def _few(chosen: Mapping[str, str]) -> Mapping[str, str]:
    if len(chosen) > MAX_MENTIONING:
        raise ValueError(f"has {len(chosen)} values; at most {MAX_MENTIONING} are allowed; use several receivers")
    return chosen


class ChannelRule(Section):
    """The channel that a label of the alerts names, if it is one of `platform.slack.channels`."""

    label: WordText = Field(examples=["slack_channel"])
    """The label with the name of the channel, with or without its #, or its ID."""
    matching: Annotated[str, AfterValidator(_pattern)] | None = Field(default=None, examples=["#team-.*"])
    """Which of those channels it may name (RE2, all of the name); any of them by default."""
    else_: ChannelText = Field(alias="else", examples=["#alerts"])
    """The channel of alerts without that label, or whose label names no such channel."""


class MentionRule(Section):
    """Whom to mention for each value of a label of the alerts."""

    label: WordText = Field(examples=["team"])
    """The label."""
    map: Annotated[Mapping[str, MentionText], AfterValidator(_few)] = Field(examples=[{"db": "<!subteam^S012>"}])
    """Its values, each with whom to mention."""
    else_: MentionTexts = Field(default=(), alias="else", examples=[["<!here>"]])
    """Who is mentioned for any other value, and for alerts without that label."""


Channel = Annotated[Annotated[ChannelText, SHORT] | Annotated[ChannelRule, KEYS], EITHER]
Mention = Annotated[Annotated[MentionTexts, SHORT] | Annotated[MentionRule, KEYS], EITHER]
