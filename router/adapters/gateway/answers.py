"""What a gateway answers, as values: what is not of its form counts as no answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from router.core.seal.offered import read_offers
from router.http.problems import Problem
from router.ports.sender import Offer

_PROBLEM: Final = "urn:alert-router:problem:"
_OK: Final = 200
_ACCEPTED: Final = 202
_LONGEST: Final = 500
_LONGEST_WAIT: Final = 3_600


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers by name in any case, and a body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def offer_in(answer: Answer) -> Offer:
    """The keys that were offered.

    Raises:
        Problem: 502 where it is another document.
    """
    if answer.status != _OK:
        raise _no_answer(f"HTTP {answer.status}")
    try:
        newest, *earlier = read_offers(answer.body)
        return Offer(newest, answer.headers.get("ETag", ""), tuple(earlier))
    except ValueError as error:
        raise _no_answer(str(error)) from None


def accepted_in(answer: Answer) -> int:
    """How many alerts were accepted.

    Raises:
        Problem: 502 where it is not what a gateway answers.
    """
    accepted = _object(answer.body).get("accepted")
    if answer.status != _ACCEPTED or type(accepted) is not int:
        raise _no_answer(f"HTTP {answer.status}")
    return accepted


def problem_in(answer: Answer) -> Problem:
    """The problem that a gateway, or what stands before it, answers with."""
    found = _object(answer.body)
    name, detail = str(found.get("type", "")), str(found.get("detail", ""))
    if not name.startswith(_PROBLEM):
        name, detail = "http-error", f"what stands before the gateway answers HTTP {answer.status}"
    return Problem(answer.status, name.removeprefix(_PROBLEM)[:_LONGEST], detail[:_LONGEST], _retry_after_s(answer))


def _object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body; an empty one where it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _no_answer(why: str) -> Problem:
    return Problem(502, "gateway-unreachable", f"what answers is not a gateway: {why}"[:_LONGEST])


def _retry_after_s(answer: Answer) -> int | None:
    text = answer.headers.get("Retry-After", "")
    return min(int(text), _LONGEST_WAIT) if text.isascii() and text.isdigit() and len(text) < 10 else None
