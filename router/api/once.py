"""`Idempotency-Key`: a POST that comes twice is carried out once, and its first answer is given again.

Keys are of whoever sends them: those of others are never met. What an answer shows once, a token or a key, is not
kept: `Cache-Control: no-store` marks such answers, of which the id alone is.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute

from router.api.bodies import ARRIVES_S
from router.control.access.principal import Identity
from router.core.model.alert import TenantId
from router.errors import UnavailableError
from router.http.problems import Problem
from router.ports.idempotency import Answer, Answers, Carried, Claim

HEADER: Final = "Idempotency-Key"
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")
_COME_AGAIN_S: Final = 1
_ERROR: Final = 400
_HEADERS: Final = ("ETag", "Location")


class Once(APIRoute):
    """A route whose answers are kept for requests with a key."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, which keeps what it answers."""
        handler = super().get_route_handler()

        async def keeping(request: Request) -> Response:
            try:
                answer = await handler(request)
            except AnswerAgain as again:
                return _again(again.answer)
            claim: Claim | None = getattr(request.state, "claim", None)
            if claim is not None and answer.status_code < _ERROR:
                await _keep(request.app.state.guard.answers, claim, answer)
            return answer

        return keeping


class AnswerAgain(Exception):  # noqa: N818 - it ends a request, not in error
    """The request was carried out, and this was the answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


async def claim_of(request: Request, sender: Identity, tenant: TenantId | None) -> Claim | None:
    """What a POST says that it is the same as; None for a request without a key.

    Raises:
        Problem: 400 for a key that is not one, 408 for a body that does not arrive.
    """
    if request.method != "POST" or HEADER not in request.headers:
        return None
    [key, *more] = request.headers.getlist(HEADER)
    if more or not _KEY.fullmatch(key):
        raise Problem(
            400, "invalid-request", f"{HEADER} is one text of 1 to 200 printable ASCII characters, no space"
        )
    try:
        async with asyncio.timeout(ARRIVES_S):
            body = await request.body()
    except TimeoutError:
        raise Problem(408, "body-too-slow", f"a body may take {ARRIVES_S:g} s to arrive; send it again") from None
    conditions = [request.headers.get(name, "") for name in ("if-match", "if-none-match")]
    query = sorted(request.query_params.multi_items())
    asked = _digest(request.url.path, json.dumps(query), *conditions, _canonical(body))
    return Claim(tenant, _digest(sender.issuer, sender.subject, key), asked)


async def look(answers: Answers, claim: Claim) -> None:
    """Whether a request is to be carried out: it is, where this returns.

    Raises:
        AnswerAgain: it was carried out.
        Problem: 422 where another request had the key, 409 where no answer can be given again.
    """
    found = await answers.find(claim)
    if found is None:
        return
    if found.digest != claim.digest:
        raise Problem(422, "key-of-another-request", f"another request had this {HEADER}; choose a new one")
    raise AnswerAgain(_answered(found))


def in_flight() -> Problem:
    """The answer while the first such request is on its way."""
    return Problem(409, "request-in-flight", "the same request is being carried out; send it again", _COME_AGAIN_S)


async def _keep(answers: Answers, claim: Claim, answer: Response) -> None:
    """Keep an answer; where that is not possible it is given nevertheless, since the change is made."""
    with suppress(UnavailableError):
        await answers.keep(claim, _kept(answer))


def _answered(found: Carried) -> Answer:
    if found.answer is not None:
        return found.answer
    if not found.is_old:
        raise in_flight()
    raise Problem(409, "answer-lost", "its answer was lost, and it may have been carried out: look what is there now")


def _kept(answer: Response) -> Answer:
    held = json.loads(bytes(answer.body))
    if answer.headers.get("cache-control") == "no-store":
        return Answer(answer.status_code, json.dumps({"shown_once": held["id"]}).encode())
    headers = {name: answer.headers[name] for name in _HEADERS if name in answer.headers}
    return Answer(answer.status_code, json.dumps({"body": held, "headers": headers}).encode())


def _again(answer: Answer) -> Response:
    held = json.loads(answer.content)
    if "shown_once" in held:
        made = held["shown_once"]
        raise Problem(409, "shown-once", f"{made} was made, and was shown once; revoke it if you lost it")
    text = json.dumps(held["body"], ensure_ascii=False, separators=(",", ":"))
    return Response(text, answer.status, held["headers"], media_type="application/json")


def _canonical(body: bytes) -> str:
    """JSON with sorted keys; what is none, as it is."""
    try:
        return json.dumps(json.loads(body), sort_keys=True)
    except (ValueError, RecursionError):
        return hashlib.sha256(body).hexdigest()


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode("utf-8", "backslashreplace")).hexdigest()
