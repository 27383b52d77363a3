"""What the record and Redis are to learn of each other about a tenant's keys.

Workers make keys in Redis, and have no login of the record. So Redis leads, but for what it has lost, and for what
was destroyed: that is final on either side.
"""

from collections.abc import Mapping

from router.core.seal.envelope import KeyId


def to_record(recorded: Mapping[KeyId, str], live: Mapping[KeyId, str]) -> dict[KeyId, str]:
    """What the record is to have: keys that are new, wrapped again, or destroyed."""
    return {key: text for key, text in live.items() if recorded.get(key) not in {"", text}}


def to_redis(recorded: Mapping[KeyId, str], live: Mapping[KeyId, str]) -> dict[KeyId, str]:
    """What Redis is to have: keys that it has lost, and those that were destroyed."""
    return {key: text for key, text in recorded.items() if key not in live or (not text and live[key])}
