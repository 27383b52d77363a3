"""Serves the Web API over HTTP, with the planned faults.

A caller that disconnects does not undo its call: a delayed call is still processed, as at Slack. Only a call that
hangs before it is processed is lost when its caller disconnects.
"""

import asyncio
import json

from aiohttp import web

from slack_emulator.api import Seen
from slack_emulator.control import control_routes
from slack_emulator.director import Director
from slack_emulator.faults import Fault, FaultKind
from slack_emulator.spoil import answer_instead, spoilt
from slack_emulator.wire import Answer, Incoming

_MAX_BODY_BYTES = 8 * 1024 * 1024
_POSTING = ("chat.postMessage", "chat.postEphemeral")
_TRICKLE_PIECES = 10


def build_app(director: Director) -> web.Application:
    """The application: `/api/{method}`, `/emulator/...` and `/live`."""
    app = web.Application(client_max_size=_MAX_BODY_BYTES)
    slack = SlackEndpoint(director)
    app.router.add_get("/api/{method}", slack.handle)
    app.router.add_post("/api/{method}", slack.handle)
    app.add_routes(control_routes(director))
    return app


class SlackEndpoint:
    """The handler of all Web API methods."""

    def __init__(self, director: Director) -> None:
        self._director = director
        self._late: set[asyncio.Task[Answer]] = set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Log the call, apply its fault, process it and answer it."""
        seen = self._director.api.see(await _incoming(request))
        fault = self._director.faults.take(self._director.api.sighting(seen))
        if fault is None:
            return self._reply(seen, self._director.api.perform(seen))
        seen.call.fault = fault.kind.value
        answer = await self._meet(seen, fault)
        if answer is None or fault.kind.drops:
            return _cut_off(request)
        if fault.kind is FaultKind.TRICKLE:
            return await self._trickle(request, seen, fault, answer)
        return self._reply(seen, answer)

    async def _meet(self, seen: Seen, fault: Fault) -> Answer | None:
        if fault.kind is FaultKind.LATE:
            return await self._perform_late(seen, fault)
        if fault.kind not in {FaultKind.TRICKLE, FaultKind.STALE}:
            await self._delay(seen, fault)
        if fault.kind is FaultKind.HANG:
            await self._director.gate.wait()
        if fault.kind is FaultKind.DROP:
            return None
        instead = answer_instead(fault, posting=seen.call.method in _POSTING)
        if instead is not None:
            self._hold(seen, fault, instead)
            return instead
        stale_s = fault.latency_s if fault.kind is FaultKind.STALE else 0
        real = self._director.api.perform(seen, stale_s=stale_s)
        if fault.kind is FaultKind.COMMIT_THEN_HANG:
            await self._director.gate.wait()
        return spoilt(fault, real)

    async def _perform_late(self, seen: Seen, fault: Fault) -> Answer:
        """Processed after its time, whether or not its caller has gone meanwhile."""

        async def late() -> Answer:
            await asyncio.sleep(fault.latency_s)
            return self._director.api.perform(seen)

        task = asyncio.create_task(late())
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        return await asyncio.shield(task)

    async def _delay(self, seen: Seen, fault: Fault) -> None:
        try:
            await asyncio.sleep(fault.latency_s)
        except asyncio.CancelledError:
            if fault.kind is FaultKind.LATENCY or fault.kind.commits:
                self._director.api.perform(seen)
            raise

    def _hold(self, seen: Seen, fault: Fault, answer: Answer) -> None:
        caller = self._director.api.caller(seen)
        if caller and answer.status == 429 and "Retry-After" in answer.headers and fault.retry_after_s is not None:
            self._director.limiter.hold(caller, _held(seen, fault), fault.retry_after_s)

    def _reply(self, seen: Seen, answer: Answer) -> web.Response:
        self._record(seen, answer)
        return web.Response(
            status=answer.status,
            body=answer.payload,
            headers=answer.headers,
            content_type=answer.content_type,
            charset="utf-8",
        )

    async def _trickle(self, request: web.Request, seen: Seen, fault: Fault, answer: Answer) -> web.StreamResponse:
        payload = answer.payload
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        response.content_type, response.charset, response.content_length = (
            "application/json",
            "utf-8",
            len(payload),
        )
        await response.prepare(request)
        step = max(1, len(payload) // _TRICKLE_PIECES)
        for start in range(0, len(payload), step):
            await response.write(payload[start : start + step])
            await asyncio.sleep(fault.latency_s / _TRICKLE_PIECES)
        self._record(seen, answer)
        return response

    def _record(self, seen: Seen, answer: Answer) -> None:
        call = seen.call
        call.answered_s = self._director.now_s()
        call.status = answer.status
        call.retry_after = answer.headers.get("Retry-After")
        if not isinstance(answer.body, str):
            call.ok, call.error = bool(answer.body.get("ok")), answer.body.get("error")


def _held(seen: Seen, fault: Fault) -> str:
    """What a 429 holds: only an explicit `ratelimited` holds a whole posting method."""
    by_channel = seen.call.method in _POSTING and fault.error != "ratelimited"
    return "rate_limited" if by_channel else "ratelimited"


async def _incoming(request: web.Request) -> Incoming:
    return Incoming(
        method=request.match_info["method"],
        query=request.rel_url.raw_query_string,
        body=await request.read(),
        content_type=request.headers.get("Content-Type", ""),
        authorization=request.headers.get("Authorization", ""),
    )


def _cut_off(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(body=json.dumps({"ok": False}).encode())
