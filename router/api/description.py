"""The control API as OpenAPI 3.1, of its routes: what every one takes, answers, and asks a permission for."""

from typing import Any, Final

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from router.api.application import TITLE, VERSION, permission_of, routes_of
from router.api.control import Control
from router.api.once import HEADER

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


_KEY: Final[dict[str, Any]] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A request that comes again with the same key is carried out once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
_OF_STATUS: Final = "#/components/responses/{status}"


def description(control: Control) -> dict[str, Any]:
    """The API as OpenAPI; its errors are problem documents, which FastAPI takes for JSON of its own."""
    every = routes_of(control)
    found = get_openapi(title=TITLE, version=VERSION, routes=every)
    components = found.setdefault("components", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        components.setdefault("schemas", {}).pop(unused, None)
    components["schemas"]["Problem"] = PROBLEM
    components["responses"] = {str(status): _refusal(meaning) for status, meaning in _ANSWERS.items()}
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
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
    operation["responses"] |= {str(status): {"$ref": _OF_STATUS.format(status=status)} for status in _ANSWERS}


def _refusal(meaning: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    headers = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return {"description": meaning, "content": content, "headers": headers}


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
