"""The emoji that alerts and their readers use, by Slack's names; other names are left as written."""

import re
from typing import Final

_EMOJI: Final = {
    "+1": "👍",
    "bell": "🔔",
    "boom": "💥",
    "eyes": "👀",
    "fire": "🔥",
    "fire_engine": "🚒",
    "heavy_check_mark": "✔️",
    "hourglass": "⏳",
    "information_source": "ℹ️",  # noqa: RUF001 - the emoji
    "large_green_circle": "🟢",
    "large_yellow_circle": "🟡",
    "mag": "🔍",
    "no_bell": "🔕",
    "no_entry": "⛔",
    "red_circle": "🔴",
    "rotating_light": "🚨",
    "tada": "🎉",
    "thumbsup": "👍",
    "warning": "⚠️",
    "white_check_mark": "✅",
    "wrench": "🔧",
    "x": "❌",
}
_NAME: Final = re.compile(r":([a-z0-9_+-]+):")


def emoji(name: str) -> str:
    """The emoji of that name, or `:name:`."""
    return _EMOJI.get(name, f":{name}:")


def with_emoji(text: str) -> str:
    """The text with every known `:name:` replaced."""
    return _NAME.sub(lambda match: emoji(match[1]), text)
