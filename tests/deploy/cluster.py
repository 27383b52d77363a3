"""What a cluster would refuse, by Kubernetes' schemas and those of objects that others define, held strictly."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import kubernetes_validate
from jsonschema import Draft202012Validator
from kubernetes_validate import utils

from tests.deploy.objects import Thing

VERSIONS: Final = ("1.27", kubernetes_validate.latest_version())
"""The oldest that the chart takes, and the newest whose schemas there are."""
DEFINED: Final = Path(__file__).parents[1] / "data" / "crds"

utils.schema_contents = cache(utils.schema_contents)  # a megabyte, read for each object


def refused(thing: Thing, version: str) -> list[str]:
    """Why a cluster of this version refuses it; nothing where it takes it. Unknown keys are refused."""
    own = _defined().get((thing["apiVersion"], thing["kind"]))
    if own is not None:
        return [f"{one.json_path} {one.message}" for one in own.iter_errors(thing)]
    try:
        kubernetes_validate.validate(thing, version, strict=True)
    except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
        return [str(error.message)]
    return []


@cache
def _defined() -> dict[tuple[str, str], Draft202012Validator]:
    found = [json.loads(path.read_text(encoding="utf-8")) for path in DEFINED.glob("*.json")]
    return {
        (f"{one['group']}/{one['version']}", one["kind"]): Draft202012Validator(_closed(one["schema"]))
        for one in found
    }


def _closed(part: Any) -> Any:
    """As the API takes it strictly: a key that nobody has named is an error. The metadata are Kubernetes' own."""
    if isinstance(part, list):
        return [_closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {key: _closed(value) for key, value in part.items()}
    is_object = isinstance(part.get("properties"), dict) and part.get("type") == "object"
    if is_object and not part.get("x-kubernetes-preserve-unknown-fields"):
        found["additionalProperties"] = False
    if part.get("x-kubernetes-int-or-string"):
        found.pop("type", None)
    return found
