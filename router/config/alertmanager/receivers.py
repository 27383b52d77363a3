"""Receivers: the channel of those that send to Slack, and a name alone for the others."""

from collections.abc import Collection
from typing import Any, Final

from router.config.alertmanager.original import Original
from router.config.alertmanager.slack import Looks, slack_of

Plain = dict[str, Any]

_CONFIGS: Final = "_configs"
_SECOND: Final = (
    "a receiver is one channel here; for a second one add a receiver, and before each route a copy with "
    "`continue: true`"
)
_OTHER: Final = "here is Slack alone; keep it in the Alertmanager in front"
_NO_CHANNEL: Final = "its channel is not a name or an ID there: name one"
_EMPTY: Final = "this receiver notifies nobody, there and here"


def receivers_of(original: Original, looks: Looks, comments: dict[str, str]) -> list[Plain]:
    """The receivers; `comments` gets a line for each that sends nothing, by its name."""
    found = []
    for one in original.each("receivers"):
        name = one.text("name")
        if name is None:
            one.leave_all("a receiver without a name")
            continue
        found.append(_receiver(one, name, looks, comments))
    return found


def _receiver(original: Original, name: str, looks: Looks, comments: dict[str, str]) -> Plain:
    channels = [*original.each("slack_configs")]
    for other in channels[1:]:
        other.leave_all(_SECOND)
    kinds = _left_kinds(original)
    slack = slack_of(channels[0], name, looks) if channels else None
    if slack is None:
        comments[name] = _NO_CHANNEL if channels else _why_nothing(kinds)
        return {"name": name}
    return {"name": name, "slack": slack}


def _left_kinds(original: Original) -> Collection[str]:
    kinds = [key for key in original.unread if key.endswith(_CONFIGS)]
    original.leave_rest(dict.fromkeys(kinds, _OTHER), "no key of a receiver that matters here")
    return kinds


def _why_nothing(kinds: Collection[str]) -> str:
    return f"sends nothing here: {', '.join(kinds)} of Alertmanager" if kinds else _EMPTY
