"""The page of differences from Alertmanager names the bounds that it does not have, as the code has them."""

from typing import Final

import pytest

from router.core.fold.fold import MAX_CONTENTS
from router.core.match.patterns import MAX_SEEN, compiled_pattern
from router.core.model.rules.inhibit import MAX_OF_ONE
from tests.docs.pages import TOP

_TITLE: Final = "## Where it differs from Alertmanager\n"


@pytest.mark.parametrize(
    ("what", "bound"),
    [
        ("patterns", f"they see the first {MAX_SEEN // 1024} KiB of a value"),
        ("inhibition rules", f"on either side the first {MAX_OF_ONE} that an alert fulfils count for it"),
        ("alerts of one group", f"beyond {MAX_CONTENTS}"),
    ],
)
def test_a_bound_of_ours_has_its_figure_there(what: str, bound: str) -> None:
    assert bound in row(what)


def test_a_pattern_that_is_not_whole_is_refused_as_it_says_there() -> None:
    shown = row("`a)\\|(b` as a pattern")

    assert "refused" in shown
    with pytest.raises(ValueError, match="is not a valid RE2 pattern"):
        compiled_pattern("a)|(b")


def row(what: str) -> str:
    """The last cell of the difference that begins with these words."""
    page = (TOP / "docs/concepts.md").read_text(encoding="utf-8")
    section = page.partition(_TITLE)[2].partition("\n## ")[0]
    [found] = [line for line in section.splitlines() if line.startswith(f"| {what} |")]
    return found
