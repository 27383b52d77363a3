"""The JSON Schema that editors use says what the code says."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from router.cli.schema import access_schema, isolation_schema, platform_schema, tenant_schema
from router.config.document.appearance import Section
from router.config.joined import platform_text, rules_text
from router.core.model.rules.receiver import OnChange
from tests.cli.running import run
from tests.config.samples import EXAMPLE, SMALL, changed

TOP = Path(__file__).parents[2]
COMMITTED = TOP / "deploy/schema/tenant.schema.json"
SAMPLES = sorted((TOP / "packages/alert-router-local/alert_router_local/demo/tenants").glob("*.yaml"))

SCHEMA: Any = json.loads(tenant_schema())
OPERATORS: Any = json.loads(platform_schema())
ACCESS: Any = json.loads(access_schema())
ISOLATION: Any = json.loads(isolation_schema())


def complaints(text: str, schema: Any = SCHEMA) -> list[str]:
    """What an editor would underline."""
    errors = Draft202012Validator(schema).iter_errors(YAML(typ="safe", pure=True).load(text))
    return [f"{error.json_path} {error.message}" for error in errors]


def sections(kind: type[Section] = Section) -> Iterator[type[Section]]:
    """All parts that a document has."""
    for one in kind.__subclasses__():
        yield one
        yield from sections(one)


def objects() -> list[tuple[str, Any]]:
    """All objects of the schemas by the name of their part."""
    whole = {"TenantDocument": SCHEMA, "AccessDocument": ACCESS, "IsolationPolicy": ISOLATION}
    inner = {name: body for one in whole.values() for name, body in one["$defs"].items() if body["type"] == "object"}
    return [*whole.items(), *inner.items()]


@pytest.mark.parametrize("name", ["tenant", "platform", "access", "isolation"])
async def test_the_committed_schema_is_the_codes(name: str) -> None:
    done = await run("schema", name)

    assert (done.code, done.err) == (0, "")
    assert COMMITTED.with_name(f"{name}.schema.json").read_text(encoding="utf-8") == done.out, (
        f"run: alert-router schema {name} > deploy/schema/{name}.schema.json"
    )


@pytest.mark.parametrize(
    "schema", [SCHEMA, OPERATORS, ACCESS, ISOLATION], ids=["tenant", "platform", "access", "isolation"]
)
def test_it_is_a_schema_of_draft_2020_12(schema: Any) -> None:
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("text", [EXAMPLE, SMALL])
def test_each_part_of_a_file_is_valid_in_an_editor_by_itself(text: str) -> None:
    assert complaints(rules_text(text)) == []
    assert complaints(platform_text(text), OPERATORS) == []
    assert complaints(platform_text(text).replace("version: 1\n", ""), OPERATORS) == []


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (SMALL, "unexpected"),
        (rules_text(SMALL), "'platform' is a required property"),
        (changed("tenant: acme\n", "", platform_text(SMALL)), "'tenant' is a required property"),
        (changed("secret", "secrets", platform_text(SMALL)), "'secrets' was unexpected"),
    ],
)
def test_an_editor_underlines_what_is_no_operators_part(text: str, printed: str) -> None:
    assert any(printed in line for line in complaints(text, OPERATORS))


def test_the_schema_of_the_operators_part_has_no_definition_that_it_does_not_use() -> None:
    assert set(OPERATORS["$defs"]) == {name for name, _ in objects() if f'#/$defs/{name}"' in json.dumps(OPERATORS)}


def test_every_part_and_every_key_stands_in_it_as_people_write_it() -> None:
    written = {
        kind.__name__: {field.alias or name for name, field in kind.model_fields.items()}
        for kind in sections()
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
        validator = Draft202012Validator(
            {**value, "$defs": {**SCHEMA["$defs"], **ACCESS["$defs"], **ISOLATION["$defs"]}}
        )
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
