"""The application of the control API: its routes, and what they answer where something is wrong."""

from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from router.api import (
    access,
    access_proposals,
    auditing,
    configuration,
    credentials,
    differences,
    explaining,
    groups,
    isolation,
    keys,
    letters,
    proposals,
    silences,
    subjects,
    tenants,
    usage,
)
from router.api.bounded import BodyTooLarge, Bounded, on_too_large
from router.api.control import Control
from router.api.described import Described, Report
from router.api.guard import Guard, Needs
from router.api.problems import on_error, on_invalid_request
from router.errors import RouterError
from router.http.answers import ReadToItsEnd
from router.http.problems import Problem, on_problem

TITLE: Final = "Alert Router control API"
VERSION: Final = "1"


def control_app(control: Control, guard: Guard) -> FastAPI:
    """The application."""
    app = FastAPI(
        title=TITLE,
        version=VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.guard = guard
    for one in _routers(control):
        app.include_router(one)
    for error in (Problem, HTTPException, Exception):
        app.add_exception_handler(error, on_problem)
    app.add_exception_handler(BodyTooLarge, on_too_large)
    app.add_exception_handler(RouterError, on_error)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
    return app


def served(app: FastAPI, report: Report) -> ASGIApp:
    """The application behind what bounds bodies, and reads refused ones to their end.

    `report` is handed what no model of an answer describes.
    """
    return ReadToItsEnd(Bounded(Described(app, report)))


def _routers(control: Control) -> list[APIRouter]:
    return [
        tenants.routes(control),
        configuration.reading(control),
        configuration.changing(control),
        differences.routes(control),
        credentials.tokens(control),
        credentials.secrets(control),
        keys.routes(control),
        proposals.routes(control),
        access.reading(control),
        access.changing(control),
        access_proposals.routes(control),
        silences.routes(control),
        groups.routes(control),
        letters.routes(control),
        subjects.finding(control),
        subjects.erasures(control),
        subjects.erasing(control),
        explaining.routes(control),
        usage.routes(control),
        isolation.routes(control),
        auditing.routes(control),
    ]


def routes_of(control: Control) -> list[APIRoute]:
    """The routes of the API."""
    return [one for router in _routers(control) for one in router.routes if isinstance(one, APIRoute)]


def permission_of(route: APIRoute) -> list[Needs]:
    """What a route asks for: one permission, or its test fails."""
    return [one.call for one in route.dependant.dependencies if isinstance(one.call, Needs)]
