"""The application of the control API: its routes, and its description (OpenAPI 3.1)."""

from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from router.api import auditing, configuration, credentials, differences, groups, keys, proposals, silences, tenants
from router.api.bounded import BodyTooLarge, Bounded, on_too_large
from router.api.control import Control
from router.api.guard import Guard, Needs
from router.api.once import HEADER
from router.api.problems import on_error, on_invalid_request
from router.errors import RouterError
from router.http.answers import ReadToItsEnd
from router.http.problems import Problem, on_problem

_TITLE: Final = "Alert Router control API"
_VERSION: Final = "1"
_PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
_ANSWERS: Final = {
    400: "the request is not of the form of the API",
    401: "nobody that is known",
    403: "not allowed",
    404: "not there, or not for the caller to know of",
    409: "not possible as things stand",
    412: "changed meanwhile",
    413: "the body is too large",
    415: "another kind of body",
    422: "the document is not valid",
    428: "the request must name the version that it was made of",
    429: "too many requests",
    503: "an engine does not answer",
}


def control_app(control: Control, guard: Guard) -> FastAPI:
    """The application."""
    app = FastAPI(
        title=_TITLE,
        version=_VERSION,
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


def served(app: FastAPI) -> ASGIApp:
    """The application behind what bounds bodies, and reads refused ones to their end."""
    return ReadToItsEnd(Bounded(app))


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
        silences.routes(control),
        groups.routes(control),
        auditing.routes(control),
    ]


def routes_of(control: Control) -> list[APIRoute]:
    """The routes of the API."""
    return [one for router in _routers(control) for one in router.routes if isinstance(one, APIRoute)]


def permission_of(route: APIRoute) -> list[Needs]:
    """What a route asks for: one permission, or its test fails."""
    return [one.call for one in route.dependant.dependencies if isinstance(one.call, Needs)]


def description(control: Control) -> dict[str, Any]:
    """The API as OpenAPI; all errors as the problem documents that they are."""
    every = routes_of(control)
    found = get_openapi(title=_TITLE, version=_VERSION, routes=every)
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM
    found["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"bearer": []}]
    routes = {(route.path, method.lower()): route for route in every for method in route.methods or ()}
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            _describe(operation, routes[path, method])
    return found


def _describe(operation: dict[str, Any], route: APIRoute) -> None:
    [wanted] = permission_of(route)
    operation["x-permission"] = str(wanted.permission)
    if "POST" in (route.methods or ()):
        operation.setdefault("parameters", []).append(_KEY)
    for status, meaning in _ANSWERS.items():
        content = {"application/problem+json": {"schema": _PROBLEM}}
        operation["responses"][str(status)] = {"description": meaning, "content": content}


_KEY: Final[dict[str, Any]] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A request that comes again with the same key is carried out once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}

PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message"],
                "properties": {
                    "file": {"type": "string"},
                    "line": {"type": "integer"},
                    "column": {"type": "integer"},
                    "message": {"type": "string"},
                    "remedy": {"type": "string"},
                },
            },
        },
    },
}
"""A problem document (RFC 9457)."""
