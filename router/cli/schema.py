"""`alert-router schema ...`: JSON Schemas of what people write, for editors."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import typer
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from router.cli.options import AsJson
from router.config.document.appearance import Section
from router.config.document.tenant import TenantDocument
from router.config.parts import PLATFORM, SHARED
from router.control.access.document import AccessDocument
from router.control.isolation.document import IsolationPolicy

_REFERENCE: Final = re.compile(r'"#/\$defs/(\w+)"')
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def tenant(*, as_json: AsJson = False) -> None:  # noqa: ARG001 - it is JSON in any case
    """Print the JSON Schema of a tenant's file (draft 2020-12), with `platform` or without.

    Name it in the first line of the file: # yaml-language-server: $schema=PATH-OR-URL

    Example: alert-router schema tenant > tenant.schema.json
    """
    typer.echo(tenant_schema(), nl=False)


def platform(*, as_json: AsJson = False) -> None:  # noqa: ARG001 - it is JSON in any case
    """Print the JSON Schema of a file with the operator's part alone (draft 2020-12).

    Name it in the first line of the file: # yaml-language-server: $schema=PATH-OR-URL

    Example: alert-router schema platform > platform.schema.json
    """
    typer.echo(platform_schema(), nl=False)


def access(*, as_json: AsJson = False) -> None:  # noqa: ARG001 - it is JSON in any case
    """Print the JSON Schema of the access document (draft 2020-12).

    Name it in the first line of the file: # yaml-language-server: $schema=PATH-OR-URL

    Example: alert-router schema access > access.schema.json
    """
    typer.echo(access_schema(), nl=False)


def isolation(*, as_json: AsJson = False) -> None:  # noqa: ARG001 - it is JSON in any case
    """Print the JSON Schema of the isolation policy (draft 2020-12).

    Name it in the first line of the file: # yaml-language-server: $schema=PATH-OR-URL

    Example: alert-router schema isolation > isolation.schema.json
    """
    typer.echo(isolation_schema(), nl=False)


def tenant_schema() -> str:
    """The schema of a tenant's file, as printed and committed; the operator's part may stand in another file."""
    body = whole_schema()
    return _printed({**body, "required": [key for key in body["required"] if key != PLATFORM]}, "A tenant")


def platform_schema() -> str:
    """The schema of the operator's part, as it is printed and committed."""
    body, keys = whole_schema(), (*SHARED, PLATFORM)
    operators = {
        **body,
        "description": "The operator's part of one tenant's configuration.",
        "properties": {key: body["properties"][key] for key in keys},
        "required": ["tenant", PLATFORM],
    }
    named = _definitions(operators["properties"], body["$defs"])
    kept = {name: value for name, value in body["$defs"].items() if name in named}
    return _printed({**operators, "$defs": kept}, "The operator's part of a tenant")


def access_schema() -> str:
    """The schema of the access document, as it is printed and committed."""
    return _printed(schema_of(AccessDocument), "The access document")


def isolation_schema() -> str:
    """The schema of the isolation policy, as it is printed and committed."""
    return _printed(schema_of(IsolationPolicy), "The isolation policy")


def whole_schema() -> dict[str, Any]:
    """The schema of a file with both parts, where `platform` is required."""
    return schema_of(TenantDocument)


def schema_of(kind: type[Section]) -> dict[str, Any]:
    """The schema of a document, as people write it."""
    return kind.model_json_schema(by_alias=True, schema_generator=_AsWritten)


def _printed(body: dict[str, Any], title: str) -> str:
    titled = {"$schema": _DIALECT, **body, "title": f"{title} of Alert Router"}
    return json.dumps(titled, indent=2, ensure_ascii=False) + "\n"


def _definitions(value: object, definitions: Mapping[str, object]) -> frozenset[str]:
    """The names of the definitions that a schema needs."""
    names = frozenset(_REFERENCE.findall(json.dumps(value)))
    return names.union(*(_definitions(definitions[name], definitions) for name in names))


class _AsWritten(GenerateJsonSchema):
    """The schema of what people write: keys have a value or are left out, never null, and they need no titles."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        written = super().default_schema(schema)
        return {key: _without_null(value) for key, value in written.items() if (key, value) != ("default", None)}

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's union of schemas
        return False


def _without_null(value: Any) -> Any:  # noqa: ANN401 - what JSON holds
    """A default without the keys that are left out where nobody writes them."""
    if not isinstance(value, dict):
        return value
    return {key: _without_null(one) for key, one in value.items() if one is not None}
