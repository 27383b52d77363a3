"""What an alert group is known by."""

import hashlib
from dataclasses import dataclass, field
from typing import Final, NewType

from router.core.model.rules.names import ReceiverName
from router.core.model.rules.route import RoutePath

GroupId = NewType("GroupId", str)
"""128 bits, as hex, over receiver, path and group; unique within a tenant. That of a digest ends in `-digest`."""

DIGEST_PATH: Final[RoutePath] = ("digest",)
"""In place of a route, of which no one reads like this."""
_OF_A_DIGEST: Final = "-digest"


def is_digest(group: GroupId) -> bool:
    """Whether it is the id of a digest."""
    return group.endswith(_OF_A_DIGEST)


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What identifies an alert group: its receiver, its route, its group labels."""

    receiver: ReceiverName
    path: RoutePath
    group: tuple[tuple[str, str], ...]
    _known: GroupId = field(default=GroupId(""), init=False, repr=False, compare=False)
    """The digest, once somebody has asked for it, which happens a dozen times a notification."""

    @property
    def group_id(self) -> GroupId:
        """A digest of the parts, each with its length in front, so that no two keys read the same."""
        if not self._known:
            object.__setattr__(self, "_known", self._digest())
        return self._known

    def _digest(self) -> GroupId:
        flat = [
            self.receiver,
            str(len(self.path)),
            *self.path,
            *(part for pair in self.group for part in pair),
        ]
        digest = hashlib.sha256()
        for part in flat:
            encoded = part.encode()
            digest.update(len(encoded).to_bytes(4) + encoded)
        return GroupId(digest.hexdigest()[:32] + (_OF_A_DIGEST if self.path == DIGEST_PATH else ""))


def digest_key(receiver: ReceiverName, channel: str) -> GroupKey:
    """What the digest of a receiver is known by: a receiver that gets another channel gets another digest."""
    return GroupKey(receiver, DIGEST_PATH, (("channel", channel),))


def digest_channel(key: GroupKey) -> str:
    """The channel that the key of a digest names."""
    return dict(key.group)["channel"]
