"""The API's description is what its routes are, and what is committed."""

import json
from collections.abc import Iterator
from typing import Any, Final

from tools.docs.api import COMMITTED, described, openapi_text

FOUND: Final = described()


def _operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in FOUND["paths"].items():
        for method, one in methods.items():
            yield f"{method} {path}", one


def _answers(operation: dict[str, Any]) -> dict[str, Any]:
    """What it answers, with what references name."""
    named = FOUND["components"]["responses"]
    return {
        status: named[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for status, one in operation["responses"].items()
    }


def test_what_is_committed_is_what_the_routes_are() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == openapi_text(), "make docs"


def test_every_operation_has_a_summary_a_permission_and_problems_as_problem_documents() -> None:
    for name, one in _operations():
        assert one["summary"], name
        assert one["x-permission"], name
        refused = {status: answer for status, answer in _answers(one).items() if status >= "400"}
        assert {kind for answer in refused.values() for kind in answer["content"]} == {"application/problem+json"}
        assert {"401", "403", "404", "429", "503"} <= refused.keys(), name


def test_what_may_be_left_out_is_never_null() -> None:
    assert '"null"' not in json.dumps([one.get("parameters", ()) for _, one in _operations()])
    taken = [one["requestBody"] for _, one in _operations() if "requestBody" in one]
    names = {name for name in FOUND["components"]["schemas"] if f'/{name}"' in json.dumps(taken)}
    assert {"SecretValue", "WantedSilence"} <= names
    assert '"null"' not in json.dumps([FOUND["components"]["schemas"][one] for one in names])


def test_every_json_answer_says_which_keys_it_has() -> None:
    for name, one in _operations():
        for status, answer in _answers(one).items():
            schema = answer.get("content", {}).get("application/json", {}).get("schema")
            if status < "300" and schema is not None:
                described = FOUND["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
                assert described["properties"], (name, status)
                assert described.get("additionalProperties") is not False, (name, status)


def test_no_answer_holds_what_is_written_only() -> None:
    assert FOUND["components"]["schemas"]["SecretValue"]["properties"]["value"]["writeOnly"] is True
