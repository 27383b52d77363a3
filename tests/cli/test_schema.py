"""The JSON Schema that editors use says what the code says."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel
from ruamel.yaml import YAML

from router.cli.schema import tenant_schema
from router.config.document.appearance import Section
from router.config.document.tenant import TenantDocument
from router.core.model.rules.receiver import OnChange
from tests.cli.running import run
from tests.config.samples import EXAMPLE, SMALL, changed

TOP = Path(__file__).parents[2]
COMMITTED = TOP / "deploy/schema/tenant.schema.json"
SAMPLES = sorted((TOP / "packages/alert-router-local/alert_router_local/demo/tenants").glob("*.yaml"))

SCHEMA: Any = json.loads(tenant_schema())


def complaints(text: str) -> list[str]:
    """What an editor would underline."""
    errors = Draft202012Validator(SCHEMA).iter_errors(YAML(typ="safe", pure=True).load(text))
    return [f"{error.json_path} {error.message}" for error in errors]


def sections(kind: type[Section] = Section) -> Iterator[type[Section]]:
    """All parts that a document has."""
    for one in kind.__subclasses__():
        yield one
        yield from sections(one)


def objects() -> list[tuple[str, Any]]:
    """All objects of the schema by the name of their part."""
    inner = [(name, body) for name, body in SCHEMA["$defs"].items() if body["type"] == "object"]
    return [("TenantDocument", SCHEMA), *inner]


async def test_the_committed_schema_is_the_codes() -> None:
    done = await run("schema", "tenant")

    assert (done.code, done.err) == (0, "")
    assert COMMITTED.read_text(encoding="utf-8") == done.out, (
        "run: alert-router schema tenant > deploy/schema/tenant.schema.json"
    )


def test_it_is_a_schema_of_draft_2020_12() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(SCHEMA)


def test_every_part_and_every_key_stands_in_it_as_people_write_it() -> None:
    kinds: list[type[BaseModel]] = [TenantDocument, *sections()]
    written = {
        kind.__name__: {field.alias or name for name, field in kind.model_fields.items()}
        for kind in kinds
        if kind.__name__ != "Inheritable"
    }

    assert {name: set(body["properties"]) for name, body in objects()} == written
    assert "continue" in SCHEMA["$defs"]["Branch"]["properties"]


@pytest.mark.parametrize(("name", "body"), objects())
def test_every_key_is_described_every_part_is_closed_and_nothing_may_be_null(name: str, body: Any) -> None:
    assert body["additionalProperties"] is False
    assert body["description"]
    assert [key for key, value in body["properties"].items() if not value.get("description")] == [], name
    assert "null" not in json.dumps(body).replace("nullable", "")


@pytest.mark.parametrize(("name", "body"), objects())
def test_every_example_and_every_default_is_valid_itself(name: str, body: Any) -> None:
    for key, value in body["properties"].items():
        validator = Draft202012Validator({**value, "$defs": SCHEMA["$defs"]})
        shown = [*value.get("examples", []), *([value["default"]] if "default" in value else [])]
        assert [one for one in shown if not validator.is_valid(one)] == [], f"{name}.{key}"


def test_what_has_a_closed_set_of_values_lists_them() -> None:
    assert SCHEMA["$defs"]["OnChange"]["enum"] == list(OnChange)
    assert SCHEMA["properties"]["version"]["const"] == 1


@pytest.mark.parametrize("text", [EXAMPLE, SMALL, *(path.read_text(encoding="utf-8") for path in SAMPLES)])
def test_a_valid_document_is_valid_in_an_editor(text: str) -> None:
    assert complaints(text) == []


@pytest.mark.parametrize("wait", ["0", "0s", '"0"', "1h30m"])
def test_a_duration_may_be_written_as_the_code_takes_it(wait: str) -> None:
    assert complaints(changed("  receiver: default\n", f"  receiver: default\n  group_wait: {wait}\n")) == []


@pytest.mark.parametrize(
    ("old", "new", "printed"),
    [
        ("version: 1", "version: 2", "$.version"),
        ("tenant: acme", "tenants: acme", "'tenants' was unexpected"),
        ("tenant: acme", "tenant:", "$.tenant"),
        ("tenant: acme", "tenant: 7", "$.tenant"),
        ("- {name: default, slack:", "- {name: default, slak:", "'slak' was unexpected"),
        ('{channel: "#alerts"}}', '{channel: "#alerts", on_change: shout}}', "on_change"),
        ("  receiver: default\n", "  receiver: default\n  group_wait: 30\n", "$.route.group_wait"),
        ("  receiver: default\n", "  receiver: default\n  matchers: []\n", "'matchers' was unexpected"),
        ("receiver: oncall}", "receiver: oncall, continue: maybe}", "continue"),
    ],
)
def test_an_editor_underlines_what_the_code_refuses(old: str, new: str, printed: str) -> None:
    found = complaints(changed(old, new))

    assert len([line for line in found if printed in line]) >= 1, found


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_the_sample_files_name_the_schema_where_editors_look_for_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    before, sign, where = first.partition("$schema=")

    assert (before, sign) == ("# yaml-language-server: ", "$schema=")
    assert (path.parent / where).resolve() == COMMITTED
