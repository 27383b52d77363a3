"""Reads the arguments of a Web API request from its bytes, and writes its answer.

Slack accepts a JSON object, a form or a query string; the token comes in the Authorization header, a form or a query,
never in JSON. In forms, structured values are JSON strings; in JSON they must not be. Multipart bodies are refused,
since no emulated method accepts a file.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from slack_emulator.refusal import RefusalError

_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_TRUE = (True, 1, "1", "true", "True")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it arrived."""

    method: str
    query: str = ""
    body: bytes = b""
    content_type: str = ""
    authorization: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: a JSON object, or a text with its own content type."""

    status: int = 200
    body: Mapping[str, Any] | str = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    @property
    def payload(self) -> bytes:
        """The bytes of the body."""
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call; null counts as absent, `encoded` names those that came as text."""

    values: Mapping[str, Any] = field(default_factory=dict)
    encoded: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()
    token: str | None = None

    def has(self, name: str) -> bool:
        """Whether the argument was given."""
        return self.values.get(name) is not None

    def text(self, name: str) -> str | None:
        """A string argument; another type is refused."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, str):
            raise RefusalError("invalid_arguments", [f"must provide a string [json-pointer:/{name}]"])
        return value

    def required(self, name: str) -> str:
        """A string argument that is known to be present."""
        return self.text(name) or ""

    def flag(self, name: str) -> bool:
        """A boolean argument in any spelling that forms use; false if absent."""
        return self.values.get(name) in _TRUE

    def integer(self, name: str, default: int, refusal: str) -> int:
        """A whole number, as a number or as text."""
        value = self.values.get(name, default)
        try:
            return int(str(value))
        except ValueError:
            raise RefusalError(refusal) from None

    def structure(self, name: str, refusal: str) -> object:
        """A structured argument: a JSON string in a form, itself in JSON."""
        value = self.values.get(name)
        if name not in self.encoded or value is None:
            return value
        try:
            return json.loads(str(value))
        except (ValueError, RecursionError):
            raise RefusalError(refusal) from None


def read_arguments(incoming: Incoming) -> Arguments:
    """Return the arguments of a request, or refuse a body that cannot be read."""
    query = dict(parse_qsl(incoming.query, keep_blank_values=True))
    mime, charset = _content_type(incoming.content_type)
    if not incoming.body:
        return _arguments(incoming, query)
    match mime:
        case "application/json":
            warnings = () if charset else ("missing_charset",)
            return _arguments(incoming, query, json_body=_json_object(incoming.body), warnings=warnings)
        case "application/x-www-form-urlencoded":
            warnings = ("superfluous_charset",) if charset else ()
            return _arguments(incoming, query | _form(incoming.body), warnings=warnings)
        case "" | "application/octet-stream":
            raise RefusalError("missing_post_type")
        case _:
            raise RefusalError("invalid_post_type")


def bearer(incoming: Incoming) -> str | None:
    """The token of the Authorization header."""
    scheme, _, token = incoming.authorization.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _content_type(header: str) -> tuple[str, str | None]:
    charset = _CHARSET.search(header)
    if charset and charset[1].lower() not in ("utf-8", "utf8"):
        raise RefusalError("invalid_charset")
    return header.partition(";")[0].strip().lower(), charset and charset[1]


def _arguments(
    incoming: Incoming,
    fields: Mapping[str, str],
    json_body: Mapping[str, Any] | None = None,
    warnings: tuple[str, ...] = (),
) -> Arguments:
    body = {name: value for name, value in (json_body or {}).items() if name != "token"}
    values = {name: value for name, value in fields.items() if name != "token"}
    return Arguments(
        values={**values, **body},
        encoded=frozenset(values) - frozenset(body),
        warnings=warnings,
        token=bearer(incoming) or fields.get("token") or None,
    )


def _json_object(body: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise RefusalError("invalid_charset") from None
    except (ValueError, RecursionError):
        raise RefusalError("invalid_json") from None
    if not isinstance(value, dict):
        raise RefusalError("json_not_object")
    return value


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict"))
    except ValueError:
        raise RefusalError("invalid_form_data") from None
