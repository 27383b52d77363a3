"""Dead letters for programs. Times are RFC 3339."""

from typing import Any

from router.control.letters.letter import DeadLetter
from router.control.letters.reading import NotShown, ReadableLetter
from router.control.letters.redrive import Redriven
from router.core.model.instant import NEVER, Instant, to_rfc3339


def letter_json(letter: DeadLetter, redriven_at: Instant) -> dict[str, Any]:
    """A letter as it is listed."""
    origin = letter.origin
    return {
        "id": letter.id,
        "tenant": letter.tenant,
        "reason": letter.reason,
        "stage": letter.stage,
        "origin": {"topic": origin.topic, "partition": origin.partition, "offset": origin.offset},
        "observed_at": _at(letter.observed_at),
        "dead_lettered_at": _at(letter.appended_at),
        "redriven_at": _at(redriven_at),
    }


def shown_json(shown: ReadableLetter, redriven_at: Instant) -> dict[str, Any]:
    """All of a letter that may be read."""
    hidden = isinstance(shown.body, NotShown)
    return {
        **letter_json(shown.letter, redriven_at),
        "error": shown.error,
        "key": shown.key,
        "headers": [{"name": name, "value": value} for name, value in shown.headers],
        "whole": shown.letter.is_whole,
        "bytes": shown.size,
        "body": None if hidden else shown.body,
        "body_hidden": shown.body if hidden else None,
    }


def redriven_json(one: Redriven) -> dict[str, Any]:
    """What became of a letter that was to be redriven."""
    return {"id": one.id, "outcome": one.outcome, "detail": one.detail}


def _at(instant: Instant) -> str | None:
    return to_rfc3339(instant) if instant != NEVER else None
