"""What operators ask of every process: does it live, does it take work, and its metrics."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from itertools import islice
from typing import Annotated, Final

from fastapi import APIRouter, FastAPI, Header, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from router.errors import UnavailableError
from router.http.answers import Counted, ReadToItsEnd
from router.http.problems import Problem, on_problem
from router.observe.metrics import Metrics
from router.observe.page import Pages
from router.observe.problems import TenantProblem, TenantProblems

_TIMEOUT_S: Final = 2.0
_LOOK_S: Final = 1.0
MAX_NAMED: Final = 100
"""Tenants whose records are held, or whose data is lost, that `/ready` names; the others are counted."""

TROUBLES: Final = (
    TenantProblem.CONFIGURATION_UNTRUSTED,
    TenantProblem.SECRET_NOT_FOUND,
    TenantProblem.TOKEN_DEAD,
    TenantProblem.CHANNEL_DEAD,
    TenantProblem.WORKSPACE_SLOW,
    TenantProblem.STARVED,
    TenantProblem.TURNS_FAIL,
)
"""One tenant's trouble, which leaves the process ready."""

Check = Callable[[], Awaitable[bool]]
Note = Callable[[], Mapping[str, object]]


def operations(checks: Mapping[str, Check], metrics: Metrics, note: Note = dict) -> APIRouter:
    """`/live`, `/ready` with each check, each held or lost tenant by name and what is of `note`, and `/metrics`."""
    router, pages = APIRouter(), Pages(metrics)

    @router.get("/live")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @router.get("/ready", response_model=None)
    async def ready() -> JSONResponse:
        results = await _results(checks)
        passed = all(results.values())
        held = _named("held", metrics.problems.lasting(TenantProblem.RECORDS_HELD))
        lost = _named("lost", metrics.problems.lasting(TenantProblem.DATA_LOST))
        fields = {"ready": passed, "checks": results, **note(), **held, **lost, **_troubled(metrics.problems)}
        return JSONResponse(fields, 200 if passed else 503)

    @router.get("/metrics")
    async def scrape(accept: Annotated[str, Header()] = "") -> Response:
        metrics.process.ready.set(all((await _results(checks)).values()))
        metrics.problems.forget_old()
        await asyncio.gather(*map(_look, metrics.looks))
        page = pages.page(accept)
        return Response(page.content, headers={"Content-Type": page.media_type})

    return router


async def _look(look: Callable[[], Awaitable[None]]) -> None:
    """Bring up to date what an engine is asked for; without its answer that is left out, and all else is there."""
    with suppress(UnavailableError, TimeoutError):
        async with asyncio.timeout(_LOOK_S):
            await look()


def _named(what: str, tenants: Mapping[str, str]) -> dict[str, object]:
    """Tenants for which work waits, each with the reason; the process is ready all the same."""
    named = dict(islice(tenants.items(), MAX_NAMED))
    more = {f"{what}_besides": len(tenants) - len(named)} if len(tenants) > len(named) else {}
    return {what: named, **more} if named else {}


def _troubled(problems: TenantProblems) -> dict[str, object]:
    """Tenants of whom nothing is shown, by the reason; as many of each as are named."""
    found = {one: list(problems.lasting(one)) for one in TROUBLES}
    named = {one: tenants[:MAX_NAMED] for one, tenants in found.items() if tenants}
    more = {one: len(tenants) - MAX_NAMED for one, tenants in found.items() if len(tenants) > MAX_NAMED}
    return ({"troubled": named} if named else {}) | ({"troubled_besides": more} if more else {})


async def _results(checks: Mapping[str, Check]) -> dict[str, bool]:
    """Each check by name; they are made at once, so that one engine that hangs costs its own time only."""
    asked = dict(checks)  # once all is there, others take their place
    passed = await asyncio.gather(*(_passes(check) for check in asked.values()))
    return dict(zip(asked, passed, strict=True))


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            return await check()
    except (UnavailableError, TimeoutError):
        return False


def http_app(*routers: APIRouter, answered: Callable[[int], None] | None = None) -> ASGIApp:
    """An application of these routes and no others, all errors as problem documents; `answered` gets each status."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for router in routers:
        app.include_router(router)
    for error in (Problem, HTTPException, Exception):
        app.add_exception_handler(error, on_problem)
    return ReadToItsEnd(Counted(app, answered) if answered is not None else app)
