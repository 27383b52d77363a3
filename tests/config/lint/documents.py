"""Documents for the lints, of a few lines each."""

import json
from collections.abc import Sequence

from router.config.document.tenant import TenantDocument
from router.config.lint.lint import lint
from router.config.read import read_document

HEAD = "version: 1\ntenant: acme\nplatform: {slack: {token: {secret: slack}}}\n"
RECEIVERS = "receivers: [{name: a, slack: {channel: '#a'}}]\n"


def with_routes(*routes: str, more: str = "") -> str:
    """A document with these routes, one a line from line 8 on."""
    listed = "".join(f"    - {route}\n" for route in routes)
    return f"{HEAD}route:\n  receiver: a\n  group_by: []\n  routes:\n{listed}{RECEIVERS}{more}"


def with_matchers(*texts: str) -> str:
    """A document with one route that has these matchers."""
    return with_routes(f"{{matchers: {json.dumps(texts)}}}")


def document_of(text: str) -> TenantDocument:
    return read_document(text, "a.yaml")


def warnings(text: str) -> list[str]:
    """What is doubtful in the text, as it is printed."""
    return [str(one) for one in lint(document_of(text), text)]


def paths(found: Sequence[str]) -> list[str]:
    """Where the warnings point to."""
    return [one.split(": ")[1] for one in found]
