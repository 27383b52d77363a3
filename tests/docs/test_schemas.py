"""The JSON Schemas of the interfaces say what the code says, and hold for what senders really send."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator
from starlette.exceptions import HTTPException

from router.core.model.event import REPLY_REFUSED, EventKind
from router.core.model.ledger import Suppressed
from router.core.model.operation import Op, Reason
from router.core.parse.bounds import MAX_ALERTS
from router.http.problems import on_problem
from tests.docs.test_interfaces import _PROBLEM, _REASON, HTTP, found
from tests.schemas import FOLDER, assert_valid, schema

DATA: Final = Path(__file__).parents[1] / "data"
NAMES: Final = ("alerts", "accepted", "problem", "event", "dead-letter", "sender-key")
EXAMPLES: Final = re.findall(r"```json\n(.*?)```", HTTP, re.DOTALL)


def valid(name: str, document: object) -> bool:
    return Draft202012Validator(schema(name)).is_valid(document)


def bodies() -> list[Any]:
    """What real senders sent, and what users reported."""
    older = (DATA / "alertmanager-0.25.jsonl").read_text(encoding="utf-8").splitlines()
    newer = (DATA / "alertmanager-0.35.jsonl").read_text(encoding="utf-8").splitlines()
    single = [path.read_text(encoding="utf-8") for path in sorted((DATA / "field-cases").glob("*.json"))]
    lines = [path.read_text(encoding="utf-8").splitlines() for path in sorted((DATA / "field-cases").glob("*.jsonl"))]
    texts = [json.loads(line)["body"] for line in older] + newer + single + [one for some in lines for one in some]
    return [json.loads(text) for text in texts if "ruleName" not in text]


def test_all_of_them_are_published_and_named_on_the_page() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {
        "control-api.openapi.json",
        *(f"{name}.schema.json" for name in (*NAMES, "tenant", "platform", "access", "isolation")),
    }
    assert [name for name in NAMES if f"(../deploy/schema/{name}.schema.json)" not in HTTP] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_schema_of_draft_2020_12(name: str) -> None:
    assert schema(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema(name))


def test_the_examples_of_the_page_are_valid() -> None:
    body, problem, key, event = (json.loads(text) for text in EXAMPLES)

    assert valid("alerts", body)
    assert_valid("problem", problem)
    assert_valid("sender-key", key)
    assert_valid("event", event)


def test_the_bodies_of_real_senders_are_valid() -> None:
    assert len(bodies()) > 60
    assert [body for body in bodies() if not valid("alerts", body)] == []


@pytest.mark.parametrize("body", [{}, [], "x", {"alerts": {}}, {"alerts": [{"status": "firing"}]}, [1]])
def test_what_is_no_body_is_not_valid(body: object) -> None:
    assert valid("alerts", body) is (body == [])


def test_a_body_may_hold_as_many_alerts_as_the_code_takes() -> None:
    known = schema("alerts")

    assert known["anyOf"][1]["maxItems"] == MAX_ALERTS
    assert known["$defs"]["webhook"]["properties"]["alerts"]["maxItems"] == MAX_ALERTS


def test_it_names_every_problem() -> None:
    names = found(_PROBLEM) | {one.replace("_", "-") for one in found(_REASON, "core/parse")}

    assert schema("problem")["properties"]["type"]["enum"] != []
    assert {one.rpartition(":")[2] for one in schema("problem")["properties"]["type"]["enum"]} == names


@pytest.mark.parametrize("error", [HTTPException(404, "Not Found"), RuntimeError("x")])
async def test_what_nobody_foresaw_is_a_problem_too(error: Exception) -> None:
    answer = await on_problem(None, error)  # type: ignore[arg-type]  # the request is not looked at

    assert_valid("problem", json.loads(bytes(answer.body)))


def test_it_names_every_reason_of_a_dead_letter() -> None:
    by_value = {"unknown_tenant", "configuration_unreadable", "undecipherable"}

    reasons = found(_REASON, "roles/ingest") | found(_REASON, "core/parse") | by_value
    assert set(schema("dead-letter")["properties"]["reason"]["enum"]) == reasons


def test_it_names_all_that_events_hold() -> None:
    known = schema("event")
    kinds = {one["if"]["properties"]["event"].get("const"): one["then"] for one in known["allOf"]}
    sent, suppressed = kinds[EventKind.SENT]["properties"], kinds[EventKind.SUPPRESSED]["properties"]

    assert set(known["properties"]["event"]["enum"]) == set(EventKind)
    assert set(sent["reason"]["enum"]) == set(Reason)
    assert set(sent["outcome"]["enum"]) == set(Op)
    assert set(suppressed["reason"]["enum"]) == {*Suppressed, REPLY_REFUSED}
