"""Receivers: one for each channel of those that send to Slack, and a name alone for the others."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from router.config.alertmanager.naming import free_name
from router.config.alertmanager.original import Original
from router.config.alertmanager.slack import Looks, slack_of

Plain = dict[str, Any]

_CONFIGS: Final = "_configs"
_OTHER: Final = "here is Slack alone; keep it in the Alertmanager in front"
_NO_CHANNEL: Final = "its channel is not a name or an ID there: name one"
_EMPTY: Final = "this receiver notifies nobody, there and here"


@dataclass(slots=True)
class Receivers:
    """All receivers. `comments` are by name: why one sends nothing; `copies` are those of receivers with several.

    `nowhere` are those that stand for none there.
    """

    entries: list[Plain] = field(default_factory=list)
    comments: dict[str, str] = field(default_factory=dict)
    copies: dict[str, list[str]] = field(default_factory=dict)
    nowhere: frozenset[str] = frozenset()


def add_receivers(found: Receivers, original: Original, looks: Looks) -> None:
    """Add the receivers of the file, one for each channel."""
    receivers = [(one, one.text("name")) for one in original.each("receivers")]
    names = {name for _, name in receivers if name is not None}
    for one, name in receivers:
        if name is None:
            one.leave_all("a receiver without a name")
        else:
            _add(found, one, name, names, looks)


def _add(found: Receivers, original: Original, name: str, taken: set[str], looks: Looks) -> None:
    configs = [*original.each("slack_configs")]
    kinds = _left_kinds(original)
    channels = [slack for one in configs if (slack := slack_of(one, name, looks)) is not None]
    if not channels:
        found.entries.append({"name": name})
        found.comments[name] = _NO_CHANNEL if configs else _why_nothing(kinds)
        return
    names = [name, *_further(name, len(channels) - 1, taken)]
    found.entries += [{"name": one, "slack": slack} for one, slack in zip(names, channels, strict=True)]
    if len(names) > 1:
        found.copies[name] = names


def _further(name: str, count: int, taken: set[str]) -> Iterator[str]:
    """Names for so many channels more; they are taken then."""
    for _ in range(count):
        taken.add(free := free_name(name, taken))
        yield free


def _left_kinds(original: Original) -> Collection[str]:
    kinds = [key for key in original.unread if key.endswith(_CONFIGS)]
    original.leave_rest(dict.fromkeys(kinds, _OTHER), "no key of a receiver that matters here")
    return kinds


def _why_nothing(kinds: Collection[str]) -> str:
    return f"sends nothing here: {', '.join(kinds)} of Alertmanager" if kinds else _EMPTY
