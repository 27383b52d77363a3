"""Decides whether Slack would keep a message's metadata.

Neither the size limit nor how the pattern is enforced is published. The strict readings are 8 kB, and to refuse an
invalid `event_type` (Slack has been seen to drop it silently).
"""

import json
import re
from typing import Any

from slack_emulator.refusal import RefusalError

MAX_BYTES = 8_000

_EVENT_TYPE = re.compile(r"[a-z][a-z0-9_]*")


def check_metadata(value: object) -> dict[str, Any]:
    """Return the metadata, or refuse it."""
    if not isinstance(value, dict) or set(value) != {"event_type", "event_payload"}:
        raise RefusalError("invalid_metadata_format")
    event_type, payload = value["event_type"], value["event_payload"]
    if not isinstance(event_type, str) or not _EVENT_TYPE.fullmatch(event_type) or not isinstance(payload, dict):
        raise RefusalError("invalid_metadata_format")
    if len(json.dumps(value, ensure_ascii=False).encode()) > MAX_BYTES:
        raise RefusalError("metadata_too_large")
    if not all(_plain(one) or _flat(one) or _flat_list(one) for one in payload.values()):
        raise RefusalError("invalid_metadata_schema")
    return value


def without_payload(metadata: dict[str, Any]) -> dict[str, Any]:
    """The metadata as Slack returns it unless all of it was asked for."""
    return {"event_type": metadata["event_type"], "event_payload": {}}


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool)


def _flat(value: object) -> bool:
    return isinstance(value, dict) and all(map(_plain, value.values()))


def _flat_list(value: object) -> bool:
    return isinstance(value, list) and all(map(_flat, value))
