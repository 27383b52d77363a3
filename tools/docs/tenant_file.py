"""`docs/tenant-file.md`, written from the document's model: a table for each part, in the order of the file."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from router.cli.schema import schema_of
from router.config.document.appearance import Section
from router.config.document.routes import Inheritable
from router.config.document.tenant import TenantDocument
from tools.docs.markdown import cell, code, table
from tools.docs.tenant_file_head import HEAD

Schema = Mapping[str, Any]

_SCALARS: Final[Mapping[str, str]] = {
    "string": "text",
    "integer": "number",
    "number": "number",
    "boolean": "true or false",
}


def page() -> str:
    """The page."""
    return f"{HEAD}\n{parts_of(TenantDocument)}"


def parts_of(kind: type[Section]) -> str:
    """The tables of a document: one for each part."""
    schema = schema_of(kind)
    sections = {one.__name__: one for one in _subclasses(Section)}
    return "\n".join(_parts("", schema, kind, schema["$defs"], sections))


def _subclasses(kind: type[Section]) -> Iterator[type[Section]]:
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)


def _parts(
    path: str, body: Schema, kind: type[Section], defs: Schema, kinds: Mapping[str, type[Section]]
) -> Iterator[str]:
    """The part at `path`, then those below it; a route below itself is told once."""
    yield _part(path, body, kind, defs)
    for key, value in body["properties"].items():
        name, several = _section(value)
        if name in kinds and kinds[name] is not kind:
            below = f"{path}.{key}".removeprefix(".") + several
            yield from _parts(below, defs[name], kinds[name], defs, kinds)


def _part(path: str, body: Schema, kind: type[Section], defs: Schema) -> str:
    title = f"## `{path}`" if path else "## The top"
    required = set(body.get("required", ()))
    rows = [
        [f"`{key}`", cell(_type(value, defs)), cell(_default(key, value, kind, required)), _meaning(value)]
        for key, value in body["properties"].items()
    ]
    refused = [[f"`{key}`", cell(why)] for key, why in sorted(kind.refused.items())]
    paragraphs = [title, body["description"], table(["key", "value", "left out", "meaning"], rows)]
    if refused:
        paragraphs += ["Refused here:", table(["key", "why"], refused)]
    return "\n\n".join(paragraphs) + "\n"


def _section(value: Schema) -> tuple[str, str]:
    """The name of the part that a key holds, and how the path goes on where it holds several of them."""
    value = next((one for one in value.get("oneOf", ()) if "$ref" in one), value)
    extra = value.get("additionalProperties")
    if value.get("type") == "array":
        inner, several = value.get("items", {}), "[]"
    else:
        inner, several = (extra, ".NAME") if isinstance(extra, dict) else (value, "")
    reference = inner.get("$ref") or next((one["$ref"] for one in inner.get("allOf", ()) if "$ref" in one), "")
    return reference.rpartition("/")[2], several


def _type(value: Schema, defs: Schema) -> str:
    if "oneOf" in value:
        return " or ".join(_type(one, defs) for one in value["oneOf"])
    name, several = _section(value)
    if name:
        what = " or ".join(code(one) for one in defs[name].get("enum", ())) or "keys"
        return {"[]": f"list of {what}", "": what}.get(several, f"names, each with {what}")
    if "const" in value:
        return code(value["const"])
    if "enum" in value:
        return " or ".join(code(one) for one in value["enum"])
    if "anyOf" in value:
        return " or ".join(_type(one, defs) for one in value["anyOf"])
    kind: str | list[str] = value.get("type", "any")
    if kind == "array":
        return f"list of {_type(value.get('items', {}), defs)}"
    if kind == "object":
        extra = value.get("additionalProperties")
        return f"keys with {_type(extra, defs)}" if isinstance(extra, dict) else "keys"
    if isinstance(kind, list):
        return "text or 0" if "maximum" in value else "text or number"
    return _SCALARS.get(kind, kind)


def _default(key: str, value: Schema, kind: type[Section], required: set[str]) -> str:
    if key in required:
        return "required"
    if kind.__name__ == "Branch" and key in Inheritable.model_fields and key != "routes":
        return "inherited"
    if "default" not in value:
        return "unset"
    default = value["default"]
    return "the defaults below" if isinstance(default, dict) and default else code(default)


def _meaning(value: Schema) -> str:
    examples = ", ".join(code(one) for one in value.get("examples", ()) if not _nested(one))
    return cell(value["description"] + (f" For example {examples}" if examples else ""))


def _nested(example: object) -> bool:
    """Whether an example holds keys: those stand below, where they are described."""
    return isinstance(example, dict) or (isinstance(example, list) and any(map(_nested, example)))
