"""What a newer description of the API takes back is named; what it adds is not."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tools.api.compare import breaking

API: Final[dict[str, Any]] = {
    "paths": {
        "/a": {
            "post": {
                "parameters": [{"in": "query", "name": "q", "schema": {"type": "string", "enum": ["x", "y"]}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/In"}}}},
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Out"}}}},
                    "404": {},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "In": {
                "type": "object",
                "properties": {
                    "n": {"type": "integer"},
                    "m": {"type": "string"},
                    "o": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                },
            },
            "Out": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string"},
                    "rows": {"type": "array", "items": {"type": "integer"}},
                    "at": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            },
        }
    },
}
Change = Callable[[dict[str, Any], dict[str, Any]], object]
"""What is done to the operation, and to the schemas."""

BREAKING: Final[dict[str, Change]] = {
    "POST /a: query q: removed": lambda one, _: one.update(parameters=[]),
    "POST /a: query q: has become required": lambda one, _: one["parameters"][0].update(required=True),
    "POST /a: query r: required, and was not there": lambda one, _: one["parameters"].append(
        {"in": "query", "name": "r", "required": True}
    ),
    "POST /a: query q: y not taken any more": lambda one, _: one["parameters"][0]["schema"].update(enum=["x"]),
    "POST /a: query q: was string, is integer": lambda one, _: one["parameters"][0]["schema"].update(type="integer"),
    "POST /a: body: has become required": lambda one, _: one["requestBody"].update(required=True),
    "POST /a: body application/json: not taken any more": lambda one, _: one["requestBody"].update(content={}),
    "POST /a: body.n: has become required": lambda _, schemas: schemas["In"].update(required=["n"]),
    "POST /a: body.m: removed": lambda _, schemas: schemas["In"]["properties"].pop("m"),
    "POST /a: answer 200: removed": lambda one, _: one["responses"].pop("200"),
    "POST /a: answer 200.id: not promised any more": lambda _, schemas: schemas["Out"].update(required=[]),
    "POST /a: body.o: null not taken any more": lambda _, schemas: schemas["In"]["properties"].update(
        o={"type": "string"}
    ),
    "POST /a: answer 200.id: may be null now": lambda _, schemas: schemas["Out"]["properties"].update(
        id={"anyOf": [{"type": "string"}, {"type": "null"}]}
    ),
    "POST /a: answer 200.at: removed": lambda _, schemas: schemas["Out"]["properties"].pop("at"),
    "POST /a: answer 200.at: was string, is integer": lambda _, schemas: schemas["Out"]["properties"].update(
        at={"anyOf": [{"type": "integer"}, {"type": "null"}]}
    ),
    "POST /a: answer 200.labels.*: was string, is integer": lambda _, schemas: schemas["Out"]["properties"].update(
        labels={"type": "object", "additionalProperties": {"type": "integer"}}
    ),
    "POST /a: answer 200.rows: removed": lambda _, schemas: schemas["Out"]["properties"].pop("rows"),
    "POST /a: answer 200.rows[]: was integer, is string": lambda _, schemas: schemas["Out"]["properties"][
        "rows"
    ].update(items={"type": "string"}),
}
KEEPING: Final[dict[str, Change]] = {
    "an optional parameter": lambda one, _: one["parameters"].append({"in": "query", "name": "r"}),
    "another value": lambda one, _: one["parameters"][0]["schema"]["enum"].append("z"),
    "an optional key of the body": lambda _, schemas: schemas["In"]["properties"].update(k={"type": "string"}),
    "a key of the answer": lambda _, schemas: schemas["Out"]["properties"].update(k={"type": "string"}),
    "another refusal": lambda one, _: one["responses"].update({"409": {}}),
    "one refusal less": lambda one, _: one["responses"].pop("404"),
}


def changed(change: Change) -> dict[str, Any]:
    newer = copy.deepcopy(API)
    change(newer["paths"]["/a"]["post"], newer["components"]["schemas"])
    return newer


@pytest.mark.parametrize("line", BREAKING)
def test_what_is_taken_back_is_named(line: str) -> None:
    assert breaking(API, changed(BREAKING[line])) == [line]


@pytest.mark.parametrize("what", KEEPING)
def test_what_is_added_breaks_nobody(what: str) -> None:
    assert breaking(API, changed(KEEPING[what])) == []


def test_an_operation_that_is_gone_is_named() -> None:
    assert breaking(API, {"paths": {}}) == ["POST /a: removed"]


def test_the_api_takes_nothing_back_of_what_was_released() -> None:
    """`tools/api/released.json` is the description of the last release; the next one alone replaces it."""
    top = Path(__file__).parents[2]
    released, now = (
        json.loads((top / file).read_text(encoding="utf-8"))
        for file in ("tools/api/released.json", "deploy/schema/control-api.openapi.json")
    )
    assert breaking(released, now) == []
