"""What is valid and weaker than it looks is a warning, where it stands."""

import pytest

from router.control.access.lint import lint_access
from router.control.access.reading import read_access
from router.core.model.instant import parse_rfc3339
from tests.config.samples import changed
from tests.control.access.documents import SMALL
from tools.docs.access_head import HEAD

NOW = parse_rfc3339("2026-12-01T00:00:00Z")
EXAMPLE = HEAD.split("```yaml\n")[1].split("```")[0]


def warnings(text: str) -> list[str]:
    return [str(one) for one in lint_access(read_access(text, "access.yaml"), text, NOW)]


@pytest.mark.parametrize("text", [SMALL, EXAMPLE], ids=["sample", "page"])
def test_the_examples_are_not_doubtful(text: str) -> None:
    assert warnings(text) == []


GITHUB = "https://token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        ("role: deployer", "role: editor", "6:12: roles[0].name: no binding has this role"),
        (
            "kind: workload",
            "subject: email",
            "issuers[1].subject: `email`: people can change it themselves at many issuers; use sub, or a group",
        ),
        (
            "{repository: [acme/alerts]}",
            "{email: [ana@example.com]}",
            "who.claims.email: `email`: people can change it themselves at many issuers; use sub, or a group",
        ),
        (
            "[platform.write, access.write]",
            "[platform.write]",
            "conditions.four_eyes: one operator alone can take this away again; add access.write",
        ),
        (
            "[platform.write, access.write]",
            "[secret.write, access.write]",
            "conditions.four_eyes[0]: secret.write cannot be proposed, so this denies it to everybody; leave it out",
        ),
        (
            "[acme/alerts]}}}",
            '[acme/alerts]}}, conditions: {until: "2026-12-01T00:00:00Z"}}',
            "bindings[1].conditions.until: has ended, so the binding counts no more; remove it",
        ),
        (
            "[acme/alerts]}}}",
            "[acme/alerts]}}, conditions: {networks: [0.0.0.0/0]}}",
            "bindings[1].conditions.networks[0]: `0.0.0.0/0` is every address; leave networks out",
        ),
        (
            ", conditions: {mfa: required}",
            "",
            "who has a password of one of these people may do everything; add conditions: {mfa: required}",
        ),
        (
            "part_of: editor, permissions: [configuration.write]",
            "part_of: operator, permissions: [access.write]",
            "bindings[1].tenants: access.write concerns no single tenant, so this binding does not give it",
        ),
    ],
)
def test_what_is_doubtful_is_named_where_it_stands(old: str, new: str, warning: str) -> None:
    found = warnings(changed(old, new, SMALL))

    assert any(one.endswith(warning) for one in found), found


def test_of_an_issuer_that_gives_everybody_tokens_a_claim_names_whose_they_are() -> None:
    public = changed("https://ci.example.com", GITHUB, SMALL)
    anybody = changed("{repository: [acme/alerts]}", "{ref: [refs/heads/main]}", public)

    assert warnings(public) == []
    [warning] = warnings(anybody)
    assert "everybody gets tokens from this issuer" in warning


def test_an_issuer_that_nobody_is_bound_from_is_named() -> None:
    other = changed("roles:", '  - {name: x, url: "https://x.org", audience: a}\nroles:', SMALL)

    [warning] = warnings(other)

    assert warning.endswith("issuers[2].name: no binding is for this issuer, so its tokens may nothing")
