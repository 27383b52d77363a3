"""What somebody asks about: labels of an alert, its fingerprint, an alert group, or a message in Slack."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urlsplit

from router.control.labels import read_label
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.key import GroupId, is_digest
from router.errors import ConfigurationError

_GROUP: Final = re.compile(r"[0-9a-f]{32}(?:-digest)?")
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{16}")
_MESSAGE: Final = re.compile(r"/archives/(?P<channel>[A-Z0-9]+)/p(?P<s>[0-9]{10})(?P<us>[0-9]{6})")


@dataclass(frozen=True, slots=True)
class Asked:
    """All that is given must fit: every label, and the group, the message or the fingerprint that is named.

    Of a digest the alerts of all groups that it shows fit.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    group: str = ""
    message: MessageRef | None = None
    digest: str = ""

    def fits_group(self, group: AlertGroup) -> bool:
        """Whether it may be about alerts of this group."""
        if self.group and group.key.group_id != self.group:
            return False
        if self.digest:
            return group.shown_by == self.digest
        return self.message is None or group.posted == self.message

    def fits(self, alert_id: AlertId, alert: AlertState) -> bool:
        """Whether it is about this alert of such a group; by labels only where those of the alert are kept."""
        if not self._may_be(alert_id):
            return False
        if alert.content is None:
            return not self.labels
        return all(alert.content.labels.get(name, "") == value for name, value in self.labels.items())

    def may_fit(self, group: AlertGroup, alert_id: AlertId, alert: AlertState) -> bool:
        """Whether nobody knows: it is about labels, and those of this alert of such a group are not kept."""
        if alert.content is not None or not self.labels or not self._may_be(alert_id):
            return False
        return all(self.labels.get(name, value) == value for name, value in group.key.group)

    def _may_be(self, alert_id: AlertId) -> bool:
        return not self.fingerprint or alert_id.startswith(f"{self.fingerprint}-")


def read_asked(words: Sequence[str]) -> Asked:
    """What is asked, from the arguments of a command.

    Raises:
        ConfigurationError: one of them is nothing of this, or there is none.
    """
    labels, named = dict[str, str](), dict[str, str]()
    message = None
    for word in words:
        if word.startswith(("https://", "http://")):
            message = _message(word)
        elif _GROUP.fullmatch(word):
            named["digest" if is_digest(GroupId(word)) else "group"] = word
        elif _FINGERPRINT.fullmatch(word):
            named["fingerprint"] = word
        else:
            labels |= [_label(word)]
    if not words:
        raise ConfigurationError("name what to explain: LABEL=VALUE, a group, a fingerprint or the link of a message")
    return Asked(labels, message=message, **named)


def _label(word: str) -> tuple[str, str]:
    if "=" not in word.strip("="):
        raise ConfigurationError(
            f"{word!r} is neither LABEL=VALUE, nor a group, a fingerprint or the link of a message"
        )
    return read_label(word)


def _message(link: str) -> MessageRef:
    """The message that a link of Slack leads to; of a reply in a thread the message above it."""
    parts = urlsplit(link)
    found = _MESSAGE.fullmatch(parts.path)
    if found is None:
        raise ConfigurationError(f"{link!r} is not the link of a message; in Slack: More actions, Copy link")
    thread = parse_qs(parts.query).get("thread_ts", [""])[0]
    return MessageRef(found["channel"], thread or f"{found['s']}.{found['us']}")
