"""A wrong access document is answered with every mistake where it stands; what locks everybody out is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from router.control.access.document import AccessDocument
from router.control.access.reading import MAX_BINDINGS, MAX_ISSUERS, MAX_ROLES, check_access
from tests.bounds import tries
from tests.config.samples import mistakes_in
from tests.control.access.documents import SMALL, findings, findings_with


def test_the_sample_is_valid() -> None:
    assert findings(SMALL) == []


@pytest.mark.parametrize(("old", "new", "expected"), mistakes_in(Path(__file__).with_name("mistakes.txt")))
def test_a_mistake_is_named_where_it_stands(old: str, new: str, expected: list[str]) -> None:
    assert findings_with(old, new) == expected


LOCKED_OUT = (
    "bindings: nobody could change this document again; "
    'bind a role with access.write to tenants: ["*"], without until'
)
TWO = (
    "conditions.four_eyes: with four eyes on access.write nobody could change this document again; "
    "bind a group, or two people"
)


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("role: operator", "role: auditor", LOCKED_OUT),
        ('tenants: ["*"]', "tenants: [acme]", LOCKED_OUT),
        ("mfa: required}", 'until: "2100-01-01T00:00:00Z"}', LOCKED_OUT),
        ("group: ops", "subject: ana", TWO),
    ],
)
def test_a_document_that_nobody_could_change_again_is_refused(old: str, new: str, finding: str) -> None:
    [found] = findings_with(old, new)

    assert found.endswith(finding)


def test_pipelines_alone_cannot_approve_a_change_of_the_document() -> None:
    [found] = findings_with(
        "{issuer: company, group: ops}, conditions: {mfa: required}", "{issuer: ci, claims: {a: [b]}}"
    )

    assert found.endswith(TWO)


def entries(listed: str, count: int) -> dict[str, Any]:
    """A document with so many of these."""
    issuer: dict[str, Any] = {"name": "one", "url": "https://one.example.com", "audience": "alert-router"}
    binding: dict[str, Any] = {
        "name": "one",
        "role": "operator",
        "tenants": ["*"],
        "who": {"issuer": "one", "group": "ops"},
    }
    role: dict[str, Any] = {"name": "one", "part_of": "viewer", "permissions": ["tenant.read"]}
    first = {"issuers": issuer, "bindings": binding, "roles": role}[listed]
    url = {"url": "https://{}.example.com"} if listed == "issuers" else {}
    others = [
        {**first, "name": f"n{n}", **{key: text.format(n) for key, text in url.items()}} for n in range(count - 1)
    ]
    return {"version": 1, "issuers": [issuer], "bindings": [binding], listed: [first, *others]}


@pytest.mark.parametrize(
    ("listed", "most"), [("issuers", MAX_ISSUERS), ("roles", MAX_ROLES), ("bindings", MAX_BINDINGS)]
)
@tries("issuers of the access document", "own roles", "bindings")
def test_a_list_may_have_as_many_entries_as_the_bound(beyond: int, listed: str, most: int) -> None:
    checked = check_access(json.loads(json.dumps(entries(listed, most + beyond))))

    if beyond <= 0:
        assert isinstance(checked, AccessDocument)
        return
    assert isinstance(checked, tuple)
    assert [str(one) for one in checked] == [
        f"{listed}[{most}]: {most + 1} entries; at most {most} are allowed; remove some"
    ]
