"""The JSON Schemas of what other programs rely on, as the project publishes them."""

import json
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator

FOLDER: Final = Path(__file__).parents[1] / "deploy" / "schema"


def schema(name: str) -> dict[str, Any]:
    """The schema of that name."""
    read: dict[str, Any] = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    return read


def assert_valid(name: str, document: object) -> None:
    """What the code wrote is as the schema says, and has no key that the schema does not name."""
    known = schema(name)
    errors = [f"{one.json_path} {one.message}" for one in Draft202012Validator(known).iter_errors(document)]
    assert errors == [], document
    assert isinstance(document, dict)
    assert document.keys() - known["properties"].keys() == set()
