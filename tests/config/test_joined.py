"""Both parts of a configuration as one text, and each alone: what they mean stays, and comments where they can."""

import pytest

from router.config.joined import joined, platform_text, rules_text, whole
from router.config.read import parse, read_document
from router.config.tree import MAX_BYTES
from router.errors import ConfigurationError
from tests.config.samples import EXAMPLE, SMALL, changed

SHARING = """\
version: 1
tenant: acme
platform: {slack: {token: {secret: slack}, channels: [&ours "#alerts"]}}
route: {receiver: default}
receivers: [{name: default, slack: {channel: *ours}}]
"""
SHAPES = {
    "as in the docs": EXAMPLE,
    "on one line": SMALL,
    "first": changed("version: 1\ntenant: acme\n", "", SMALL) + "version: 1\ntenant: acme\n",
    "last": SMALL.replace("platform: ", "p: ").replace("\np: ", "\n# ") + SMALL.split("\n")[2] + "\n",
    "with a comment above": changed("platform:", "# The operators decide this.\n# All of it.\nplatform:", SMALL),
    "with comments and blanks inside": changed("platform:", "platform:   # theirs\n\n  # inside", EXAMPLE),
    "with carriage returns": SMALL.replace("\n", "\r\n"),
    "in a document with marks": f"---\n{SMALL}...\n",
    "with anchors from one to the other": SHARING,
    "as JSON": '{"version": 1, "tenant": "acme", "platform": {"slack": {"token": {"secret": "slack"}}}, '
    '"route": {"receiver": "a"}, "receivers": [{"name": "a"}]}',
    "indented": "\n".join(f"  {line}" for line in SMALL.split("\n")),
    "with a text of lines above": "version: 1\ntenant: acme\ntemplates:\n  - name: ours\n    parts:\n      text: |+\n"
    '        one\n\nplatform: {slack: {token: {secret: slack}}}\nroute: {receiver: "a"}\nreceivers: [{name: a}]\n',
    "with a comment at the margin inside": changed("platform:", "platform:\n# at the margin", EXAMPLE),
}
KEPT = SHAPES.keys() - {
    "with anchors from one to the other", "as JSON", "indented", "in a document with marks",
    "with a comment at the margin inside", "with a text of lines above",
}  # fmt: skip


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_parts_that_were_taken_apart_and_joined_mean_the_same(text: str) -> None:
    both = joined(whole(rules_text(text)), whole(platform_text(text)))

    assert read_document(both, "") == read_document(text, "")
    assert "platform" not in parse(rules_text(text), "").keys
    assert set(parse(platform_text(text), "").keys) == {"version", "tenant", "platform"}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_what_was_joined_comes_apart_and_is_joined_the_same_again(text: str) -> None:
    both = joined(whole(text), whole(text))

    assert joined(whole(both), whole(both)) == both
    assert joined(whole(rules_text(both)), whole(platform_text(both))) == both


@pytest.mark.parametrize("shape", sorted(KEPT))
def test_comments_stay_where_each_part_stands_in_lines_of_its_own(shape: str) -> None:
    text = SHAPES[shape]
    both = joined(whole(text), whole(text))

    lines = [line.rstrip("\r") for line in text.split("\n") if line.strip()]
    assert sorted(lines) == sorted(line.rstrip("\r") for line in both.split("\n") if line.strip())


def test_the_comment_above_the_operators_part_is_the_operators() -> None:
    text = SHAPES["with a comment above"]

    assert "# All of it.\nplatform:" in platform_text(text)
    assert "operators" not in rules_text(text)


def test_the_line_at_the_top_that_names_the_schema_stays_at_the_top() -> None:
    schema = "# yaml-language-server: $schema=tenant.schema.json\n"
    text = schema + SHAPES["first"]

    assert rules_text(text).startswith(schema)
    assert schema not in platform_text(text)


def test_parts_that_are_too_large_together_are_refused() -> None:
    rules = f"{rules_text(SMALL)}# {'x' * (MAX_BYTES - len(rules_text(SMALL)) - 3)}\n"
    with pytest.raises(ConfigurationError, match="both parts together are larger than 1024 KiB"):
        joined(whole(rules), whole(platform_text(SMALL)))


def test_a_text_that_cannot_be_read_is_not_taken_apart() -> None:
    with pytest.raises(ConfigurationError, match="cannot be taken apart"):
        rules_text("version: 1\nversion: 1\n")
