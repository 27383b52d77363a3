"""`docs/api.md`, and the control API as OpenAPI, both from its routes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from router.api.control import Control
from router.api.description import description
from tools.docs.api_examples import EXAMPLES, Example

COMMITTED: Final = Path(__file__).parents[2] / "deploy" / "schema" / "control-api.openapi.json"

_HEAD: Final = """\
# The control API, route by route

What the API is for stands in [the control plane](control-plane.md#the-control-api), who may do what in
[access](access.md), what each problem means in [HTTP](http-api.md). The same as OpenAPI 3.1:
[`control-api.openapi.json`](../deploy/schema/control-api.openapi.json). Both are made of the routes, by `make docs`.

Every request shows a key or an access token, `Authorization: Bearer ...`, which the examples leave out; `$API` is the
address, such as `https://control.example.com`. Each route asks for one permission. A refusal is a problem document
(`application/problem+json`). Lists come in pages of `limit`, 50 by default and 200 at most; `next` of an answer is
the `cursor` of the next page. [Commands ask the same](control-plane.md#commands-that-ask-it), with `--server`.
"""


def described() -> dict[str, Any]:
    """The description; nothing is opened for it."""
    return description(cast("Control", None))


def openapi_text() -> str:
    """The description as it is committed."""
    return json.dumps(described(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def page() -> str:
    """The page."""
    found = described()["paths"]
    rows = [(path, method, one) for path, methods in found.items() for method, one in methods.items()]
    lines = [_HEAD, "| route, below `/control/v1` | does | permission |", "| --- | --- | --- |"]
    lines += [
        f"| `{_name(path, method)}` | {one['summary']} | `{one['x-permission']}` |" for path, method, one in rows
    ]
    for path, method, one in rows:
        lines += _route(path, method, one)
    return "\n".join([*lines, ""])


def _name(path: str, method: str) -> str:
    return f"{method.upper()} {path.removeprefix('/control/v1')}"


def _route(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    yield from (
        "",
        f"## `{_name(path, method)}`",
        "",
        f"{operation['summary']}. Permission: `{operation['x-permission']}`.",
    )
    some = [one for one in operation.get("parameters", ()) if one["in"] != "path"]
    if some:
        yield from ("", "| parameter | in | required | means |", "| --- | --- | --- | --- |")
        yield from (_parameter(one) for one in some)
    if (example := EXAMPLES.get(_name(path, method))) is not None:
        yield from _example(example, method, path)


def _parameter(one: dict[str, Any]) -> str:
    required = "yes" if one.get("required") else ""
    return f"| `{one['name']}` | {one['in']} | {required} | {one.get('description', '')} |"


def _example(example: Example, method: str, path: str) -> Iterator[str]:
    for name, value in {"{tenant}": "acme", **example.filled}.items():
        path = path.replace(name, value)
    way = "" if method == "get" else f" -X {method.upper()}"
    headers = "".join(f" -H '{one}'" for one in example.headers)
    body = f" \\\n  -d '{json.dumps(example.body)}'" if example.body is not None else ""
    yield from ("", "```console", f'$ curl{way}{headers} "$API{path}{example.query}"{body}')
    if example.answer is None:
        yield from ("```", "", "Answers 204, with nothing.")
        return
    text = (
        example.answer
        if isinstance(example.answer, str)
        else json.dumps(example.answer, indent=2, ensure_ascii=False)
    )
    yield from (text.rstrip(), "```")


if __name__ == "__main__":
    COMMITTED.write_text(openapi_text(), encoding="utf-8")
