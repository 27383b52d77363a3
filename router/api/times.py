"""Times as the API writes them."""

from router.core.model.instant import NEVER, Instant, to_datetime


def time_json(at: Instant) -> str | None:
    """RFC 3339 in UTC; None for never."""
    return None if at == NEVER else to_datetime(at).isoformat().replace("+00:00", "Z")
