"""To look in Slack for a call that may have been made: by the delivery id that every call carries in its metadata."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from router.core.model.group import MessageRef
from router.core.model.instant import Instant

EVENT_TYPE: Final = "alert_notification"
_DELIVERY: Final = "delivery"


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: in a channel, or in the thread of `parent`; the call began at `called_at`.

    The channel is an ID, or a name as it is configured.
    """

    channel: str
    delivery_id: str
    called_at: Instant
    parent: MessageRef | None = None


def metadata(delivery_id: str) -> dict[str, Any]:
    """What a call carries: anybody in the workspace can read it."""
    return {"event_type": EVENT_TYPE, "event_payload": {_DELIVERY: delivery_id}}


def is_delivery(message: Mapping[str, Any], delivery_id: str) -> bool:
    """Whether a message of Slack's was left by that call."""
    found = message.get("metadata")
    if not isinstance(found, Mapping) or found.get("event_type") != EVENT_TYPE:
        return False
    payload = found.get("event_payload")
    return isinstance(payload, Mapping) and payload.get(_DELIVERY) == delivery_id
