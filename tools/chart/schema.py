"""`values.schema.json`, which Helm holds values against before it renders anything."""

import json
from typing import Final

from tools.chart.values import Values

_DRAFT: Final = "http://json-schema.org/draft-07/schema#"
"""The newest that every Helm 3 knows."""


def schema() -> str:
    """The schema as the chart has it."""
    return (
        json.dumps(
            {"$schema": _DRAFT} | {name: _below(name, one) for name, one in _made().items()},
            indent=1,
            ensure_ascii=False,
        )
        + "\n"
    )


def _made() -> dict[str, object]:
    return {name: one for name, one in Values.model_json_schema().items() if name != "title"}


def _plain(part: object) -> object:
    """Without the titles that pydantic makes of the names, and without defaults: `values.yaml` has them."""
    if isinstance(part, list):
        return [_plain(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {name: _below(name, value) for name, value in part.items() if name not in {"title", "default"}}


def _below(name: str, value: object) -> object:
    if name in {"properties", "$defs"} and isinstance(value, dict):  # where names are not the schema's own
        return {key: _plain(one) for key, one in value.items()}
    return _plain(value)
