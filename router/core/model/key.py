"""What an alert group is known by."""

import hashlib
from dataclasses import dataclass
from typing import NewType

from router.core.model.tenant import ReceiverName, RoutePath

GroupId = NewType("GroupId", str)
"""128 bits, as hex, over receiver, path and group; unique within a tenant."""


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What identifies an alert group: its receiver, its route, its group labels."""

    receiver: ReceiverName
    path: RoutePath
    group: tuple[tuple[str, str], ...]

    @property
    def group_id(self) -> GroupId:
        """A digest of the parts, each with its length in front, so that no two keys read the same."""
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
        return GroupId(digest.hexdigest()[:32])
