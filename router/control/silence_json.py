"""A silence for programs."""

from typing import Any

from router.control.silences import ListedSilence
from router.core.model.instant import NEVER, Instant, to_rfc3339
from router.core.model.rules.silence import Silence


def silence_json(silence: Silence) -> dict[str, Any]:
    """A silence; of its sets of matchers one suffices. Times are RFC 3339."""
    return {
        "id": silence.silence_id,
        "matcher_sets": [[str(one) for one in matchers] for matchers in silence.matcher_sets],
        "starts_at": _at(silence.starts_at),
        "ends_at": _at(silence.ends_at),
        "author": silence.author,
        "comment": silence.comment,
    }


def listed_json(one: ListedSilence) -> dict[str, Any]:
    """A silence, and how it stands."""
    return {**silence_json(one.silence), "state": one.state}


def _at(instant: Instant) -> str | None:
    return to_rfc3339(instant) if instant != NEVER else None
